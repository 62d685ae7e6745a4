/**
 * Sums of 64-bit products of residues, reduced by a quotient in float64.
 *
 * A product of a u32 below 2^30 and a residue modulo q is below 2^30 q = (q/4) 2^32, so that MOST of them stay below 4q 2^32 < 2^64.
 * Where there are more terms, foldHigh (lanes.ts) brings the sum below q 2^32 and FOLD more keep it below (1 + FOLD/4) q 2^32 = 4q 2^32.
 *
 * reduceSum takes any T < 4q 2^32. For q >= SMALL let t = floor(T / 2^12) < 2^52, exact as float64. x, the rounded product of t and
 * the rounded 2^12/q, is below 2^34 and off by 2^-18 at most; k, x to the nearest integer, satisfies
 * T/q - 2^12/q - 1/2 - 2^-18 <= k <= T/q + 1/2 + 2^-18. So T - k q is in [-q (1/2 + 2^-18), q (1/2 + 2^-18) + 2^12], inside (-q, q)
 * because 2^12 <= q/4, and low words suffice. For q < SMALL, T < 2^48 is exact itself and the same holds without 2^12.
 */
import { lowWords } from "./montgomery";

/** Products that need no fold, and products after one. */
export const MOST: u32 = 16;
export const FOLD: u32 = 12;
/** Primes below this are reduced from all bits of a sum. */
export const SMALL: u32 = 1 << 14;
/** Bits of a sum that its quotient does without where the prime is not small. */
export const CUT: i32 = 12;

/**
 * The 64-bit lanes, each below 4q 2^32, modulo q in (-q, q): `ratio` is 2^cut / q, `magic` 2^52, and so is `round`; or
 * magic + 2^32 - 1, which takes one off the quotient, for q more.
 */
// @ts-ignore: decorator
@inline
export function reduceSum(low: v128, high: v128, q: v128, ratio: v128, magic: v128, round: v128, cut: i32): v128 {
  const x = f64x2.mul(f64x2.sub(v128.or(i64x2.shr_u(low, cut), magic), magic), ratio);
  const y = f64x2.mul(f64x2.sub(v128.or(i64x2.shr_u(high, cut), magic), magic), ratio);
  const k = lowWords(f64x2.add(x, round), f64x2.add(y, round));
  return i32x4.sub(lowWords(low, high), i32x4.mul(k, q));
}

/** 2^cut / q of a prime. */
// @ts-ignore: decorator
@inline
export function ratioOf(q: u32, cut: i32): v128 {
  return f64x2.splat(<f64>(1 << cut) / <f64>q);
}
