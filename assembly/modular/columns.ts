/**
 * Column sums of products of numbers in 13-bit digits.
 *
 * Columns rest in memory as i32 c[2 L] and i32 s[2 L]: column i has the value c[i] - 4096 + 2^13 s[i] with c in [0, 2^13).
 * The half of a digit that c carries too much makes the rounding to balanced digits a shift and a mask (carries.ts).
 *
 * A tile is 16 neighbouring columns in four accumulators. A row is 16 digits of the second factor, in two phases of four
 * pairs: within a phase the vectors of the first factor shift by exactly one, so that 16 dot products need 7 + 4 loads.
 * What is folded out of the accumulators goes to memory and nothing else is alive beside them: one vector more, and V8
 * keeps an accumulator on the stack, at twice the time.
 */

/** Bytes from c to s, for L digits. */
// @ts-ignore: decorator
@inline
export function foldedAt(digits: u32): usize {
  return (<usize>digits) << 3;
}

/** c + x0 y0 + x1 y1 + x2 y2 + x3 y3. */
// @ts-ignore: decorator
@inline
function dots(c: v128, x0: v128, y0: v128, x1: v128, y1: v128, x2: v128, y2: v128, x3: v128, y3: v128): v128 {
  return i32x4.add(
    i32x4.add(c, i32x4.dot_i16x8_s(x0, y0)),
    i32x4.add(i32x4.dot_i16x8_s(x1, y1), i32x4.add(i32x4.dot_i16x8_s(x2, y2), i32x4.dot_i16x8_s(x3, y3))),
  );
}

// @ts-ignore: decorator
@inline
function dots3(c: v128, x0: v128, y0: v128, x1: v128, y1: v128, x2: v128, y2: v128): v128 {
  return i32x4.add(
    i32x4.add(c, i32x4.dot_i16x8_s(x0, y0)),
    i32x4.add(i32x4.dot_i16x8_s(x1, y1), i32x4.dot_i16x8_s(x2, y2)),
  );
}

// @ts-ignore: decorator
@inline
function dots2(c: v128, x0: v128, y0: v128, x1: v128, y1: v128): v128 {
  return i32x4.add(c, i32x4.add(i32x4.dot_i16x8_s(x0, y0), i32x4.dot_i16x8_s(x1, y1)));
}

// @ts-ignore: decorator
@inline
function dots1(c: v128, x0: v128, y0: v128): v128 {
  return i32x4.add(c, i32x4.dot_i16x8_s(x0, y0));
}

/** Adds what is above 13 bits of an accumulator to s. */
// @ts-ignore: decorator
@inline
function fold(s: usize, c: v128): void {
  v128.store(s, i32x4.add(v128.load(s), i32x4.shr_s(c, 13)));
}

/** The 2 L columns of a number of `count` digits, L or 2 L. */
export function widen(columns: usize, digits: u32, from: usize, count: u32): void {
  const half = i32x4.splat(4096);
  for (let i: usize = 0; i < (<usize>digits) << 1; i += 4) {
    v128.store(columns + (i << 2), i < count ? i32x4.add(v128.load16x4_s(from + (i << 1)), half) : half);
    v128.store(columns + (i << 2) + foldedAt(digits), i32x4.splat(0));
  }
}

/**
 * Columns [from, to) of a * e, for shifted words a and digits e; from and to are multiples of 16 in [0, 2 L]. They are added
 * to what rests there, or replace it where `fresh`. With `twice` the sum is doubled in the end. `foldRows` is the number of
 * rows that a column may take in, in one phase, before it is folded (context.ts of the host proves it).
 */
export function accumulate(
  columns: usize,
  from: u32,
  to: u32,
  digits: u32,
  foldRows: u32,
  a: usize,
  e: usize,
  fresh: bool,
  twice: bool,
): void {
  const limit: u32 = (foldRows - 2) << 4;
  const zero = i32x4.splat(0);
  const start = i32x4.splat(twice ? 2048 : 4096);
  for (let column = from; column < to; column += 16) {
    const c = columns + ((<usize>column) << 2);
    const s = c + foldedAt(digits);
    let c0 = start;
    let c1 = start;
    let c2 = start;
    let c3 = start;
    if (fresh) {
      v128.store(s, zero);
      v128.store(s, zero, 16);
      v128.store(s, zero, 32);
      v128.store(s, zero, 48);
    } else {
      c0 = v128.load(c);
      c1 = v128.load(c, 16);
      c2 = v128.load(c, 32);
      c3 = v128.load(c, 48);
    }

    // The rows of this tile, but for the one that meets only a triangle of it.
    const lower = column < digits;
    let row: u32 = lower ? 0 : column - digits + 16;
    const high: u32 = lower ? column : digits;
    if (lower) {
      // e[column ..] meets a[0 ..]: where the second index exceeds the first there is nothing.
      for (let phase: u32 = 0; phase < 2; phase++) {
        const x = a - (phase << 3);
        const y = e + ((<usize>(column + 2 * phase)) << 1);
        const y0 = v128.load32_splat(y);
        const y1 = v128.load32_splat(y, 8);
        const y2 = v128.load32_splat(y, 16);
        const y3 = v128.load32_splat(y, 24);
        const x0 = v128.load(x);
        const x1 = v128.load(x, 16);
        const x2 = v128.load(x, 32);
        const x3 = v128.load(x, 48);
        c0 = dots1(c0, x0, y0);
        c1 = dots2(c1, x1, y0, x0, y1);
        c2 = dots3(c2, x2, y0, x1, y1, x0, y2);
        c3 = dots(c3, x3, y0, x2, y1, x1, y2, x0, y3);
      }
    } else {
      // e[column - L ..] meets a[.. L]: what lies above is zero.
      for (let phase: u32 = 0; phase < 2; phase++) {
        const x = a + ((<usize>(digits - 2 * phase - 12)) << 2);
        const y = e + ((<usize>(column - digits + 2 * phase)) << 1);
        const y0 = v128.load32_splat(y);
        const y1 = v128.load32_splat(y, 8);
        const y2 = v128.load32_splat(y, 16);
        const y3 = v128.load32_splat(y, 24);
        const x0 = v128.load(x);
        const x1 = v128.load(x, 16);
        const x2 = v128.load(x, 32);
        const x3 = v128.load(x, 48);
        c0 = dots(c0, x3, y0, x2, y1, x1, y2, x0, y3);
        c1 = dots3(c1, x3, y1, x2, y2, x1, y3);
        c2 = dots2(c2, x3, y2, x2, y3);
        c3 = dots1(c3, x3, y3);
      }
    }

    do {
      const end = min(row + limit, high);
      for (let phase: u32 = 0; phase < 2; phase++) {
        // From w[column - j - 12] for the first pair j upward.
        let x = a + ((column - row - 2 * phase - 12) << 2);
        let y = e + ((<usize>(row + 2 * phase)) << 1);
        const stop = e + ((<usize>(end + 2 * phase)) << 1);
        for (; y < stop; y += 32, x -= 64) {
          const y0 = v128.load32_splat(y);
          const y1 = v128.load32_splat(y, 8);
          const y2 = v128.load32_splat(y, 16);
          const y3 = v128.load32_splat(y, 24);
          const x0 = v128.load(x);
          const x1 = v128.load(x, 16);
          const x2 = v128.load(x, 32);
          const x3 = v128.load(x, 48);
          const x4 = v128.load(x, 64);
          const x5 = v128.load(x, 80);
          const x6 = v128.load(x, 96);
          c0 = i32x4.add(c0, i32x4.dot_i16x8_s(x3, y0));
          c0 = i32x4.add(c0, i32x4.dot_i16x8_s(x2, y1));
          c0 = i32x4.add(c0, i32x4.dot_i16x8_s(x1, y2));
          c0 = i32x4.add(c0, i32x4.dot_i16x8_s(x0, y3));
          c1 = i32x4.add(c1, i32x4.dot_i16x8_s(x4, y0));
          c1 = i32x4.add(c1, i32x4.dot_i16x8_s(x3, y1));
          c1 = i32x4.add(c1, i32x4.dot_i16x8_s(x2, y2));
          c1 = i32x4.add(c1, i32x4.dot_i16x8_s(x1, y3));
          c2 = i32x4.add(c2, i32x4.dot_i16x8_s(x5, y0));
          c2 = i32x4.add(c2, i32x4.dot_i16x8_s(x4, y1));
          c2 = i32x4.add(c2, i32x4.dot_i16x8_s(x3, y2));
          c2 = i32x4.add(c2, i32x4.dot_i16x8_s(x2, y3));
          c3 = i32x4.add(c3, i32x4.dot_i16x8_s(x6, y0));
          c3 = i32x4.add(c3, i32x4.dot_i16x8_s(x5, y1));
          c3 = i32x4.add(c3, i32x4.dot_i16x8_s(x4, y2));
          c3 = i32x4.add(c3, i32x4.dot_i16x8_s(x3, y3));
        }
        // A short tile is folded once, after its second phase.
        if (phase == 1 || (end - row) * 2 > limit) {
          fold(s, c0);
          fold(s + 16, c1);
          fold(s + 32, c2);
          fold(s + 48, c3);
          const mask = i32x4.splat(8191);
          c0 = v128.and(c0, mask);
          c1 = v128.and(c1, mask);
          c2 = v128.and(c2, mask);
          c3 = v128.and(c3, mask);
        }
      }
      row = end;
    } while (row < high);

    if (twice) {
      c0 = i32x4.add(c0, c0);
      c1 = i32x4.add(c1, c1);
      c2 = i32x4.add(c2, c2);
      c3 = i32x4.add(c3, c3);
      for (let i: usize = 0; i < 64; i += 16) {
        const f = v128.load(s + i);
        v128.store(s + i, i32x4.add(f, f));
      }
    }
    v128.store(c, c0);
    v128.store(c, c1, 16);
    v128.store(c, c2, 32);
    v128.store(c, c3, 48);
  }
}
