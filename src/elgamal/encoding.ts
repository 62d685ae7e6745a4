/** Plain numbers to group elements and back, in the two ways that make ElGamal homomorphic. */
import { EncodingError, ParameterError, show } from "../errors.js";
import { jacobi } from "../math/jacobi.js";
import { mod } from "../math/modular.js";
import type { ElGamalGroup } from "./groups.js";

/** Factors are multiplied under encryption, counts are added. */
export type ElGamalKind = "factors" | "counts";

/** No count is ever larger in magnitude: a search takes 2^17 products at most beside a table of 2^16 elements. */
export const MAX_COUNT = 2 ** 32;

/** A bigint or an integral number as a bigint. Throws EncodingError naming the item. */
export function integerOf(value: number | bigint, what: string): bigint {
  if (typeof value === "bigint") return value;
  if (Number.isSafeInteger(value)) return BigInt(value);
  throw new EncodingError({ what, expected: "an integer", got: show(value), remedy: "round it, or pass a bigint" });
}

/** The integers of a caller's list, which may be anything. Throws ParameterError for no list, EncodingError for other values. */
export function integersOf(values: ArrayLike<number | bigint>, what: string): bigint[] {
  const isList = typeof values === "object" && values !== null && Number.isSafeInteger(values.length);
  if (!isList || values.length === 0) {
    const remedy = "pass an array that is not empty";
    throw new ParameterError({ what: `${what}s`, expected: "at least one", got: isList ? "none" : show(values), remedy });
  }
  return Array.from(values as ArrayLike<number | bigint>, (value, i) => integerOf(value, `${what} ${i}`));
}

/**
 * The square among m and p - m, for 1 <= m <= q. An element outside of the subgroup of squares would show that it is outside: every
 * ciphertext gives away whether its plaintext is a square. Throws EncodingError for zero and for what has no place.
 */
export function encodeFactor(m: bigint, { p, q }: ElGamalGroup, what: string): bigint {
  if (m < 1n || m > q) {
    throw new EncodingError({
      what,
      expected: "an integer from 1 to (p - 1) / 2",
      got: show(m),
      remedy: m === 0n ? "leave zeros out: a multiplicative group has none" : "use smaller positive integers",
    });
  }
  return jacobi(m, p) === 1 ? m : p - m;
}

/** The inverse of {@link encodeFactor}: min(x, p - x), in [1, q]. */
export function decodeFactor(x: bigint, { p, q }: ElGamalGroup): bigint {
  return x > q ? p - x : x;
}

/** What a product of factors decodes to: their product modulo p, or p minus it, whichever is smaller. For any integers prime to p. */
export function foldedProduct(factors: readonly bigint[], group: ElGamalGroup): bigint {
  return decodeFactor(
    factors.reduce((product, m) => mod(product * m, group.p), 1n),
    group,
  );
}

/** Throws ParameterError unless a bound on counts is an integer in [0, 2^32]. */
export function checkBound(bound: number): number {
  if (Number.isInteger(bound) && bound >= 0 && bound <= MAX_COUNT) return bound;
  throw new ParameterError({
    what: "bound",
    expected: "an integer from 0 to 2^32",
    got: show(bound),
    remedy: "pass the largest magnitude of any count",
  });
}

/** Throws EncodingError for a count beyond the bound. */
export function checkCount(count: bigint, bound: number, what: string): bigint {
  if (count <= BigInt(bound) && count >= -BigInt(bound)) return count;
  throw new EncodingError({
    what,
    expected: `a magnitude of at most ${bound}`,
    got: show(count),
    remedy: "raise the bound, or scale the input",
  });
}
