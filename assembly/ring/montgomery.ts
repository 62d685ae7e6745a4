/**
 * Products and sums modulo primes q < 2^30, on four u32 lanes. Two ways to reduce a product:
 *
 * - Montgomery with R = 2^32 by subtraction: with t = a b and m = t q^-1 mod 2^32, t - m q is a multiple of 2^32, so
 *   that the difference of the high words is exactly t / R mod q. From 0 <= t < 2^32 q and 0 <= m q < 2^32 q it lies in (-q, q).
 * - A quotient rounded in float64: k = round(a b / q), and a b - k q from low words alone. It needs no factor R, and fewer
 *   shuffles than the four 32 x 32 -> 64 bit products of Montgomery's, each of which costs x86 two shuffles.
 *
 * Results "in (-q, q)" are i32 lanes; `canonical` brings them to [0, q).
 */

/** High halves of four u64 lanes. */
// @ts-ignore: decorator
@inline
export function highWords(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(low, high, 1, 3, 5, 7);
}

/** Low halves of four u64 lanes. */
// @ts-ignore: decorator
@inline
export function lowWords(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(low, high, 0, 2, 4, 6);
}

/** From (-q, q) to [0, q): as u32, a negative lane is at least 2^32 - q, more than its sum with q. */
// @ts-ignore: decorator
@inline
export function canonical(r: v128, q: v128): v128 {
  return i32x4.min_u(r, i32x4.add(r, q));
}

/** From [0, 2 q) to [0, q), for any q < 2^31. */
// @ts-ignore: decorator
@inline
export function subtractOnce(r: v128, q: v128): v128 {
  return i32x4.min_u(r, i32x4.sub(r, q));
}

/** a + b in [0, q), of a and b in [0, q). */
// @ts-ignore: decorator
@inline
export function addModulo(a: v128, b: v128, q: v128): v128 {
  return subtractOnce(i32x4.add(a, b), q);
}

/** a - b in [0, q), of a and b in [0, q). */
// @ts-ignore: decorator
@inline
export function subtractModulo(a: v128, b: v128, q: v128): v128 {
  return canonical(i32x4.sub(a, b), q);
}

/** -a in [0, q), of a in [0, q). */
// @ts-ignore: decorator
@inline
export function negateModulo(a: v128, q: v128): v128 {
  return subtractOnce(i32x4.sub(q, a), q);
}

/** t / R mod q in (-q, q), of four u64 lanes t < 2^32 q; `inverse` = q^-1 mod 2^32. */
// @ts-ignore: decorator
@inline
export function montgomeryReduce(low: v128, high: v128, q: v128, inverse: v128): v128 {
  const m = i32x4.mul(lowWords(low, high), inverse);
  return i32x4.sub(highWords(low, high), highWords(i64x2.extmul_low_i32x4_u(m, q), i64x2.extmul_high_i32x4_u(m, q)));
}

/** a b / R mod q in (-q, q), of u32 a and b with a b < 2^32 q: any a with b in [0, q). */
// @ts-ignore: decorator
@inline
export function montgomeryLazy(a: v128, b: v128, q: v128, inverse: v128): v128 {
  return montgomeryReduce(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b), q, inverse);
}

/** a b / R mod q in [0, q), of u32 a and b with a b < 2^32 q. */
// @ts-ignore: decorator
@inline
export function montgomery(a: v128, b: v128, q: v128, inverse: v128): v128 {
  return canonical(montgomeryLazy(a, b, q, inverse), q);
}

/** a w / R mod q in (-q, q), of any u32 a, with w in [0, q) and `partner` = w q^-1 mod 2^32: m needs one product, not two. */
// @ts-ignore: decorator
@inline
export function montgomeryConstant(a: v128, w: v128, partner: v128, q: v128): v128 {
  const m = i32x4.mul(a, partner);
  return i32x4.sub(
    highWords(i64x2.extmul_low_i32x4_u(a, w), i64x2.extmul_high_i32x4_u(a, w)),
    highWords(i64x2.extmul_low_i32x4_u(m, q), i64x2.extmul_high_i32x4_u(m, q)),
  );
}

/** 2^52: a float64 in [2^52, 2^53) has its integer in the low bits. */
const MAGIC: f64 = 4503599627370496;
/** High word of MAGIC. */
const MAGIC_HIGH: i32 = 0x43300000;

/** Lanes 0 and 1, any u32, as float64, exactly. */
// @ts-ignore: decorator
@inline
export function floatLow(a: v128): v128 {
  return f64x2.sub(v128.shuffle<u32>(a, i32x4.splat(MAGIC_HIGH), 0, 4, 1, 5), f64x2.splat(MAGIC));
}

/** Lanes 2 and 3, any u32, as float64, exactly. */
// @ts-ignore: decorator
@inline
export function floatHigh(a: v128): v128 {
  return f64x2.sub(v128.shuffle<u32>(a, i32x4.splat(MAGIC_HIGH), 2, 6, 3, 7), f64x2.splat(MAGIC));
}

/** Four float64 in [0, 2^32 - 1] rounded to u32, ties to even. Negative ones down to -2^31 come out modulo 2^32 at most 1/2 further off. */
// @ts-ignore: decorator
@inline
export function roundedWords(low: v128, high: v128): v128 {
  return lowWords(f64x2.add(low, f64x2.splat(MAGIC)), f64x2.add(high, f64x2.splat(MAGIC)));
}

/**
 * a b mod q in [0, q), of a and b in [0, q); `reciprocal` = 1/q in both float64 lanes, correctly rounded.
 * The product a b < 2^60 is rounded, times a rounded 1/q, rounded again: relative error below 3.01 * 2^-53 of a quotient below
 * 2^30, hence below 2^-21. So k is within 1/2 + 2^-21 of a b / q, and a b - k q within q/2 + 2^9 of zero: in (-q, q) for
 * q > 2^10, and for smaller q because the error is then below q * 2^-51 of one.
 */
// @ts-ignore: decorator
@inline
export function multiplyModulo(a: v128, b: v128, q: v128, reciprocal: v128): v128 {
  const k = roundedWords(
    f64x2.mul(f64x2.mul(floatLow(a), floatLow(b)), reciprocal),
    f64x2.mul(f64x2.mul(floatHigh(a), floatHigh(b)), reciprocal),
  );
  return canonical(i32x4.sub(i32x4.mul(a, b), i32x4.mul(k, q)), q);
}

/**
 * a w mod q in (-q, q), of any u32 a and w in [0, q), with `ratio` = w / q in both float64 lanes, correctly rounded.
 * The ratio is off by 2^-54 at most, times a < 2^32; the product is rounded to 2^-22 at most: k is within 1/2 + 2^-21 of
 * a w / q, and the result within q (1/2 + 2^-21) of zero.
 */
// @ts-ignore: decorator
@inline
export function multiplyConstant(a: v128, w: v128, ratio: v128, q: v128): v128 {
  const k = roundedWords(f64x2.mul(floatLow(a), ratio), f64x2.mul(floatHigh(a), ratio));
  return i32x4.sub(i32x4.mul(a, w), i32x4.mul(k, q));
}
