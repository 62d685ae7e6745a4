/**
 * Inner products and combinations with one output: sums of 64-bit products, reduced once.
 *
 * A product of a u32 below 2^30 and one below q is less than 2^30 q = (q/4) 2^32. From a sum below q 2^32, FOLD more products
 * keep it below (1 + FOLD/4) q 2^32 = 4q 2^32 < 2^64, and foldHigh brings it back below q 2^32.
 *
 * A round takes FOLD terms over a whole piece, a cache line of each at a time: so many streams the processor can prefetch, and
 * no line is fetched twice however the rows lie in the cache. Between rounds the sums rest in the scratch.
 */
import { scratch } from "../scratch";
import { foldHigh, montgomeryCanonical, multiplyShoup, quotientOf } from "./lanes";
import {
  firstOf,
  inverseOf,
  limbsOf,
  modulusOf,
  offsetOf,
  own,
  pieceBytes,
  primeOf,
  radixOf,
  resultOf,
  rowBytes,
  rowOf,
  secondOf,
} from "./pieces";

/** Products between two folds. */
export const FOLD: u32 = 12;

/**
 * First operand [groups, terms], second [terms] or [groups, terms], both in NTT form. Own: [0] terms, [1] items of the second
 * operand. A task: one piece of one row of the result.
 */
export function ringMultiplyAccumulate(args: usize, first: u32, count: u32): void {
  const terms = own(args, 0);
  const limbs = limbsOf(args);
  const step = rowBytes(args) * limbs;
  for (let task = first; task < first + count; task++) {
    const row = rowOf(args, task);
    const item = (row / limbs) * terms;
    const at = <usize>(row % limbs) * rowBytes(args) + offsetOf(args, task);
    const a = firstOf(args) + <usize>item * step + at;
    const b = secondOf(args) + <usize>(item % own(args, 1)) * step + at;
    const out = resultOf(args) + <usize>row * rowBytes(args) + offsetOf(args, task);
    for (let done: u32 = 0; done < terms; done += FOLD) {
      const skip = <usize>done * step;
      round(out, a + skip, b + skip, step, done, terms, primeOf(args, row % limbs), pieceBytes(args), false);
    }
  }
}

/**
 * One output of a linear combination: `weights` are u32 below q, one for each term, times 2^32 modulo q. The first
 * SCRATCH_SUMS bytes of the scratch are used.
 */
export function combineOne(out: usize, a: usize, step: usize, weights: usize, terms: u32, prime: usize, bytes: usize): void {
  for (let done: u32 = 0; done < terms; done += FOLD) {
    round(out, a + <usize>done * step, weights + ((<usize>done) << 2), step, done, terms, prime, bytes, true);
  }
}

/** Bytes of 64-bit sums for the largest piece. */
export const SCRATCH_SUMS: u32 = 1 << 20;

/** Terms [done, done + FOLD) of a sum; the second factors are rows, or words where they are `constant`. */
// @ts-ignore: decorator
@inline
function round(
  out: usize,
  a: usize,
  b: usize,
  step: usize,
  done: u32,
  terms: u32,
  prime: usize,
  bytes: usize,
  constant: boolean,
): void {
  const modulus = modulusOf(prime);
  const once = i64x2.splat((<u64>modulus) << 32);
  const twice = i64x2.splat((<u64>modulus) << 33);
  const length = <usize>min<u32>(terms - done, FOLD) * step;
  const isLast = terms - done <= FOLD;
  let sums = scratch();
  for (const end = out + bytes; out < end; out += 64, a += 64, sums += 128) {
    let low0 = i64x2.splat(0);
    let high0 = i64x2.splat(0);
    let low1 = i64x2.splat(0);
    let high1 = i64x2.splat(0);
    let low2 = i64x2.splat(0);
    let high2 = i64x2.splat(0);
    let low3 = i64x2.splat(0);
    let high3 = i64x2.splat(0);
    if (done) {
      low0 = v128.load(sums);
      high0 = v128.load(sums, 16);
      low1 = v128.load(sums, 32);
      high1 = v128.load(sums, 48);
      low2 = v128.load(sums, 64);
      high2 = v128.load(sums, 80);
      low3 = v128.load(sums, 96);
      high3 = v128.load(sums, 112);
    }
    let y = b;
    for (let x = a, stop = a + length; x != stop; x += step) {
      const y0 = constant ? v128.load32_splat(y) : v128.load(y);
      const x0 = v128.load(x);
      low0 = i64x2.add(low0, i64x2.extmul_low_i32x4_u(x0, y0));
      high0 = i64x2.add(high0, i64x2.extmul_high_i32x4_u(x0, y0));
      const y1 = constant ? y0 : v128.load(y, 16);
      const x1 = v128.load(x, 16);
      low1 = i64x2.add(low1, i64x2.extmul_low_i32x4_u(x1, y1));
      high1 = i64x2.add(high1, i64x2.extmul_high_i32x4_u(x1, y1));
      const y2 = constant ? y0 : v128.load(y, 32);
      const x2 = v128.load(x, 32);
      low2 = i64x2.add(low2, i64x2.extmul_low_i32x4_u(x2, y2));
      high2 = i64x2.add(high2, i64x2.extmul_high_i32x4_u(x2, y2));
      const y3 = constant ? y0 : v128.load(y, 48);
      const x3 = v128.load(x, 48);
      low3 = i64x2.add(low3, i64x2.extmul_low_i32x4_u(x3, y3));
      high3 = i64x2.add(high3, i64x2.extmul_high_i32x4_u(x3, y3));
      y += constant ? 4 : step;
    }
    if (!constant) b += 64;
    low0 = foldHigh(low0, once, twice);
    high0 = foldHigh(high0, once, twice);
    low1 = foldHigh(low1, once, twice);
    high1 = foldHigh(high1, once, twice);
    low2 = foldHigh(low2, once, twice);
    high2 = foldHigh(high2, once, twice);
    low3 = foldHigh(low3, once, twice);
    high3 = foldHigh(high3, once, twice);
    if (isLast) {
      v128.store(out, reduced(low0, high0, prime, constant));
      v128.store(out, reduced(low1, high1, prime, constant), 16);
      v128.store(out, reduced(low2, high2, prime, constant), 32);
      v128.store(out, reduced(low3, high3, prime, constant), 48);
    } else {
      v128.store(sums, low0);
      v128.store(sums, high0, 16);
      v128.store(sums, low1, 32);
      v128.store(sums, high1, 48);
      v128.store(sums, low2, 64);
      v128.store(sums, high2, 80);
      v128.store(sums, low3, 96);
      v128.store(sums, high3, 112);
    }
  }
}

/** A sum below q 2^32, reduced: products with prepared constants carry the factor 2^32 that the reduction takes away, others get it. */
// @ts-ignore: decorator
@inline
function reduced(low: v128, high: v128, prime: usize, constant: boolean): v128 {
  const q = v128.load32_splat(prime);
  const r = montgomeryCanonical(low, high, q, i32x4.splat(inverseOf(prime)));
  if (constant) return r;
  const radix = radixOf(prime);
  return multiplyShoup(r, i32x4.splat(radix), i32x4.splat(quotientOf(radix, modulusOf(prime))), q);
}
