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

/** A batch at other exponents. */
export interface Lowered {
  /** Owned by whoever asked. */
  readonly handle: ModularHandle;
  readonly bounds: readonly bigint[] | undefined;
}

/**
 * Item i of the result is item i mod batch at exponent targets[i], which is not above its own. One batch of powers serves all that change; the rest is
 * copied. Throws ParameterError for a target above an item's exponent.
 */
export function lowered(
  { kernels, key }: EvaluationContext,
  { ciphertexts, exponents, bounds }: EncryptedNumbers,
  targets: readonly number[],
): Lowered {
  const batch = exponents.length;
  const shifts = targets.map((target, i) => exponents[i % batch] - target);
  const raised = shifts.findIndex((shift) => shift < 0);
  if (raised >= 0) {
    throw new ParameterError({
      what: `exponent of item ${raised % batch}`,
      expected: `at most ${exponents[raised % batch]}`,
      got: show(targets[raised]),
      remedy: "an exponent can only be lowered",
    });
  }
  const factors = shifts.map((shift) => powerOf16(shift, key.n));
  const lower = bounds && factors.map((factor, i) => bounds[i % batch] * factor);
  const handle = ciphertexts.handle(key);
  const items = [...shifts.keys()];
  const moved = items.filter((i) => shifts[i] > 0);
  const at = (i: number) => [i % batch];
  if (moved.length === 0) {
    const same = items.length === batch ? kernels.slice(handle, 0, batch) : kernels.products(handle, items.map(at));
    return { handle: same, bounds: lower };
  }
  const picked = kernels.products(handle, moved.map(at));
  const exponentsOf = moved.map((i) => factors[i]);
  const powers = kernels.power(picked, exponentsOf);
  picked.dispose();
  if (moved.length === items.length) return { handle: powers, bounds: lower };
  const both = kernels.concat([handle, powers]);
  powers.dispose();
  const place = new Map(moved.map((i, j) => [i, batch + j]));
  const places = items.map((i) => [place.get(i) ?? i % batch]);
  const result = kernels.products(both, places);
  both.dispose();
  return { handle: result, bounds: lower };
}

/** The smallest of some exponents, of which there is at least one. */
export function smallest(exponents: readonly number[]): number {
  return exponents.reduce((min, e) => Math.min(min, e));
}
