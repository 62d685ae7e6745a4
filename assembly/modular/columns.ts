/**
 * Column sums of products of numbers in 13-bit digits, in memory.
 *
 * A block of columns is i32 c[2 L], then i32 s[2 L], then two u32: the half rows that c has taken in since it was last
 * folded, and whether s holds anything. Column i has the value c[i] - 4096 + 2^13 s[i]. The half of a digit that c has too
 * much makes the rounding to balanced digits a shift and a mask (carries.ts).
 *
 * A row is 16 digits of the second factor against all of the first, and has two halves of four pairs: within a half the
 * vectors of the first factor shift by exactly one, so that a tile of 16 columns needs 7 loads for 16 dot products. The four
 * pairs stay in registers for the whole of a row, and columns in memory: kept in registers over many rows they would save
 * few loads, and V8 spills them.
 */
import { firstTile, lastTile, tile } from "./tiles";

/** Bytes of a block of columns for L digits. */
// @ts-ignore: decorator
@inline
export function columnBytes(digits: u32): usize {
  return ((<usize>digits) << 4) + 64;
}

// @ts-ignore: decorator
@inline
export function state(columns: usize, digits: u32): usize {
  return columns + ((<usize>digits) << 4);
}

/** Bytes from c to s. */
// @ts-ignore: decorator
@inline
export function foldedAt(digits: u32): usize {
  return (<usize>digits) << 3;
}

/** Whether s holds anything. */
// @ts-ignore: decorator
@inline
export function isFolded(columns: usize, digits: u32): bool {
  return load<u32>(state(columns, digits), 4) != 0;
}

/**
 * Adds a * e to columns [0, L) where `lower`, [L, 2 L) where `upper`; or puts it there, with `fresh` (which needs `lower`).
 * Where only the upper columns grow, s of the lower ones is lost.
 * a is shifted words, e digits. `foldRows` half rows fit into c between two folds (context.ts of the host has the proof).
 */
// @ts-ignore: decorator
@inline
function accumulate(
  columns: usize,
  digits: u32,
  foldRows: u32,
  a: usize,
  e: usize,
  lower: bool,
  upper: bool,
  fresh: bool,
): void {
  const counter = state(columns, digits);
  if (fresh) store<u64>(counter, 0);
  let count = load<u32>(counter);
  for (let row: u32 = 0; row < digits; row += 16) {
    for (let half: u32 = 0; half < 2; half++) {
      if (count == foldRows) {
        // Of fresh columns, those that a row has reached.
        const reached = fresh ? digits + row + (half << 4) : 2 * digits;
        fold(columns, digits, lower ? 0 : digits, upper ? reached : digits, upper ? 2 * digits : digits);
        count = 0;
      }
      count++;
      const isFirst = fresh && row + half == 0;
      const y = e + ((<usize>(row + 2 * half)) << 1);
      const y0 = v128.load32_splat(y);
      const y1 = v128.load32_splat(y, 8);
      const y2 = v128.load32_splat(y, 16);
      const y3 = v128.load32_splat(y, 24);
      let p = columns + ((<usize>(lower ? row : digits)) << 2);
      let x = a - ((2 * half + 12) << 2) + ((<usize>(lower ? 0 : digits - row)) << 2);
      const end = columns + ((<usize>(upper ? digits + row : digits)) << 2);
      if (isFirst) {
        firstTile(p, x, y0, y1, y2, y3, true);
        for (p += 64, x += 64; p < end; p += 64, x += 64) tile(p, x, y0, y1, y2, y3, true);
      } else {
        if (lower) {
          firstTile(p, x, y0, y1, y2, y3, false);
          p += 64;
          x += 64;
        }
        for (; p < end; p += 64, x += 64) tile(p, x, y0, y1, y2, y3, false);
      }
      if (upper) {
        if (fresh && half == 0) lastTile(p, x, y0, y1, y2, y3, true);
        else lastTile(p, x, y0, y1, y2, y3, false);
      }
    }
  }
  store<u32>(counter, count);
}

/** columns = a e. */
export function put(columns: usize, digits: u32, foldRows: u32, a: usize, e: usize): void {
  accumulate(columns, digits, foldRows, a, e, true, true, true);
}

/** columns = a e mod R: the lower L columns. */
export function putLower(columns: usize, digits: u32, foldRows: u32, a: usize, e: usize): void {
  accumulate(columns, digits, foldRows, a, e, true, false, true);
}

/** columns += a e. */
export function add(columns: usize, digits: u32, foldRows: u32, a: usize, e: usize): void {
  accumulate(columns, digits, foldRows, a, e, true, true, false);
}

/** The upper L columns += those of a e. */
export function addUpper(columns: usize, digits: u32, foldRows: u32, a: usize, e: usize): void {
  accumulate(columns, digits, foldRows, a, e, false, true, false);
}

/**
 * Moves what is above 13 bits in c to s, for columns [from, reached). Where s holds nothing yet it becomes 0 in [0, from) and
 * [reached, to).
 */
export function fold(columns: usize, digits: u32, from: u32, reached: u32, to: u32): void {
  const s = foldedAt(digits);
  let c = columns + ((<usize>from) << 2);
  const end = columns + ((<usize>reached) << 2);
  if (isFolded(columns, digits)) {
    for (; c < end; c += 16) {
      const v = v128.load(c);
      const q = i32x4.shr_s(v, 13);
      v128.store(c + s, i32x4.add(v128.load(c + s), q));
      v128.store(c, i32x4.sub(v, i32x4.shl(q, 13)));
    }
    return;
  }
  for (let p = columns; p < c; p += 16) v128.store(p + s, i32x4.splat(0));
  for (; c < end; c += 16) {
    const v = v128.load(c);
    const q = i32x4.shr_s(v, 13);
    v128.store(c + s, q);
    v128.store(c, i32x4.sub(v, i32x4.shl(q, 13)));
  }
  for (const last = columns + ((<usize>to) << 2); c < last; c += 16) v128.store(c + s, i32x4.splat(0));
  store<u32>(state(columns, digits), 1, 4);
}

/** columns = 2 columns. */
export function double(columns: usize, digits: u32): void {
  fold(columns, digits, 0, 2 * digits, 2 * digits);
  const half = i32x4.splat(4096);
  for (let i: usize = 0; i < foldedAt(digits); i += 16) {
    const c = v128.load(columns + i);
    v128.store(columns + i, i32x4.sub(i32x4.add(c, c), half));
    const s = v128.load(columns + foldedAt(digits) + i);
    v128.store(columns + foldedAt(digits) + i, i32x4.add(s, s));
  }
  store<u32>(state(columns, digits), 0);
}

/** columns = a number of `count` digits, L or 2 L. */
export function widen(columns: usize, digits: u32, from: usize, count: u32): void {
  const half = i32x4.splat(4096);
  for (let i: usize = 0; i < (<usize>digits) << 1; i += 4) {
    v128.store(columns + (i << 2), i < count ? i32x4.add(v128.load16x4_s(from + (i << 1)), half) : half);
  }
  store<u64>(state(columns, digits), 0);
}
