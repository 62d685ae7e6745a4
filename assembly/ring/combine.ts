/**
 * Linear combinations with scalar weights, in either form. A task computes all outputs of one group, limb and piece, so that its
 * inputs are read from memory once: columns of all terms are packed next to each other in the scratch, and outputs are
 * computed from there four at a time.
 */
import { scratch } from "../scratch";
import { combineOne, FOLD, SCRATCH_SUMS } from "./accumulate";
import { foldHigh, montgomeryCanonical } from "./lanes";
import { addModulo } from "./montgomery";
import { firstOf, inverseOf, limbsOf, modulusOf, offsetOf, own, pieceBytes, primeOf, resultOf, rowBytes, rowOf, secondOf } from "./pieces";

/** Outputs of one pass over packed inputs: their accumulators fill half of the registers. */
const TILE: u32 = 4;
/** Terms that are packed at once; more terms are added up modulo q. */
const TERMS: u32 = 256;
/** Outputs whose weights are prepared at once. */
const OUTPUTS: u32 = 512;
/** Bytes of packed inputs: half of a first-level cache, and a cache line for each of TERMS. */
const PACKED: u32 = 16384;

/**
 * Second operand: weights [outputs, terms, limb], each below its prime. Own: [0] terms, [1] outputs. A task: one piece of one
 * limb of all outputs of a group. Scratch: sums or packed inputs, then weights.
 */
export function ringLinearCombination(args: usize, first: u32, count: u32): void {
  const terms = own(args, 0);
  const outputs = own(args, 1);
  const limbs = limbsOf(args);
  const step = rowBytes(args) * limbs;
  const weights = scratch() + SCRATCH_SUMS;
  for (let task = first; task < first + count; task++) {
    const row = rowOf(args, task);
    const prime = primeOf(args, row % limbs);
    const group = row / limbs;
    const at = <usize>(row % limbs) * rowBytes(args) + offsetOf(args, task);
    for (let k: u32 = 0; k < terms; k += TERMS) {
      const run = min<u32>(terms - k, TERMS);
      const a = firstOf(args) + <usize>(group * terms + k) * step + at;
      for (let o: u32 = 0; o < outputs; o += OUTPUTS) {
        const live = min<u32>(outputs - o, OUTPUTS);
        const out = resultOf(args) + <usize>(group * outputs + o) * step + at;
        scaleWeights(args, weights, row % limbs, k, run, o, live);
        if (outputs == 1 && terms <= TERMS) combineOne(out, a, step, weights, run, prime, pieceBytes(args));
        else combineColumns(out, a, step, weights, run, live, prime, pieceBytes(args), k > 0);
      }
    }
  }
}

/** Weights of one limb, [tiles, terms, TILE] or [terms] of a single output, times 2^32 modulo q: Montgomery's reduction takes that away. */
function scaleWeights(args: usize, to: usize, limb: u32, k: u32, terms: u32, o: u32, outputs: u32): void {
  const limbs = limbsOf(args);
  const q: u64 = modulusOf(primeOf(args, limb));
  const tile = own(args, 1) == 1 && own(args, 0) <= TERMS ? 1 : TILE;
  for (let first: u32 = 0; first < outputs; first += tile) {
    for (let term: u32 = 0; term < terms; term++) {
      for (let output = first; output < first + tile; output++, to += 4) {
        const at = <usize>(((o + output) * own(args, 0) + k + term) * limbs + limb) << 2;
        store<u32>(to, output < outputs ? <u32>(((<u64>load<u32>(secondOf(args) + at)) << 32) % q) : 0);
      }
    }
  }
}

/** Column by column: packs the terms, then goes through the tiles of outputs. */
function combineColumns(
  out: usize,
  a: usize,
  step: usize,
  weights: usize,
  terms: u32,
  outputs: u32,
  prime: usize,
  bytes: usize,
  adds: boolean,
): void {
  let width: u32 = PACKED / TERMS;
  while (width < <u32>bytes && (width << 1) * terms <= PACKED) width <<= 1;
  for (let column: usize = 0; column < bytes; column += width) {
    pack(a + column, step, width, terms);
    for (let o: u32 = 0; o < outputs; o += TILE) {
      const live = min<u32>(outputs - o, TILE);
      const to = out + column + <usize>o * step;
      const w = weights + (<usize>(o * terms) << 2);
      if (live > 2) combineFour(to, step, w, terms, live, prime, width, adds);
      else combineTwo(to, step, w, terms, live, prime, width, adds);
    }
  }
}

/** Copies `width` bytes, a multiple of 64, of every term to the start of the scratch. */
function pack(from: usize, step: usize, width: u32, terms: u32): void {
  let to = scratch();
  for (let k: u32 = 0; k < terms; k++, from += step) {
    let x = from;
    for (const end = to + width; to < end; to += 64, x += 64) {
      v128.store(to, v128.load(x));
      v128.store(to, v128.load(x, 16), 16);
      v128.store(to, v128.load(x, 32), 32);
      v128.store(to, v128.load(x, 48), 48);
    }
  }
}

/** Three or four outputs of packed inputs, added to what is there where it `adds`. */
function combineFour(
  out: usize,
  step: usize,
  weights: usize,
  terms: u32,
  live: u32,
  prime: usize,
  width: u32,
  adds: boolean,
): void {
  const modulus = modulusOf(prime);
  const q = i32x4.splat(modulus);
  const inverse = i32x4.splat(inverseOf(prime));
  const once = i64x2.splat((<u64>modulus) << 32);
  const twice = i64x2.splat((<u64>modulus) << 33);
  for (let a = scratch(), end = a + width; a < end; a += 16, out += 16) {
    let low0 = i64x2.splat(0);
    let high0 = i64x2.splat(0);
    let low1 = i64x2.splat(0);
    let high1 = i64x2.splat(0);
    let low2 = i64x2.splat(0);
    let high2 = i64x2.splat(0);
    let low3 = i64x2.splat(0);
    let high3 = i64x2.splat(0);
    let x = a;
    let w = weights;
    for (let left = terms; ; ) {
      const run = min<u32>(left, FOLD);
      for (const stop = x + <usize>(run * width); x != stop; x += width, w += 4 * TILE) {
        const v = v128.load(x);
        const w0 = v128.load32_splat(w);
        low0 = i64x2.add(low0, i64x2.extmul_low_i32x4_u(v, w0));
        high0 = i64x2.add(high0, i64x2.extmul_high_i32x4_u(v, w0));
        const w1 = v128.load32_splat(w, 4);
        low1 = i64x2.add(low1, i64x2.extmul_low_i32x4_u(v, w1));
        high1 = i64x2.add(high1, i64x2.extmul_high_i32x4_u(v, w1));
        const w2 = v128.load32_splat(w, 8);
        low2 = i64x2.add(low2, i64x2.extmul_low_i32x4_u(v, w2));
        high2 = i64x2.add(high2, i64x2.extmul_high_i32x4_u(v, w2));
        const w3 = v128.load32_splat(w, 12);
        low3 = i64x2.add(low3, i64x2.extmul_low_i32x4_u(v, w3));
        high3 = i64x2.add(high3, i64x2.extmul_high_i32x4_u(v, w3));
      }
      low0 = foldHigh(low0, once, twice);
      high0 = foldHigh(high0, once, twice);
      low1 = foldHigh(low1, once, twice);
      high1 = foldHigh(high1, once, twice);
      low2 = foldHigh(low2, once, twice);
      high2 = foldHigh(high2, once, twice);
      low3 = foldHigh(low3, once, twice);
      high3 = foldHigh(high3, once, twice);
      left -= run;
      if (left == 0) break;
    }
    put(out, montgomeryCanonical(low0, high0, q, inverse), q, adds);
    put(out + step, montgomeryCanonical(low1, high1, q, inverse), q, adds);
    put(out + 2 * step, montgomeryCanonical(low2, high2, q, inverse), q, adds);
    if (live > 3) put(out + 3 * step, montgomeryCanonical(low3, high3, q, inverse), q, adds);
  }
}

/** One or two outputs of packed inputs, eight places at a time. */
function combineTwo(
  out: usize,
  step: usize,
  weights: usize,
  terms: u32,
  live: u32,
  prime: usize,
  width: u32,
  adds: boolean,
): void {
  const modulus = modulusOf(prime);
  const q = i32x4.splat(modulus);
  const inverse = i32x4.splat(inverseOf(prime));
  const once = i64x2.splat((<u64>modulus) << 32);
  const twice = i64x2.splat((<u64>modulus) << 33);
  for (let a = scratch(), end = a + width; a < end; a += 32, out += 32) {
    let low0 = i64x2.splat(0);
    let high0 = i64x2.splat(0);
    let low1 = i64x2.splat(0);
    let high1 = i64x2.splat(0);
    let low2 = i64x2.splat(0);
    let high2 = i64x2.splat(0);
    let low3 = i64x2.splat(0);
    let high3 = i64x2.splat(0);
    let x = a;
    let w = weights;
    for (let left = terms; ; ) {
      const run = min<u32>(left, FOLD);
      for (const stop = x + <usize>(run * width); x != stop; x += width, w += 4 * TILE) {
        const w0 = v128.load32_splat(w);
        const w1 = v128.load32_splat(w, 4);
        const v0 = v128.load(x);
        low0 = i64x2.add(low0, i64x2.extmul_low_i32x4_u(v0, w0));
        high0 = i64x2.add(high0, i64x2.extmul_high_i32x4_u(v0, w0));
        low1 = i64x2.add(low1, i64x2.extmul_low_i32x4_u(v0, w1));
        high1 = i64x2.add(high1, i64x2.extmul_high_i32x4_u(v0, w1));
        const v1 = v128.load(x, 16);
        low2 = i64x2.add(low2, i64x2.extmul_low_i32x4_u(v1, w0));
        high2 = i64x2.add(high2, i64x2.extmul_high_i32x4_u(v1, w0));
        low3 = i64x2.add(low3, i64x2.extmul_low_i32x4_u(v1, w1));
        high3 = i64x2.add(high3, i64x2.extmul_high_i32x4_u(v1, w1));
      }
      low0 = foldHigh(low0, once, twice);
      high0 = foldHigh(high0, once, twice);
      low1 = foldHigh(low1, once, twice);
      high1 = foldHigh(high1, once, twice);
      low2 = foldHigh(low2, once, twice);
      high2 = foldHigh(high2, once, twice);
      low3 = foldHigh(low3, once, twice);
      high3 = foldHigh(high3, once, twice);
      left -= run;
      if (left == 0) break;
    }
    put(out, montgomeryCanonical(low0, high0, q, inverse), q, adds);
    put(out + 16, montgomeryCanonical(low2, high2, q, inverse), q, adds);
    if (live == 1) continue;
    put(out + step, montgomeryCanonical(low1, high1, q, inverse), q, adds);
    put(out + step + 16, montgomeryCanonical(low3, high3, q, inverse), q, adds);
  }
}

// @ts-ignore: decorator
@inline
function put(out: usize, x: v128, q: v128, adds: boolean): void {
  v128.store(out, adds ? addModulo(v128.load(out), x, q) : x);
}
