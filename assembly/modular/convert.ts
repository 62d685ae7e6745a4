/** Between canonical integers in u32 words and resident elements. */
import { carries } from "./carries";
import { widen } from "./columns";
import { canonicalModulus, digitsOf, entryElement, exitElement, isSquare, modulusWords, wordsOf } from "./context";
import { shift } from "./digits";
import { place, product, reduce } from "./montgomery";
import { dualProduct, multiply } from "./product";

/** Behind the places of a product. */
const FIRST: usize = 8;

/** out = v R, for an integer 0 <= v < m in wordsOf(ctx) little-endian u32. */
export function fromWords(ctx: usize, out: usize, words: usize): void {
  const digits = digitsOf(ctx);
  const size = (<usize>digits) << 1;
  const entry = entryElement(ctx);
  const v = place(FIRST);
  if (!isSquare(ctx)) {
    split(v, digits, words, wordsOf(ctx));
    multiply(ctx, out, v, entry);
    return;
  }
  // v + m n = t R, so v = t R - m n: with R^3 = (k0, k1) the element is (t k0, t k1 + m (-R^2)) / R.
  split(v, 2 * digits, words, wordsOf(ctx));
  const columns = place(0);
  widen(columns, digits, v, 2 * digits);
  const t = place(FIRST);
  const m = place(FIRST + 1);
  reduce(ctx, t, m, columns, 0);
  const t1 = place(6) + 256;
  const m1 = place(7) + 256;
  shift(t1, t, digits);
  shift(m1, m, digits);
  dualProduct(ctx, out, t1, m1, entry, entry + size, entry + 2 * size);
}

/** words = the integer in [0, m) that a resident element stands for. */
export function toWords(ctx: usize, words: usize, a: usize): void {
  const digits = digitsOf(ctx);
  const u = place(FIRST);
  multiply(ctx, u, a, exitElement(ctx));
  if (!isSquare(ctx)) {
    join(words, wordsOf(ctx), u, canonicalModulus(ctx), digits);
    return;
  }
  // The value is u0 + u1 n, within (-n^2, n^2).
  const columns = place(0);
  const v = place(FIRST + 1);
  widen(columns, digits, u, digits);
  product(ctx, columns, modulusWords(ctx), u + ((<usize>digits) << 1), false, false);
  carries(v, columns, 0, 2 * digits, digits, 0, 0);
  join(words, wordsOf(ctx), v, canonicalModulus(ctx), 2 * digits);
}

/** Balanced digits, in [-4096, 4095], of `words` u32; the number is below 2^(13 digits - 1). */
function split(out: usize, digits: u32, words: usize, count: u32): void {
  // A copy with zeros behind: a digit is read as 32 bits from the byte where it begins.
  const padded = place(FIRST + 2);
  const bytes = (<usize>digits * 13 + 7) >> 3;
  memory.fill(padded, 0, bytes + 8);
  memory.copy(padded, words, (<usize>count) << 2);
  let q: i32 = 0;
  for (let i: u32 = 0; i < digits; i++) {
    const bit = 13 * i;
    const d: i32 = ((load<u32>(padded + (bit >> 3)) >> (bit & 7)) & 8191) + q;
    q = (d + 4096) >> 13;
    store<i16>(out + ((<usize>i) << 1), <i16>(d - (q << 13)));
  }
}

/** `count` u32 of d + m or d, whichever is in [0, m), for digits d of a value in (-m, m) and the canonical digits of m. */
function join(words: usize, count: u32, d: usize, m: usize, digits: u32): void {
  // The carry out of all digits is -1 for a negative value and 0 for any other.
  let q: i32 = 0;
  for (let i: u32 = 0; i < digits; i++) q = (load<i16>(d + ((<usize>i) << 1)) + q) >> 13;
  const mask = q;
  q = 0;
  let bits: u64 = 0;
  let filled: u32 = 0;
  let at: u32 = 0;
  for (let i: u32 = 0; i < digits; i++) {
    const offset = (<usize>i) << 1;
    const c: i32 = load<i16>(d + offset) + (load<i16>(m + offset) & mask) + q;
    q = c >> 13;
    bits |= (<u64>(c & 8191)) << filled;
    filled += 13;
    if (filled >= 32) {
      if (at < count) store<u32>(words + ((<usize>at) << 2), <u32>bits);
      at++;
      bits >>= 32;
      filled -= 32;
    }
  }
  if (at < count) store<u32>(words + ((<usize>at) << 2), <u32>bits);
}
