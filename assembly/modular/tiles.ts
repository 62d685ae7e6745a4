/**
 * Tiles of 16 columns: what one half of a row (columns.ts) adds to them. y0 to y3 are its four pairs of digits in all lanes.
 * Each column vector is stored as soon as it is summed: V8 moves loads to the front of a basic block but not across a
 * store, and spills registers where it may.
 */

// @ts-ignore: decorator
@inline
function dots1(c: v128, x0: v128, y0: v128): v128 {
  return i32x4.add(c, i32x4.dot_i16x8_s(x0, y0));
}

// @ts-ignore: decorator
@inline
function dots2(c: v128, x0: v128, y0: v128, x1: v128, y1: v128): v128 {
  return i32x4.add(dots1(c, x0, y0), i32x4.dot_i16x8_s(x1, y1));
}

// @ts-ignore: decorator
@inline
function dots3(c: v128, x0: v128, y0: v128, x1: v128, y1: v128, x2: v128, y2: v128): v128 {
  return i32x4.add(dots1(c, x0, y0), i32x4.add(i32x4.dot_i16x8_s(x1, y1), i32x4.dot_i16x8_s(x2, y2)));
}

/** c + x0 y0 + x1 y1 + x2 y2 + x3 y3, in the order of additions that V8 compiles best. */
// @ts-ignore: decorator
@inline
function dots4(c: v128, x0: v128, y0: v128, x1: v128, y1: v128, x2: v128, y2: v128, x3: v128, y3: v128): v128 {
  return i32x4.add(
    dots1(c, x0, y0),
    i32x4.add(i32x4.dot_i16x8_s(x1, y1), i32x4.add(i32x4.dot_i16x8_s(x2, y2), i32x4.dot_i16x8_s(x3, y3))),
  );
}

/** A vector of columns, or what it starts from. */
// @ts-ignore: decorator
@inline
function before(p: usize, offset: usize, fresh: bool): v128 {
  return fresh ? i32x4.splat(4096) : v128.load(p + offset);
}

/** The tile at p of a row, for x at w[column - j - 12], j the row's first digit. */
// @ts-ignore: decorator
@inline
export function tile(p: usize, x: usize, y0: v128, y1: v128, y2: v128, y3: v128, fresh: bool): void {
  const x0 = v128.load(x);
  const x1 = v128.load(x, 16);
  const x2 = v128.load(x, 32);
  const x3 = v128.load(x, 48);
  v128.store(p, dots4(before(p, 0, fresh), x3, y0, x2, y1, x1, y2, x0, y3));
  const x4 = v128.load(x, 64);
  v128.store(p, dots4(before(p, 16, fresh), x4, y0, x3, y1, x2, y2, x1, y3), 16);
  const x5 = v128.load(x, 80);
  v128.store(p, dots4(before(p, 32, fresh), x5, y0, x4, y1, x3, y2, x2, y3), 32);
  const x6 = v128.load(x, 96);
  v128.store(p, dots4(before(p, 48, fresh), x6, y0, x5, y1, x4, y2, x3, y3), 48);
}

/** The first tile of a row: below w[0] there is nothing. */
// @ts-ignore: decorator
@inline
export function firstTile(p: usize, x: usize, y0: v128, y1: v128, y2: v128, y3: v128, fresh: bool): void {
  const x3 = v128.load(x, 48);
  v128.store(p, dots1(before(p, 0, fresh), x3, y0));
  const x4 = v128.load(x, 64);
  v128.store(p, dots2(before(p, 16, fresh), x4, y0, x3, y1), 16);
  const x5 = v128.load(x, 80);
  v128.store(p, dots3(before(p, 32, fresh), x5, y0, x4, y1, x3, y2), 32);
  const x6 = v128.load(x, 96);
  v128.store(p, dots4(before(p, 48, fresh), x6, y0, x5, y1, x4, y2, x3, y3), 48);
}

/** The last tile of a row: above w[L] there is nothing. */
// @ts-ignore: decorator
@inline
export function lastTile(p: usize, x: usize, y0: v128, y1: v128, y2: v128, y3: v128, fresh: bool): void {
  const x0 = v128.load(x);
  const x1 = v128.load(x, 16);
  const x2 = v128.load(x, 32);
  const x3 = v128.load(x, 48);
  v128.store(p, dots4(before(p, 0, fresh), x3, y0, x2, y1, x1, y2, x0, y3));
  v128.store(p, dots3(before(p, 16, fresh), x3, y1, x2, y2, x1, y3), 16);
  v128.store(p, dots2(before(p, 32, fresh), x3, y2, x2, y3), 32);
  v128.store(p, dots1(before(p, 48, fresh), x3, y3), 48);
}
