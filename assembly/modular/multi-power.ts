/**
 * Products of powers with public exponents, by Bos and Coster's addition chains ("Addition chain heuristics", CRYPTO '89; de
 * Rooij, "Efficient exponentiation using precomputation and vector addition chains", EUROCRYPT '94). Where a is raised to the
 * largest exponent e and b to the next one f, with e = q f + r,
 *
 *   a^e b^f = a^r (a^q b)^f
 *
 * takes some log2(terms) bits off the largest exponent for one product, because among many exponents the two largest are
 * close: 30 exponents of 32 bits take about 240 products, where windows that slide over shared squarings (Straus) take 392
 * and buckets (Pippenger) 360. Addresses and branches follow the exponents.
 */
import { argument } from "../arguments";
import { scratch } from "../scratch";
import { pointer, row } from "./address";
import { elementBytes, multiply, one, square } from "./arithmetic";
import { heapAdd, heapBytes, heapKey, heapOpen, heapRemove, heapSize, heapTop } from "./heap";

/**
 * [ctx, out, a, terms, outputs, parts, terms of a part, exponents, words of an exponent]: out[g, o, p] = the product of
 * a[g, k]^exponents[o, k] over the terms k of part p. Exponents are rows of words with one word of zeros behind each.
 * A part of t terms takes (t + 2) elements and 24 t + 128 bytes of the scratch.
 */
export function modularMultiPower(args: usize, first: u32, count: u32): void {
  const ctx = pointer(args, 0);
  const terms = argument(args, 3);
  const outputs = argument(args, 4);
  const parts = argument(args, 5);
  const most = argument(args, 6);
  const words = argument(args, 8);
  const bytes = elementBytes(ctx);
  for (let i = first; i < first + count; i++) {
    const start = (i % parts) * most;
    const g = i / (outputs * parts);
    const o = (i / parts) % outputs;
    const inputs = row(pointer(args, 2), g * terms + start, bytes);
    const exponents = row(pointer(args, 7), o * terms + start, (words + 1) << 2);
    powerProduct(ctx, row(pointer(args, 1), i, bytes), inputs, min<u32>(most, terms - start), exponents, words);
  }
}

/** The exponents are taken 64 bits at a time, the highest first, with 64 squarings in between. */
function powerProduct(ctx: usize, out: usize, inputs: usize, terms: u32, exponents: usize, words: u32): void {
  const bytes = elementBytes(ctx);
  let isOne = true;
  for (let piece = (words + 1) >> 1; piece > 0; piece--) {
    if (!isOne) for (let s = 0; s < 64; s++) square(ctx, out, out);
    const product = bosCoster(ctx, inputs, terms, exponents + (<usize>(piece - 1) << 3), (words + 1) << 2);
    if (product == 0) continue;
    if (isOne) memory.copy(out, product, bytes);
    else multiply(ctx, out, out, product);
    isOne = false;
  }
  if (isOne) one(ctx, out);
}

/** The address of the product of powers of the inputs, for u64 exponents `stride` bytes apart; 0 where all are 0. */
function bosCoster(ctx: usize, inputs: usize, terms: u32, exponents: usize, stride: u32): usize {
  const bytes = elementBytes(ctx);
  const heap = scratch();
  // Where a term's element is now: its input, until a product replaces it in a register of its own.
  const places = heap + heapBytes(terms);
  const helper = (places + (<usize>terms << 2) + 63) & ~63;
  const registers = helper + bytes;
  heapOpen(heap, terms);
  for (let k: u32 = 0; k < terms; k++) {
    store<u32>(row(places, k, 4), <u32>row(inputs, k, bytes));
    heapAdd(heap, k, load<u64>(row(exponents, k, stride)));
  }
  while (heapSize(heap) > 1) {
    const a = heapTop(heap);
    const e = heapKey(heap, a);
    heapRemove(heap);
    const b = heapTop(heap);
    const f = heapKey(heap, b);
    const place = row(places, b, 4);
    const register = row(registers, b, bytes);
    const factor = shortPower(ctx, helper, <usize>load<u32>(row(places, a, 4)), e / f);
    multiply(ctx, register, <usize>load<u32>(place), factor);
    store<u32>(place, <u32>register);
    heapAdd(heap, a, e % f);
  }
  if (heapSize(heap) == 0) return 0;
  const last = heapTop(heap);
  return shortPower(ctx, helper, <usize>load<u32>(row(places, last, 4)), heapKey(heap, last));
}

/** The address of x^exponent, exponent >= 1: x itself, or the helper. */
function shortPower(ctx: usize, helper: usize, x: usize, exponent: u64): usize {
  let result = x;
  for (let bit = 62 - <i32>clz<u64>(exponent); bit >= 0; bit--) {
    square(ctx, helper, result);
    result = helper;
    if ((exponent >> bit) & 1) multiply(ctx, helper, helper, x);
  }
  return result;
}
