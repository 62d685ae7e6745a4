/**
 * Columns of a square, from half the products: every a[i] a[j] with i in a later row than j counts twice, and only the rows
 * against themselves are whole.
 */
import { fold, state } from "./columns";
import { PAD } from "./digits";
import { firstTile, lastTile, tile } from "./tiles";

/**
 * columns = a^2, for the shifted words and the digits of one number. `work` is where shifted words may lie (a pointer to
 * w[0]): those of 2 a from the row in progress on, which itself counts once, and nothing below it.
 */
export function putSquare(columns: usize, digits: u32, foldRows: u32, a: usize, e: usize, work: usize): void {
  const words = (<usize>digits) << 2;
  for (let i: usize = 0; i < words + (PAD << 2); i += 16) {
    const d = v128.load(a + i);
    v128.store(work + i, i16x8.add(d, d));
  }
  const counter = state(columns, digits);
  store<u64>(counter, 0);
  let count: u32 = 0;
  for (let row: u32 = 0; row < digits; row += 16) {
    const w = work + ((<usize>row) << 2);
    begin(w, a + ((<usize>row) << 2));
    for (let half: u32 = 0; half < 2; half++) {
      // A doubled digit counts for two.
      if (count + 2 > foldRows) {
        fold(columns, digits, 2 * row, digits + row + (half << 4), 2 * digits);
        count = 0;
      }
      count += 2;
      const y = e + ((<usize>(row + 2 * half)) << 1);
      const y0 = v128.load32_splat(y);
      const y1 = v128.load32_splat(y, 8);
      const y2 = v128.load32_splat(y, 16);
      const y3 = v128.load32_splat(y, 24);
      let p = columns + ((<usize>row) << 3);
      let x = w - ((2 * half + 12) << 2);
      const end = columns + ((<usize>(digits + row)) << 2);
      if (row + half == 0) {
        firstTile(p, x, y0, y1, y2, y3, true);
        for (p += 64, x += 64; p < end; p += 64, x += 64) tile(p, x, y0, y1, y2, y3, true);
      } else {
        firstTile(p, x, y0, y1, y2, y3, false);
        for (p += 64, x += 64; p < end; p += 64, x += 64) tile(p, x, y0, y1, y2, y3, false);
      }
      if (half == 0) lastTile(p, x, y0, y1, y2, y3, true);
      else lastTile(p, x, y0, y1, y2, y3, false);
    }
  }
  store<u32>(counter, count);
}

/**
 * Row w[0 .. 16) once instead of twice, nothing below it, and its last digit once in w[16] too. Whole vectors are written:
 * what comes next reads them as such, and a processor waits where it must put one together from smaller stores.
 */
// @ts-ignore: decorator
@inline
function begin(w: usize, a: usize): void {
  v128.store(w - 16, i32x4.splat(0));
  v128.store(w, v128.and(v128.load(a), i32x4(0xffff, -1, -1, -1)));
  v128.store(w, v128.load(a, 16), 16);
  v128.store(w, v128.load(a, 32), 32);
  v128.store(w, v128.load(a, 48), 48);
  v128.store(w, v128.bitselect(v128.load(a, 64), v128.load(w, 64), i32x4(0xffff0000, 0, 0, 0)), 64);
}
