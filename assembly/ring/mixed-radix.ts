/**
 * The pre-pass of a division by several primes d_1..d_k with product D: mixed radix (Garner). With prefix products
 * P_i = d_1 ... d_(i-1), x + (D - 1)/2 modulo D is the sum of u_i P_i for unique u_i in [0, d_i), and the centred x is the sum of
 * y_i P_i with y_i = u_i - h_i, h_i = (d_i - 1)/2, because the sum of h_i P_i is (D - 1)/2. So y_i is centred, and x exact.
 *
 * u_i begins as x_i + o_i, o_i = (D - 1)/2 mod d_i, below 2 d_i < 2^31. For every j < i it goes on as (v - u_j) / d_j modulo d_i: c, a
 * multiple of d_i in [2^30, 2^31), exceeds u_j < 2^30, and v + c < 2^32, so that v - u_j + c is a word; a Shoup product takes any word
 * and leaves [0, 2 d_i). One correction ends in [0, d_i).
 */
import { halves, PIECE } from "./halves";
import { multiplyShoupLazy } from "./lanes";
import { subtractOnce } from "./montgomery";
import { firstOf, limbsOf, offsetOf, own, pieceBytes, resultOf, rowBytes, rowOf } from "./pieces";

/** Bytes of a source before its factors, and of a factor. */
const SOURCE: usize = 16;
const FACTOR: usize = 8;

/**
 * Limbs of the result: k. First operand: items of own 0 limbs, of which k from own 1 on are the x_i. Own: [2] constants, [3] 1 where the
 * result is the halves of y_i (halves.ts) and not u_i. Constants are, for each i, [d, o, c, h] and [w, floor(w 2^32 / d)] for all j < i,
 * w = d_j^-1 mod d_i. A task: one piece of all rows of one item.
 */
export function ringMixedRadix(args: usize, first: u32, count: u32): void {
  const sources = limbsOf(args);
  const row = rowBytes(args);
  const bytes = pieceBytes(args);
  const part = min(bytes, PIECE);
  for (let task = first; task < first + count; task++) {
    const item = rowOf(args, task);
    const offset = offsetOf(args, task);
    const x = firstOf(args) + <usize>(item * own(args, 0) + own(args, 1)) * row + offset;
    const u = resultOf(args) + <usize>(item * sources) * row + offset;
    for (let at: usize = 0; at < bytes; at += part) {
      let source: usize = own(args, 2);
      for (let i: u32 = 0; i < sources; i++) {
        digit(u + at, x + at + <usize>i * row, source, i, row, part);
        source += SOURCE + <usize>i * FACTOR;
      }
      if (own(args, 3) == 0) continue;
      source = own(args, 2);
      for (let i: u32 = 0; i < sources; i++) {
        const h = v128.load32_splat(source, 12);
        const out = u + at + <usize>i * row;
        for (let to = out; to < out + part; to += 16) v128.store(to, halves(i32x4.sub(v128.load(to), h)));
        source += SOURCE + <usize>i * FACTOR;
      }
    }
  }
}

/** Row i of the digits `u`, of which the rows before are finished. */
function digit(u: usize, x: usize, source: usize, i: u32, row: usize, bytes: usize): void {
  const d = v128.load32_splat(source);
  const o = v128.load32_splat(source, 4);
  const c = v128.load32_splat(source, 8);
  const stop = source + SOURCE + <usize>i * FACTOR;
  const before = <usize>i * row;
  for (const end = u + bytes; u < end; u += 32, x += 32) {
    let v0 = i32x4.add(v128.load(x), o);
    let v1 = i32x4.add(v128.load(x, 16), o);
    let from = u;
    for (let factor = source + SOURCE; factor != stop; factor += FACTOR, from += row) {
      const w = v128.load32_splat(factor);
      const quotient = v128.load32_splat(factor, 4);
      v0 = multiplyShoupLazy(i32x4.add(i32x4.sub(v0, v128.load(from)), c), w, quotient, d);
      v1 = multiplyShoupLazy(i32x4.add(i32x4.sub(v1, v128.load(from, 16)), c), w, quotient, d);
    }
    v128.store(u + before, subtractOnce(v0, d));
    v128.store(u + before, subtractOnce(v1, d), 16);
  }
}
