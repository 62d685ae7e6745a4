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

/** X^(N/2) in NTT form over a basis: i in every slot. */
export function imaginaryUnit(ring: RingKernels, basis: readonly number[]): RingHandle {
  return scoped((keep) =>
    ring.ntt(keep(ring.upload(monomials(ring.degree, basis, [1]), { basis, form: "coefficient", batch: 1 }))),
  );
}

/** Constant polynomials x + y X^(N/2), [constants] in NTT form: the complex number x + iy in every slot. */
export function complexConstants(
  ring: RingKernels,
  parameters: CkksParameters,
  constants: readonly Constant[],
  level: number,
  scale: number,
): RingHandle {
  const basis = parameters.basis(level);
  const parts = constants.flatMap((c) => (isComplexConstant(c) ? [c.re, c.im] : [c, 0]));
  const scalars = scalarsOf(parameters, parts, level, scale);
  return scoped((keep) => {
    const units = { basis, form: "coefficient", batch: 2 } as const;
    const unit = keep(ring.ntt(keep(ring.upload(monomials(ring.degree, basis, [0, 1]), units))));
    return ring.linearCombination(unit, scalars, 1);
  });
}

/** X^(halves N/2) for each of `halves`, as residues. */
function monomials(degree: number, basis: readonly number[], halves: readonly number[]): Uint32Array<ArrayBuffer> {
  const out = new Uint32Array(halves.length * basis.length * degree);
  for (const [b, half] of halves.entries())
    for (let l = 0; l < basis.length; l++) out[(b * basis.length + l) * degree + (half * degree) / 2] = 1;
  return out;
}
