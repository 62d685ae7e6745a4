/** Constants as residues: what products and sums with numbers work with. */
import { EncodingError, show } from "../errors.js";
import type { RingHandle, RingKernels } from "../kernels/interface.js";
import { mod } from "../math/modular.js";
import type { CkksParameters } from "./parameters.js";
import { scoped } from "./scope.js";

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** A real or complex number. */
export type Constant = number | Complex;

/** Whether a constant has an imaginary part of its own. */
export function isComplexConstant(constant: Constant): constant is Complex {
  return typeof constant === "object" && constant !== null;
}

/** |constant| of the largest one; 0 of none. */
export function largestConstant(constants: readonly Constant[]): number {
  return constants.reduce<number>((most, c) => Math.max(most, isComplexConstant(c) ? Math.hypot(c.re, c.im) : Math.abs(c)), 0);
}

/**
 * round(constant * scale) modulo each prime of the level: [constants, limb]. Throws EncodingError for NaN, infinity, anything that is no
 * number, and what the modulus cannot hold at this scale.
 */
export function scalarsOf(
  parameters: CkksParameters,
  constants: readonly number[],
  level: number,
  scale: number,
): Uint32Array<ArrayBuffer> {
  const basis = parameters.basis(level);
  const out = new Uint32Array(constants.length * basis.length);
  // At the scale in hand, which is the square of the level's own between a product and its rescaling.
  const most = (parameters.maxMagnitude(level) * parameters.scale(level)) / scale;
  for (let i = 0; i < constants.length; i++) {
    const constant = constants[i];
    const scaled = typeof constant === "number" ? Math.round(constant * scale) : Number.NaN;
    if (!Number.isFinite(scaled)) {
      throw new EncodingError({
        what: `constant ${i}`,
        expected: "a finite number",
        got: show(constant),
        remedy: "remove NaN and infinite values",
      });
    }
    if (Math.abs(constant) > most) {
      throw new EncodingError({
        what: `constant ${i}`,
        expected: `at most ${most.toPrecision(4)} in magnitude`,
        got: show(constant),
        remedy: "scale the constants down",
      });
    }
    const integer = BigInt(scaled);
    for (let l = 0; l < basis.length; l++) out[i * basis.length + l] = Number(mod(integer, BigInt(basis[l])));
  }
  return out;
}

/**
 * Constant polynomials, [constants] in NTT form: the complex number x + iy in every slot. Slots stand at zeta^k for the powers k of 3, which are
 * 1 or 3 modulo 8, and there X^(N/4) + X^(3N/4) is i sqrt(2): with this order of the slots i is no monomial, and is rounded like any
 * constant.
 */
export function complexConstants(
  ring: RingKernels,
  parameters: CkksParameters,
  constants: readonly Constant[],
  level: number,
  scale: number,
): RingHandle {
  const basis = parameters.basis(level);
  const parts = constants.flatMap((c) => (isComplexConstant(c) ? [c.re, c.im * Math.SQRT1_2] : [c, 0]));
  const scalars = scalarsOf(parameters, parts, level, scale);
  return scoped((keep) => {
    const unit = keep(ring.ntt(keep(ring.upload(units(ring.degree, basis), { basis, form: "coefficient", batch: 2 }))));
    return ring.linearCombination(unit, scalars, 1);
  });
}

/** 1 and X^(N/4) + X^(3N/4), as residues. */
function units(degree: number, basis: readonly number[]): Uint32Array<ArrayBuffer> {
  const out = new Uint32Array(2 * basis.length * degree);
  for (let l = 0; l < basis.length; l++) {
    out[l * degree] = 1;
    for (const at of [degree / 4, (3 * degree) / 4]) out[(basis.length + l) * degree + at] = 1;
  }
  return out;
}
