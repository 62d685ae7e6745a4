/** Aligning exponents: the number with the larger one is multiplied by a power of 16. */
import { EncodingError, ParameterError, show } from "../../errors.js";
import type { ModularHandle } from "../../kernels/interface.js";
import type { EvaluationContext } from "../evaluate.js";
import { maxInteger } from "./encoded-number.js";
import type { EncryptedNumbers } from "./encrypted-numbers.js";

/** 16^shift, as python-paillier allows it: no larger than the window of n. Throws EncodingError. */
export function powerOf16(shift: number, n: bigint): bigint {
  const power = 1n << BigInt(4 * shift);
  if (power <= maxInteger(n)) return power;
  throw new EncodingError({
    what: "exponents",
    expected: "numbers that can be brought to one exponent",
    got: `exponents ${shift} apart`,
    remedy: "encrypt with a precision, so that small numbers have no smaller exponents",
  });
}

/**
 * By how many powers of 16 item i mod batch has to be raised to come to exponent targets[i]: the power, 1 where nothing is to be done.
 * Throws ParameterError for a target above an item's exponent, EncodingError for one too far below.
 */
function raising({ exponents }: EncryptedNumbers, targets: readonly number[], n: bigint): bigint[] {
  const batch = exponents.length;
  return targets.map((target, i) => {
    const shift = exponents[i % batch] - target;
    if (shift >= 0) return powerOf16(shift, n);
    throw new ParameterError({
      what: `exponent of item ${i % batch}`,
      expected: `at most ${exponents[i % batch]}`,
      got: show(target),
      remedy: "an exponent can only be lowered",
    });
  });
}

/** The declared bounds of what {@link lowered} gives. Throws as that does. */
export function loweredBounds(a: EncryptedNumbers, targets: readonly number[], n: bigint): bigint[] | undefined {
  const factors = raising(a, targets, n);
  return a.bounds && factors.map((factor, i) => a.bounds![i % a.batch] * factor);
}

/**
 * Item i of the result is item i mod batch at exponent targets[i], which is not above its own. One batch of powers serves all that change; the rest is
 * copied. The handle is the caller's. Throws ParameterError for a target above an item's exponent, EncodingError for one too far below.
 */
export function lowered({ kernels, key }: EvaluationContext, a: EncryptedNumbers, targets: readonly number[]): ModularHandle {
  const batch = a.batch;
  const factors = raising(a, targets, key.n);
  const handle = a.ciphertexts.handle(key);
  const items = [...factors.keys()];
  const moved = items.filter((i) => factors[i] > 1n);
  const at = (i: number) => [i % batch];
  if (moved.length === 0) {
    return items.length === batch ? kernels.slice(handle, 0, batch) : kernels.products(handle, items.map(at));
  }
  const picked = kernels.products(handle, moved.map(at));
  const exponentsOf = moved.map((i) => factors[i]);
  const powers = kernels.power(picked, exponentsOf);
  picked.dispose();
  if (moved.length === items.length) return powers;
  const both = kernels.concat([handle, powers]);
  powers.dispose();
  const place = new Map(moved.map((i, j) => [i, batch + j]));
  const places = items.map((i) => [place.get(i) ?? i % batch]);
  const result = kernels.products(both, places);
  both.dispose();
  return result;
}

/** The smallest of some exponents, of which there is at least one. */
export function smallest(exponents: readonly number[]): number {
  return exponents.reduce((min, e) => Math.min(min, e));
}
