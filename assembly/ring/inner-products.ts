/**
 * Inner products with keys: sums of 64-bit products of residues, reduced once (reduce-sum.ts).
 *
 * A task goes through its piece a cache line at a time, all outputs of it one after the other: rows of one limb fall into few sets
 * of a cache, and so the lines of the first operand are still there for every output.
 */
import { argument } from "../arguments";
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
  const limbs = limbsOf(args);
  for (let task = first; task < first + count; task++) {
    const limb = rowOf(args, task) % limbs;
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
  const limb = rowOf(args, task) % limbs;
  const item = rowOf(args, task) / limbs;
  const offset = offsetOf(args, task);
  const prime = primeOf(args, limb);
  const terms = own(args, 0);
  const outputs = own(args, 1);
  const items = own(args, 2);
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
      let low0 = i64x2.splat(0);
      let high0 = i64x2.splat(0);
      let low1 = i64x2.splat(0);
      let high1 = i64x2.splat(0);
      let low2 = i64x2.splat(0);
      let high2 = i64x2.splat(0);
      let low3 = i64x2.splat(0);
      let high3 = i64x2.splat(0);
      let room = MOST;
      if (o < addends) {
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
  }
}
