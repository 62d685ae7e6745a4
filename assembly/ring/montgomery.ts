/** Sums and Montgomery reductions modulo primes q < 2^30, on four u32 lanes. "In (-q, q)" means i32 lanes. */

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

/** Takes m off where that does not pass below 0: from [0, 2 m) to [0, m), for any m <= 2^31. */
// @ts-ignore: decorator
@inline
export function subtractOnce(r: v128, m: v128): v128 {
  return i32x4.min_u(r, i32x4.sub(r, m));
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

/**
 * t / 2^32 mod q in (-q, q), of four u64 lanes t < 2^32 q; `inverse` = q^-1 mod 2^32. With m = t q^-1 mod 2^32, t - m q is a
 * multiple of 2^32, so that the difference of the high words is exactly its quotient; both t and m q are in [0, 2^32 q).
 */
// @ts-ignore: decorator
@inline
export function montgomeryReduce(low: v128, high: v128, q: v128, inverse: v128): v128 {
  const m = i32x4.mul(lowWords(low, high), inverse);
  return i32x4.sub(highWords(low, high), highWords(i64x2.extmul_low_i32x4_u(m, q), i64x2.extmul_high_i32x4_u(m, q)));
}
