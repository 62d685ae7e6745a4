/**
 * Samples from ChaCha20 streams: the words, the order and the rejections of src/math/sampling.ts and src/math/gaussian.ts.
 * What tasks drew is overwritten in their scratch before the call ends.
 */
import { argument } from "../arguments";
import { scratch } from "../scratch";
import { keystream, UNIT_WORDS } from "./chacha";
import { spreadSmall } from "./small";

/** Words that are drawn at a time at most: 4 KiB stay in the first-level cache while they are looked through. */
const WORDS: u32 = 1024;

// @ts-ignore: decorator
@inline
function units(words: u32): u32 {
  return (words + UNIT_WORDS - 1) / UNIT_WORDS;
}

/**
 * [seed, domain, first item, basis, limbs, degree, out]: a task is one limb of one item, from the stream (domain, item, q).
 * One word an attempt, masked to the length of q - 1, rejected when >= q. Branches look at rejections, which tell nothing
 * about what is kept.
 */
export function sampleUniform(args: usize, first: u32, count: u32): void {
  const seed: usize = argument(args, 0);
  const basis: usize = argument(args, 3);
  const limbs = argument(args, 4);
  const degree = argument(args, 5);
  const words = scratch();
  for (let task = first; task < first + count; task++) {
    const q = load<u32>(<usize>argument(basis, task % limbs));
    const item = argument(args, 2) + task / limbs;
    const mask: u32 = 0xffffffff >>> clz(q - 1);
    const masks = i32x4.splat(mask);
    const primes = i32x4.splat(q);
    const out = (<usize>argument(args, 6)) + (<usize>task) * ((<usize>degree) << 2);
    let done: u32 = 0;
    let counter: u32 = 0;
    while (done < degree) {
      const blocks = units(min(WORDS, degree - done));
      keystream(seed, argument(args, 1), item, q, counter, words, blocks);
      counter += 4 * blocks;
      const end = words + ((<usize>blocks * UNIT_WORDS) << 2);
      let at = words;
      while (at < end && done < degree) {
        // Fours that are all kept, in a loop that watches nothing else.
        let to = out + ((<usize>done) << 2);
        const stop = min(end, at + (((<usize>(degree - done)) << 2) & ~15));
        for (; at < stop; at += 16) {
          const v = v128.and(v128.load(at), masks);
          // The mask has at most 30 bits, so that a signed comparison serves.
          if (!i32x4.all_true(i32x4.lt_s(v, primes))) break;
          v128.store(to, v);
          to += 16;
        }
        done = <u32>((to - out) >> 2);
        if (at >= end) break;
        // Four words of which some are rejected, or too many for what is left.
        for (let i: usize = 0; i < 16 && done < degree; i += 4) {
          const x = load<u32>(at + i) & mask;
          if (x < q) {
            store<u32>(out + ((<usize>done) << 2), x);
            done++;
          }
        }
        at += 16;
      }
    }
    memory.fill(words, 0, (<usize>WORDS) << 2);
  }
}

/**
 * [seed, domain, first item, basis, limbs, degree, out]: a task is one item, from the stream (domain, item, 0), reduced
 * for every limb. Pairs of bits, lowest first: 0 -> 0, 1 -> 1, 2 -> -1, 3 is overwritten by the next.
 */
export function sampleTernary(args: usize, first: u32, count: u32): void {
  const limbs = argument(args, 4);
  const degree = argument(args, 5);
  const row = (<usize>degree) << 2;
  const words = scratch();
  const small = words + ((<usize>WORDS) << 2);
  for (let task = first; task < first + count; task++) {
    let at = small;
    let counter: u32 = 0;
    while (at < small + row) {
      const left = <u32>((small + row - at) >> 2);
      const blocks = units(min(WORDS, (left + 15) >> 4));
      keystream(<usize>argument(args, 0), argument(args, 1), argument(args, 2) + task, 0, counter, words, blocks);
      counter += 4 * blocks;
      // Every word may run past the end by 15 samples, which are not used.
      for (let i: u32 = 0; i < blocks * UNIT_WORDS && at < small + row; i++) {
        let word = argument(words, i);
        for (let pair: u32 = 0; pair < 16; pair++) {
          const bits = word & 3;
          store<i32>(at, <i32>(bits & 1) - <i32>(bits >>> 1));
          at += (<usize>(bits != 3)) << 2;
          word >>>= 2;
        }
      }
    }
    const out = (<usize>argument(args, 6)) + (<usize>(task * limbs)) * row;
    spreadSmall(small, degree, <usize>argument(args, 3), limbs, out, row);
    memory.fill(words, 0, small - words + row + 64);
  }
}

/**
 * Magnitudes of 4 samples u = (u2, u1, u0) of 31-bit words: the number of table entries that u reaches. u < t for two words
 * is u1 - [u0 < t0] < t1, so that each comparison is one signed vector operation whose -1 is the borrow of the next.
 */
// @ts-ignore: decorator
@inline
function below(u0: v128, u1: v128, u2: v128, t0: v128, t1: v128, t2: v128): v128 {
  const b0 = i32x4.lt_s(u0, t0);
  const b1 = i32x4.lt_s(i32x4.add(u1, b0), t1);
  return i32x4.lt_s(i32x4.add(u2, b1), t2);
}

// @ts-ignore: decorator
@inline
function signed(magnitude: v128, word: v128): v128 {
  const sign = i32x4.shr_s(word, 31);
  return i32x4.sub(v128.xor(magnitude, sign), sign);
}

/** Words 0, 3, 6 and 9 of twelve in three vectors; then 1, 4, 7 and 10; then 2, 5, 8 and 11. */
// @ts-ignore: decorator
@inline
function firsts(a: v128, b: v128, c: v128): v128 {
  return i32x4.shuffle(i32x4.shuffle(a, b, 0, 3, 6, 6), c, 0, 1, 2, 5);
}
// @ts-ignore: decorator
@inline
function seconds(a: v128, b: v128, c: v128): v128 {
  return i32x4.shuffle(i32x4.shuffle(a, b, 1, 4, 7, 7), c, 0, 1, 2, 6);
}
// @ts-ignore: decorator
@inline
function thirds(a: v128, b: v128, c: v128): v128 {
  return i32x4.shuffle(i32x4.shuffle(a, b, 2, 5, 5, 5), c, 0, 1, 4, 7);
}

/** Four samples from twelve words, by all three words of every entry. */
function compareWhole(from: usize, table: usize, entries: u32, out: usize): void {
  const low = i32x4.splat(0x7fffffff);
  const a = v128.load(from);
  const b = v128.load(from, 16);
  const c = v128.load(from, 32);
  const signs = firsts(a, b, c);
  const u0 = v128.and(signs, low);
  const u1 = v128.and(seconds(a, b, c), low);
  const u2 = v128.and(thirds(a, b, c), low);
  let magnitudes = i32x4.splat(entries);
  const end = table + 12 * (<usize>entries);
  for (let entry = table; entry < end; entry += 12) {
    const t0 = v128.load32_splat(entry);
    const t1 = v128.load32_splat(entry, 4);
    const t2 = v128.load32_splat(entry, 8);
    magnitudes = i32x4.add(magnitudes, below(u0, u1, u2, t0, t1, t2));
  }
  v128.store(out, signed(magnitudes, signs));
}

/**
 * `count` samples (a multiple of 8) from 3 * count words, as i32; all of the table is read for every eight. Their highest words decide
 * unless one of the eight is equal to that of an entry, which happens to one group in 2^22: only then are the other words looked at.
 */
function gaussianFromWords(words: usize, count: u32, table: usize, entries: u32, out: usize): void {
  const low = i32x4.splat(0x7fffffff);
  const end = table + 12 * (<usize>entries);
  for (let i: u32 = 0; i < count; i += 8) {
    const from = words + 12 * (<usize>i);
    const to = out + ((<usize>i) << 2);
    let a = v128.load(from);
    let b = v128.load(from, 16);
    let c = v128.load(from, 32);
    const s0 = firsts(a, b, c);
    const u = v128.and(thirds(a, b, c), low);
    a = v128.load(from, 48);
    b = v128.load(from, 64);
    c = v128.load(from, 80);
    const s1 = firsts(a, b, c);
    const v = v128.and(thirds(a, b, c), low);
    let m0 = i32x4.splat(entries);
    let m1 = m0;
    let equal = i32x4.splat(0);
    for (let entry = table; entry < end; entry += 12) {
      const t = v128.load32_splat(entry, 8);
      m0 = i32x4.add(m0, i32x4.lt_s(u, t));
      m1 = i32x4.add(m1, i32x4.lt_s(v, t));
      equal = v128.or(equal, v128.or(i32x4.eq(u, t), i32x4.eq(v, t)));
    }
    if (v128.any_true(equal)) {
      compareWhole(from, table, entries, to);
      compareWhole(from + 48, table, entries, to + 16);
    } else {
      v128.store(to, signed(m0, s0));
      v128.store(to, signed(m1, s1), 16);
    }
  }
}

/**
 * [seed, domain, first item, basis, limbs, degree, out, table, entries, chunk]: a task is one chunk of one item, from the
 * stream (domain, item, 0), reduced for every limb. Sample j takes words 3j, 3j + 1, 3j + 2, so that chunks of a multiple of
 * 16 samples start at a block.
 */
export function sampleGaussian(args: usize, first: u32, count: u32): void {
  const limbs = argument(args, 4);
  const degree = argument(args, 5);
  const chunk = argument(args, 9);
  const chunks = degree / chunk;
  const row = (<usize>degree) << 2;
  const words = scratch();
  const wordBytes = (<usize>units(3 * chunk) * UNIT_WORDS) << 2;
  const small = words + wordBytes;
  for (let task = first; task < first + count; task++) {
    const item = task / chunks;
    const start = (task % chunks) * chunk;
    const counter = (3 * start) >> 4;
    const stream = argument(args, 2) + item;
    keystream(<usize>argument(args, 0), argument(args, 1), stream, 0, counter, words, units(3 * chunk));
    gaussianFromWords(words, chunk, <usize>argument(args, 7), argument(args, 8), small);
    const out = (<usize>argument(args, 6)) + (<usize>(item * limbs)) * row + ((<usize>start) << 2);
    spreadSmall(small, chunk, <usize>argument(args, 3), limbs, out, row);
  }
  memory.fill(words, 0, wordBytes + ((<usize>chunk) << 2));
}
