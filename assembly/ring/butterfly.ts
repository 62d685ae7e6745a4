/** What the transforms of both directions are made of. docs/wasm-ntt.md has the proofs; q2 = 2 q throughout. */
import { multiplyHigh } from "./lanes";
import { subtractOnce } from "./montgomery";
import { SET_QUOTIENTS } from "./roots";

/** a w mod q in [0, 2 q), for any u32 a and a root w < q with its quotient floor(w 2^32 / q) (Shoup). */
// @ts-ignore: decorator
@inline
export function multiplyRoot(a: v128, w: v128, quotient: v128, q: v128): v128 {
  return i32x4.sub(i32x4.mul(a, w), i32x4.mul(multiplyHigh(a, quotient), q));
}

/** The same by four roots: a set of the tail (roots.ts). */
// @ts-ignore: decorator
@inline
export function multiplySet(a: v128, set: usize, q: v128): v128 {
  return multiplyRoot(a, v128.load(set), v128.load(set, SET_QUOTIENTS), q);
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

/** v - u modulo q in (0, 4 q), of u and v in [0, 2 q). */
// @ts-ignore: decorator
@inline
export function differenceLazy(u: v128, v: v128, q2: v128): v128 {
  return i32x4.sub(i32x4.add(v, q2), u);
}

/** v - u modulo q in [0, 2 q), of u and v in [0, 2 q): as u32, a negative difference is more than its sum with 2 q. */
// @ts-ignore: decorator
@inline
export function differenceReduced(u: v128, v: v128, q2: v128): v128 {
  const d = i32x4.sub(v, u);
  return i32x4.min_u(d, i32x4.add(d, q2));
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
