/**
 * What the transforms of both directions are made of. Products are those of montgomery.ts with the constants 2^52 (`magic`) and
 * its high word (`high`) as arguments: loaded from the prime record they stay in registers or on the stack, while V8 builds
 * literals anew in every round of a loop.
 */
import { lowWords, subtractOnce } from "./montgomery";

/** From [0, 4 q) to [q, 3 q); q2 = 2 q. */
// @ts-ignore: decorator
@inline
export function centre(a: v128, q: v128, q2: v128): v128 {
  return i32x4.add(subtractOnce(a, q2), q);
}

/** From [0, 4 q) to [0, q). */
// @ts-ignore: decorator
@inline
export function reduce(a: v128, q: v128, q2: v128): v128 {
  return subtractOnce(subtractOnce(a, q2), q);
}

/** u + v in [0, 2 q), of u and v in [0, 2 q). */
// @ts-ignore: decorator
@inline
export function sumLazy(u: v128, v: v128, q2: v128): v128 {
  return subtractOnce(i32x4.add(u, v), q2);
}

/** v - u modulo q in (0, 4 q), of u and v in [0, 2 q): the sign is the one that mirrored roots ask for. */
// @ts-ignore: decorator
@inline
export function differenceLazy(u: v128, v: v128, q2: v128): v128 {
  return i32x4.sub(i32x4.add(v, q2), u);
}

/** Lanes 0 and 1, any u32, as float64, exactly. */
// @ts-ignore: decorator
@inline
export function widenLow(a: v128, high: v128, magic: v128): v128 {
  return f64x2.sub(zipLow(a, high), magic);
}

/** Lanes 2 and 3, any u32, as float64, exactly. */
// @ts-ignore: decorator
@inline
export function widenHigh(a: v128, high: v128, magic: v128): v128 {
  return f64x2.sub(zipHigh(a, high), magic);
}

/** Four float64 in [0, 2^52) rounded to integers modulo 2^32; with magic + 2^32 - 1 instead of magic, one less. */
// @ts-ignore: decorator
@inline
export function quotients(low: v128, high: v128, magic: v128): v128 {
  return lowWords(f64x2.add(low, magic), f64x2.add(high, magic));
}

/** a w mod q within q (1/2 + 2^-21) of zero, or of q with `round` = magic + 2^32 - 1: any u32 a, w in [0, q), `ratio` = w / q. */
// @ts-ignore: decorator
@inline
export function multiplyRoot(a: v128, w: v128, ratio: v128, q: v128, high: v128, magic: v128, round: v128): v128 {
  const k = quotients(f64x2.mul(widenLow(a, high, magic), ratio), f64x2.mul(widenHigh(a, high, magic), ratio), round);
  return i32x4.sub(i32x4.mul(a, w), i32x4.mul(k, q));
}

/**
 * a w + b v mod q with one reduction, within q (1/2 + 3 * 2^-21) of zero, or of q as above: any u32 a and b, w and v in [0, q). Each is
 * given with its quotient by q or its lanes as float64.
 */
// @ts-ignore: decorator
@inline
export function multiplyTwo(
  a: v128,
  aLow: v128,
  aHigh: v128,
  w: v128,
  wRatio: v128,
  b: v128,
  bLow: v128,
  bHigh: v128,
  v: v128,
  vRatio: v128,
  q: v128,
  round: v128,
): v128 {
  const low = f64x2.add(f64x2.mul(aLow, wRatio), f64x2.mul(bLow, vRatio));
  const high = f64x2.add(f64x2.mul(aHigh, wRatio), f64x2.mul(bHigh, vRatio));
  return i32x4.sub(i32x4.add(i32x4.mul(a, w), i32x4.mul(b, v)), i32x4.mul(quotients(low, high, round), q));
}

/** As multiplyRoot, by four roots: a set of the tail (roots.ts). */
// @ts-ignore: decorator
@inline
export function multiplySet(a: v128, set: usize, q: v128, high: v128, magic: v128, round: v128): v128 {
  const low = f64x2.mul(widenLow(a, high, magic), v128.load(set, 16));
  const k = quotients(low, f64x2.mul(widenHigh(a, high, magic), v128.load(set, 32)), round);
  return i32x4.sub(i32x4.mul(a, v128.load(set)), i32x4.mul(k, q));
}

/** (a0, b0, a1, b1). */
// @ts-ignore: decorator
@inline
export function zipLow(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 0, 4, 1, 5);
}

/** (a2, b2, a3, b3). */
// @ts-ignore: decorator
@inline
export function zipHigh(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 2, 6, 3, 7);
}

/** (a0, a1, b0, b1). */
// @ts-ignore: decorator
@inline
export function joinLow(a: v128, b: v128): v128 {
  return v128.shuffle<u64>(a, b, 0, 2);
}

/** (a2, a3, b2, b3). */
// @ts-ignore: decorator
@inline
export function joinHigh(a: v128, b: v128): v128 {
  return v128.shuffle<u64>(a, b, 1, 3);
}
