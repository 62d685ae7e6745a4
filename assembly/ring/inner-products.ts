/**
 * Inner products with keys: sums of 64-bit products of residues, reduced once (reduce-sum.ts).
 *
 * Rows of one limb are a power of two apart and fall into few sets of a cache, which holds eight lines of them at a time. With few
 * outputs, a task goes through its piece a cache line at a time, all outputs one after the other: the lines of the first operand
 * are still there for each. With many, which read as many keys, tiles of both operands are brought together in scratch, where every
 * key serves all items.
 */
import { argument } from "../arguments";
import { scratch } from "../scratch";
import { foldHigh } from "./lanes";
import { canonical } from "./montgomery";
import { firstOf, limbsOf, modulusOf, offsetOf, own, pieceBytes, primeOf, resultOf, rowBytes, rowOf, secondOf } from "./pieces";
import { CUT, FOLD, MOST, ratioOf, reduceSum, SMALL } from "./reduce-sum";

/**
 * First operand [terms, items], second keys [outputs, T], result [outputs, items]. Own: [0] terms, [1] outputs, [2] items, [3] limbs
 * of the keys, [4] T, [5] addend [m, items] or 0. Behind the prime records: the limb of the keys for each limb; then m, the limbs of the
 * addend and for each of these the product R of the other primes modulo its prime. A task: one piece of one limb of one item, all outputs.
 */
export function ringInnerProducts(args: usize, first: u32, count: u32): void {
  for (let task = first; task < first + count; task++) {
    const limb = rowOf(args, task / own(args, 2));
    const isSmall = modulusOf(primeOf(args, limb)) < SMALL;
    if (isSmall) piece(args, task, 0);
    else piece(args, task, CUT);
  }
}

/** One task; `cut` is a constant of each copy that the compiler makes. */
// @ts-ignore: decorator
@inline
function piece(args: usize, task: u32, cut: i32): void {
  const limbs = limbsOf(args);
  const row = rowBytes(args);
  const terms = own(args, 0);
  const outputs = own(args, 1);
  const items = own(args, 2);
  // Items change fastest: keys stay in the second-level cache for all of them.
  const item = task % items;
  const limb = rowOf(args, task / items);
  const offset = offsetOf(args, task / items);
  const prime = primeOf(args, limb);
  const step = <usize>(items * limbs) * row;
  const keyStep = <usize>own(args, 3) * row;
  const keyOutput = <usize>own(args, 4) * keyStep;
  const tail = 12 + limbs;
  const addendLimbs = argument(args, tail + limbs + 1);
  const addends = limb < addendLimbs ? argument(args, tail + limbs) : 0;
  const addendStep = <usize>(items * addendLimbs) * row;
  const factor = i32x4.splat(addends ? argument(args, tail + limbs + 2 + limb) : 0);
  const q = v128.load32_splat(prime);
  const magic = v128.load64_splat(prime, 56);
  const ratio = ratioOf(modulusOf(prime), cut);
  const once = i64x2.shl(i64x2.splat(<u64>modulusOf(prime)), 32);
  let a = firstOf(args) + <usize>(item * limbs + limb) * row + offset;
  let keys = secondOf(args) + <usize>argument(args, tail + limb) * row + offset;
  let addend = own(args, 5) + <usize>(item * addendLimbs + limb) * row + offset;
  let result = resultOf(args) + <usize>(item * limbs + limb) * row + offset;
  for (const end = a + pieceBytes(args); a < end; a += 64, keys += 64, addend += 64, result += 64) {
    let b = keys;
    let c = addend;
    let out = result;
    for (let o: u32 = 0; o < outputs; o++, b += keyOutput, c += addendStep, out += step) {
      line(a, step, b, keyStep, terms, o < addends ? c : 0, factor, out, q, magic, ratio, once, cut);
    }
  }
}

/**
 * A cache line of one output to `out`: the sum of `terms` products of lines at `a` and at `b`, `step` and `keyStep` apart, and of the line
 * at `c`, where there is one, by `factor`.
 */
// @ts-ignore: decorator
@inline
function line(
  a: usize,
  step: usize,
  b: usize,
  keyStep: usize,
  terms: u32,
  c: usize,
  factor: v128,
  out: usize,
  q: v128,
  magic: v128,
  ratio: v128,
  once: v128,
  cut: i32,
): void {
  let low0 = i64x2.splat(0);
  let high0 = i64x2.splat(0);
  let low1 = i64x2.splat(0);
  let high1 = i64x2.splat(0);
  let low2 = i64x2.splat(0);
  let high2 = i64x2.splat(0);
  let low3 = i64x2.splat(0);
  let high3 = i64x2.splat(0);
  let room = MOST;
  if (c) {
    room--;
    const c0 = v128.load(c);
    low0 = i64x2.extmul_low_i32x4_u(c0, factor);
    high0 = i64x2.extmul_high_i32x4_u(c0, factor);
    const c1 = v128.load(c, 16);
    low1 = i64x2.extmul_low_i32x4_u(c1, factor);
    high1 = i64x2.extmul_high_i32x4_u(c1, factor);
    const c2 = v128.load(c, 32);
    low2 = i64x2.extmul_low_i32x4_u(c2, factor);
    high2 = i64x2.extmul_high_i32x4_u(c2, factor);
    const c3 = v128.load(c, 48);
    low3 = i64x2.extmul_low_i32x4_u(c3, factor);
    high3 = i64x2.extmul_high_i32x4_u(c3, factor);
  }
  let x = a;
  let y = b;
  for (let left = terms; ; ) {
    const run = min<u32>(left, room);
    for (const stop = x + <usize>run * step; x != stop; x += step, y += keyStep) {
      const x0 = v128.load(x);
      const y0 = v128.load(y);
      low0 = i64x2.add(low0, i64x2.extmul_low_i32x4_u(x0, y0));
      high0 = i64x2.add(high0, i64x2.extmul_high_i32x4_u(x0, y0));
      const x1 = v128.load(x, 16);
      const y1 = v128.load(y, 16);
      low1 = i64x2.add(low1, i64x2.extmul_low_i32x4_u(x1, y1));
      high1 = i64x2.add(high1, i64x2.extmul_high_i32x4_u(x1, y1));
      const x2 = v128.load(x, 32);
      const y2 = v128.load(y, 32);
      low2 = i64x2.add(low2, i64x2.extmul_low_i32x4_u(x2, y2));
      high2 = i64x2.add(high2, i64x2.extmul_high_i32x4_u(x2, y2));
      const x3 = v128.load(x, 48);
      const y3 = v128.load(y, 48);
      low3 = i64x2.add(low3, i64x2.extmul_low_i32x4_u(x3, y3));
      high3 = i64x2.add(high3, i64x2.extmul_high_i32x4_u(x3, y3));
    }
    left -= run;
    if (left == 0) break;
    room = FOLD;
    const twice = i64x2.add(once, once);
    low0 = foldHigh(low0, once, twice);
    high0 = foldHigh(high0, once, twice);
    low1 = foldHigh(low1, once, twice);
    high1 = foldHigh(high1, once, twice);
    low2 = foldHigh(low2, once, twice);
    high2 = foldHigh(high2, once, twice);
    low3 = foldHigh(low3, once, twice);
    high3 = foldHigh(high3, once, twice);
  }
  v128.store(out, canonical(reduceSum(low0, high0, q, ratio, magic, magic, cut), q));
  v128.store(out, canonical(reduceSum(low1, high1, q, ratio, magic, magic, cut), q), 16);
  v128.store(out, canonical(reduceSum(low2, high2, q, ratio, magic, magic, cut), q), 32);
  v128.store(out, canonical(reduceSum(low3, high3, q, ratio, magic, magic, cut), q), 48);
}

/** Bytes of the keys' tile, for which lines are as long as they fit; one line of each row at least. */
const KEY_TILE: u32 = 128 << 10;
/** Bytes of the first operand's tile at most, in the first-level cache, beside which keys pass through. */
const ITEM_TILE: u32 = 16 << 10;
/** Bytes of a row in a tile at most. */
const LONGEST: u32 = 512;

/**
 * The same operands and words as {@link ringInnerProducts}; a task is one piece of one limb, all items and outputs. outputs * terms
 * lines must fit the scratch beside the first operand's tile.
 */
export function ringInnerProductTiles(args: usize, first: u32, count: u32): void {
  for (let task = first; task < first + count; task++) {
    const isSmall = modulusOf(primeOf(args, rowOf(args, task))) < SMALL;
    if (isSmall) tiles(args, task, 0);
    else tiles(args, task, CUT);
  }
}

/** Copies `bytes`, a multiple of 64. */
// @ts-ignore: decorator
@inline
function bring(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 64) {
    v128.store(to + at, v128.load(from + at));
    v128.store(to + at, v128.load(from + at, 16), 16);
    v128.store(to + at, v128.load(from + at, 32), 32);
    v128.store(to + at, v128.load(from + at, 48), 48);
  }
}

// @ts-ignore: decorator
@inline
function tiles(args: usize, task: u32, cut: i32): void {
  const limbs = limbsOf(args);
  const row = rowBytes(args);
  const limb = rowOf(args, task);
  const prime = primeOf(args, limb);
  const terms = own(args, 0);
  const outputs = own(args, 1);
  const items = own(args, 2);
  const polynomial = <usize>limbs * row;
  const keyPolynomial = <usize>own(args, 3) * row;
  const keyOutput = <usize>own(args, 4) * keyPolynomial;
  const tail = 12 + limbs;
  const addendLimbs = argument(args, tail + limbs + 1);
  const addends = limb < addendLimbs ? argument(args, tail + limbs) : 0;
  const factor = i32x4.splat(addends ? argument(args, tail + limbs + 2 + limb) : 0);
  const q = v128.load32_splat(prime);
  const magic = v128.load64_splat(prime, 56);
  const ratio = ratioOf(modulusOf(prime), cut);
  const once = i64x2.shl(i64x2.splat(<u64>modulusOf(prime)), 32);

  const keyRows = outputs * terms;
  const piece = <u32>pieceBytes(args);
  const width: usize = max<u32>(64, min(min(piece, LONGEST), (KEY_TILE / keyRows) & ~63));
  const together = max<u32>(1, min(items, ITEM_TILE / (terms * <u32>width)));
  const x = scratch();
  const y = x + <usize>(together * terms) * width;
  const limbAt = <usize>limb * row;
  const keysAt = secondOf(args) + <usize>argument(args, tail + limb) * row;
  const addendRow = <usize>addendLimbs * row;

  const start = offsetOf(args, task);
  const end = start + piece;
  for (let at = start; at < end; at += width) {
    const bytes = min(width, end - at);
    let to = y;
    for (let o: u32 = 0; o < outputs; o++) {
      let from = keysAt + <usize>o * keyOutput + at;
      for (let t: u32 = 0; t < terms; t++, from += keyPolynomial, to += width) bring(to, from, bytes);
    }
    for (let item: u32 = 0; item < items; item += together) {
      const group = min(together, items - item);
      to = x;
      for (let i: u32 = 0; i < group; i++) {
        let from = firstOf(args) + <usize>(item + i) * polynomial + limbAt + at;
        for (let t: u32 = 0; t < terms; t++, from += <usize>items * polynomial, to += width) bring(to, from, bytes);
      }
      for (let o: u32 = 0; o < outputs; o++) {
        for (let i: u32 = 0; i < group; i++) {
          const row = <usize>(o * items + item + i);
          const a = x + <usize>(i * terms) * width;
          const b = y + <usize>(o * terms) * width;
          const c = o < addends ? own(args, 5) + row * addendRow + limbAt + at : 0;
          const out = resultOf(args) + row * polynomial + limbAt + at;
          for (let w: usize = 0; w < bytes; w += 64) {
            line(a + w, width, b + w, width, terms, c ? c + w : 0, factor, out + w, q, magic, ratio, once, cut);
          }
        }
      }
    }
  }
}
