/**
 * Four residues at a time, beside montgomery.ts: products by constants and reductions of sums of 64-bit products.
 * Ranges are proven in docs/wasm-ring.md.
 */
import { canonical, highWords, lowWords, montgomeryReduce, subtractOnce } from "./montgomery";

/** The high words of the products of u32 lanes. */
// @ts-ignore: decorator
@inline
export function multiplyHigh(a: v128, b: v128): v128 {
  return highWords(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b));
}

/** floor(w 2^32 / q), for w < q: the second half of a constant w of {@link multiplyShoup}. */
// @ts-ignore: decorator
@inline
export function quotientOf(w: u32, q: u32): u32 {
  return <u32>(((<u64>w) << 32) / q);
}

/** x w mod q in [0, 2q), for any u32 x and a constant w < q with its quotient floor(w 2^32 / q) (Shoup), q < 2^31. */
// @ts-ignore: decorator
@inline
export function multiplyShoupLazy(x: v128, w: v128, quotient: v128, q: v128): v128 {
  return i32x4.sub(i32x4.mul(x, w), i32x4.mul(multiplyHigh(x, quotient), q));
}

/** The same in [0, q). */
// @ts-ignore: decorator
@inline
export function multiplyShoup(x: v128, w: v128, quotient: v128, q: v128): v128 {
  return subtractOnce(multiplyShoupLazy(x, w, quotient, q), q);
}

/** The shift of {@link barrett} for a modulus: bits(q) - 1. */
// @ts-ignore: decorator
@inline
export function barrettShift(q: u32): i32 {
  return 31 - clz<u32>(q);
}

/** The constant of {@link barrett} for an odd modulus: floor(2^(bits(q) + 31) / q), below 2^32. */
// @ts-ignore: decorator
@inline
export function barrettConstant(q: u32): u32 {
  return <u32>(((<u64>1) << (<u64>(63 - clz<u32>(q)))) / q);
}

/**
 * The residues in [0, q) of the 64-bit lanes of `low` and `high`, each below 2 q^2, for odd q < 2^30
 * (Barrett, CRYPTO 1986, with a quotient of one word that is at most two too small).
 */
// @ts-ignore: decorator
@inline
export function barrett(low: v128, high: v128, shift: i32, constant: v128, q: v128, twiceQ: v128): v128 {
  const top = lowWords(i64x2.shr_u(low, shift), i64x2.shr_u(high, shift));
  const x = i32x4.sub(lowWords(low, high), i32x4.mul(multiplyHigh(top, constant), q));
  return subtractOnce(subtractOnce(x, twiceQ), q);
}

/**
 * Brings 64-bit lanes below 4q 2^32 under q 2^32 by taking multiples of q from their high words. `once` and `twice` hold
 * q and 2q in the high words and 0 in the low ones.
 */
// @ts-ignore: decorator
@inline
export function foldHigh(x: v128, once: v128, twice: v128): v128 {
  return subtractOnce(subtractOnce(x, twice), once);
}

/** The 64-bit lanes below q 2^32, divided by 2^32 modulo q, in [0, q); `inverse` is q^-1 mod 2^32. */
// @ts-ignore: decorator
@inline
export function montgomeryCanonical(low: v128, high: v128, q: v128, inverse: v128): v128 {
  return canonical(montgomeryReduce(low, high, q, inverse), q);
}
