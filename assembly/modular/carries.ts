/** From columns (columns.ts) to balanced digits, by two parallel passes of carries in one sweep. */
import { foldedAt, isFolded } from "./columns";

/** Loaded, lest V8 builds the vectors anew in every turn of a loop. */
const HALF_AND_MASK = memory.data<i32>([4096, 8191]);

/** (before[3], now[0], now[1], now[2]): what carries into four columns. */
// @ts-ignore: decorator
@inline
function up(before: v128, now: v128): v128 {
  return v128.shuffle<i32>(before, now, 3, 4, 5, 6);
}

/**
 * Digits of columns [from, to), minus the digits `minus` where that is not 0, to `out`, two bytes each. `entering` carries
 * into column `from`; what carries out of column to - 1 is returned.
 */
export function carries(out: usize, columns: usize, from: u32, to: u32, digits: u32, minus: usize, entering: i32): i32 {
  const half = v128.load32_splat(HALF_AND_MASK);
  const mask = v128.load32_splat(HALF_AND_MASK, 4);
  // The first carries are what is above 13 bits, the second what these leave above half a digit.
  let before1 = i32x4.splat(entering);
  let before2 = i32x4.splat(0);
  let c = columns + ((<usize>from) << 2);
  const s = foldedAt(digits);
  const folded = isFolded(columns, digits);
  const end = columns + ((<usize>to) << 2);
  for (; c < end; c += 32, out += 16) {
    const c0 = v128.load(c);
    const c1 = v128.load(c, 16);
    let s0 = i32x4.shr_s(c0, 13);
    let s1 = i32x4.shr_s(c1, 13);
    if (folded) {
      s0 = i32x4.add(s0, v128.load(c + s));
      s1 = i32x4.add(s1, v128.load(c + s, 16));
    }
    let e0 = i32x4.add(v128.and(c0, mask), up(before1, s0));
    let e1 = i32x4.add(v128.and(c1, mask), up(s0, s1));
    if (minus != 0) {
      e0 = i32x4.sub(e0, v128.load16x4_s(minus));
      e1 = i32x4.sub(e1, v128.load16x4_s(minus, 8));
      minus += 16;
    }
    before1 = s1;
    const q0 = i32x4.shr_s(e0, 13);
    const q1 = i32x4.shr_s(e1, 13);
    const d0 = i32x4.add(i32x4.sub(v128.and(e0, mask), half), up(before2, q0));
    const d1 = i32x4.add(i32x4.sub(v128.and(e1, mask), half), up(q0, q1));
    before2 = q1;
    v128.store(out, i16x8.narrow_i32x4_s(d0, d1));
  }
  return i32x4.extract_lane(before1, 3) + i32x4.extract_lane(before2, 3);
}

/** The sum of four lanes, which may exceed i32. */
// @ts-ignore: decorator
@inline
function total(c: v128): i64 {
  return (
    (<i64>i32x4.extract_lane(c, 0) + <i64>i32x4.extract_lane(c, 1)) +
    (<i64>i32x4.extract_lane(c, 2) + <i64>i32x4.extract_lane(c, 3))
  );
}

/**
 * What carries out of columns [0, L) of n * m + t, a multiple of R, for the digits of n in reverse and those of m and t. Two
 * columns decide it: all below them weigh less than 2^-5 of a carry.
 */
export function exactCarry(digits: u32, reversed: usize, m: usize, t: usize): i32 {
  const bytes = (<usize>digits) << 1;
  // Column L - 1 is the sum of m[j] n[L - 1 - j], column L - 2 that of m[j] n[L - 2 - j]; two sums each, lest they overflow.
  let h0 = i32x4.splat(0);
  let h1 = h0;
  let g0 = h0;
  let g1 = h0;
  for (let i: usize = 0; i < bytes; i += 32) {
    const m0 = v128.load(m + i);
    const m1 = v128.load(m + i, 16);
    h0 = i32x4.add(h0, i32x4.dot_i16x8_s(m0, v128.load(reversed + i)));
    g0 = i32x4.add(g0, i32x4.dot_i16x8_s(m0, v128.load(reversed + i, 2)));
    h1 = i32x4.add(h1, i32x4.dot_i16x8_s(m1, v128.load(reversed + i, 16)));
    g1 = i32x4.add(g1, i32x4.dot_i16x8_s(m1, v128.load(reversed + i, 18)));
  }
  const low = total(g0) + total(g1) + <i64>load<i16>(t + bytes - 4);
  const high = total(h0) + total(h1) + <i64>load<i16>(t + bytes - 2);
  return <i32>((high + ((low + 4096) >> 13) + 4096) >> 13);
}
