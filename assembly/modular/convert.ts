/** Between canonical integers in u32 words and resident elements. */
import { carries } from "./carries";
import { add, put, widen } from "./columns";
import { canonicalModulus, digitsOf, entryConstants, foldRows, isSquare, modulusWords, wordsOf } from "./context";
import { shift } from "./digits";
import { place, reduce } from "./montgomery";
import { multiply } from "./product";

/** Behind the places of a product. */
const FIRST: usize = 8;

/** out = v R, for an integer 0 <= v < m in wordsOf(ctx) little-endian u32. */
export function fromWords(ctx: usize, out: usize, words: usize): void {
  const digits = digitsOf(ctx);
  const size = (<usize>digits) << 1;
  const entry = entryConstants(ctx);
  const v = place(FIRST);
  if (!isSquare(ctx)) {
    split(v, digits, words, wordsOf(ctx));
    multiply(ctx, out, v, entry);
    return;
  }
  // v = a + b R, so v R = (a R^2 + b R^3) / R, with R^2 and R^3 in two numbers to base n like any element.
  split(v, 2 * digits, words, wordsOf(ctx));
  const a = place(6) + 256;
  const b = place(7) + 256;
  shift(a, v, digits);
  shift(b, v + size, digits);
  const columns0 = place(0);
  const columns1 = place(1);
  const m = place(4);
  const rows = foldRows(ctx);
  put(columns0, digits, rows, a, entry);
  add(columns0, digits, rows, b, entry + 2 * size);
  put(columns1, digits, rows, a, entry + size);
  add(columns1, digits, rows, b, entry + 3 * size);
  reduce(ctx, out, m, columns0, 0);
  reduce(ctx, out + size, place(5), columns1, m);
}

/** words = the integer in [0, m) that a resident element stands for. */
export function toWords(ctx: usize, words: usize, a: usize): void {
  const digits = digitsOf(ctx);
  const size = (<usize>digits) << 1;
  const columns = place(0);
  const u = place(FIRST);
  const m = place(FIRST + 1);
  widen(columns, digits, a, digits);
  reduce(ctx, u, m, columns, 0);
  if (!isSquare(ctx)) {
    join(words, wordsOf(ctx), u, canonicalModulus(ctx), digits);
    return;
  }
  // x0 + m n = u0 R and x1 - m + m' n = u1 R: the value is u0 + u1 n, within (-n^2, n^2).
  const v = place(FIRST + 2);
  widen(columns, digits, a + size, digits);
  reduce(ctx, u + size, place(5), columns, m);
  widen(columns, digits, u, digits);
  add(columns, digits, foldRows(ctx), modulusWords(ctx), u + size);
  carries(v, columns, 0, 2 * digits, digits, 0, 0);
  join(words, wordsOf(ctx), v, canonicalModulus(ctx), 2 * digits);
}

/** Within 16 bytes from the first of 8 digits: the four bytes where each begins, */
const GATHER_LOW = i8x16(0, 1, 2, 3, 1, 2, 3, 4, 3, 4, 5, 6, 4, 5, 6, 7);
const GATHER_HIGH = i8x16(6, 7, 8, 9, 8, 9, 10, 11, 9, 10, 11, 12, 11, 12, 13, 14);
/** and what brings it to bit 7 of them: it begins at bit 13 i mod 8. */
const ALIGN_LOW = i32x4(1 << 7, 1 << 2, 1 << 5, 1);
const ALIGN_HIGH = i32x4(1 << 3, 1 << 6, 1 << 1, 1 << 4);

/** Four digits in [0, 2^13). */
// @ts-ignore: decorator
@inline
function gather(bytes: v128, from: v128, align: v128): v128 {
  return v128.and(i32x4.shr_u(i32x4.mul(v128.swizzle(bytes, from), align), 7), i32x4.splat(8191));
}

/** Digits in [-4096, 4096], `digits` of them, of `count` u32; the number is below 2^(13 digits - 1). */
function split(out: usize, digits: u32, words: usize, count: u32): void {
  // A copy with zeros behind, from which 16 bytes are read at a time.
  let bytes = place(FIRST + 2);
  memory.fill(bytes, 0, ((<usize>digits * 13) >> 3) + 16);
  memory.copy(bytes, words, (<usize>count) << 2);
  const half = i32x4.splat(4096);
  let before = i32x4.splat(0);
  const end = out + ((<usize>digits) << 1);
  for (; out < end; out += 16, bytes += 13) {
    const b = v128.load(bytes);
    const d0 = gather(b, GATHER_LOW, ALIGN_LOW);
    const d1 = gather(b, GATHER_HIGH, ALIGN_HIGH);
    const q0 = i32x4.shr_u(i32x4.add(d0, half), 13);
    const q1 = i32x4.shr_u(i32x4.add(d1, half), 13);
    const r0 = i32x4.sub(d0, i32x4.shl(q0, 13));
    const r1 = i32x4.sub(d1, i32x4.shl(q1, 13));
    const c0 = i32x4.add(r0, v128.shuffle<i32>(before, q0, 3, 4, 5, 6));
    const c1 = i32x4.add(r1, v128.shuffle<i32>(q0, q1, 3, 4, 5, 6));
    v128.store(out, i16x8.narrow_i32x4_s(c0, c1));
    before = q1;
  }
}

/** `count` u32 of d + m or d, whichever is in [0, m), for digits d of a value in (-m, m) and the canonical digits of m. */
function join(words: usize, count: u32, d: usize, m: usize, digits: u32): void {
  const values = place(FIRST + 3);
  const moduli = place(FIRST + 4);
  groups(values, d, digits);
  groups(moduli, m, digits);
  const bytes = (<usize>digits) << 1;
  // The carry out of all digits is -1 for a negative value and 0 for any other.
  let q: i64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) q = (load<i64>(values + i) + q) >> 52;
  const mask = q;
  q = 0;
  let bits: u64 = 0;
  let filled: u32 = 0;
  const end = words + ((<usize>count) << 2);
  for (let i: usize = 0; i < bytes; i += 8) {
    const c = load<i64>(values + i) + (load<i64>(moduli + i) & mask) + q;
    q = c >> 52;
    // 52 bits more; what of them does not fit is below 2^52 again.
    const value = <u64>c & ((1 << 52) - 1);
    bits |= value << filled;
    filled += 52;
    if (filled >= 64) {
      if (words < end) store<u32>(words, <u32>bits);
      if (words + 4 < end) store<u32>(words, <u32>(bits >> 32), 4);
      words += 8;
      filled -= 64;
      bits = value >> (52 - filled);
    }
  }
  if (words < end) store<u32>(words, <u32>bits);
  if (words + 4 < end) store<u32>(words, <u32>(bits >> 32), 4);
}

/** Digits in groups of four as i64: d0 + 2^13 d1 + 2^26 d2 + 2^39 d3, of magnitude below 2^52. */
function groups(out: usize, d: usize, digits: u32): void {
  const pairs = i32x4(0x20000001, 0x20000001, 0x20000001, 0x20000001);
  const end = d + ((<usize>digits) << 1);
  for (; d < end; d += 16, out += 16) {
    // (d0 + 2^13 d1, d2 + 2^13 d3) of each four.
    const p = i32x4.dot_i16x8_s(v128.load(d), pairs);
    const odd = v128.shuffle<i32>(p, p, 1, 1, 3, 3);
    const low = i64x2.shr_s(i64x2.shl(p, 32), 32);
    v128.store(out, i64x2.add(low, i64x2.shl(i64x2.shr_s(i64x2.shl(odd, 32), 32), 26)));
  }
}
