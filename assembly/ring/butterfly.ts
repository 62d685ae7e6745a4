/** What the transforms of both directions are made of. */
import { floatHigh, floatLow, roundedWords, subtractOnce } from "./montgomery";

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

/** As multiplyConstant, with four roots: a set of the tail (roots.ts). */
// @ts-ignore: decorator
@inline
export function multiplySet(a: v128, set: usize, q: v128): v128 {
  const k = roundedWords(f64x2.mul(floatLow(a), v128.load(set, 16)), f64x2.mul(floatHigh(a), v128.load(set, 32)));
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

/** u + v in [0, 2 q), of u and v in [0, 2 q). */
// @ts-ignore: decorator
@inline
export function sumLazy(u: v128, v: v128, q2: v128): v128 {
  return subtractOnce(i32x4.add(u, v), q2);
}

/** v - u modulo q in (0, 4 q), of u and v in [0, 2 q): the sign is the one that the mirrored roots ask for. */
// @ts-ignore: decorator
@inline
export function differenceLazy(u: v128, v: v128, q2: v128): v128 {
  return i32x4.sub(i32x4.add(v, q2), u);
}
