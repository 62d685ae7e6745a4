/** Encoding: slots to integer coefficients (float64), integer coefficients to residues of every limb. */
import { argument } from "../arguments";
import { scratch } from "../scratch";
import { inverse } from "./embedding";

/** The float64 in words `index` (low) and `index + 1` (high) of the arguments. */
// @ts-ignore: decorator
@inline
export function float64(args: usize, index: u32): f64 {
  return reinterpret<f64>((<u64>argument(args, index)) | ((<u64>argument(args, index + 1)) << 32));
}

/**
 * Item `task` of the arguments that {@link encodeItems} and {@link encodeSlots} share: [roots, places, degree, items, values,
 * factor (2 words)]. Words 4i .. 4i + 2 of `items`: the byte offset in `values` of its real parts (f64), their number, and
 * whether as many imaginary parts follow. Word i of `places`: the byte offset of slot i in the layout of embedding.ts; bit 0
 * says that its imaginary part changes sign there. Writes round(factor * N/2 * coefficients), f64 [N], to `out`.
 */
function toIntegers(args: usize, task: u32, out: usize, data: usize): void {
  const places: usize = argument(args, 1);
  const degree: usize = argument(args, 2);
  const item = (<usize>argument(args, 3)) + ((<usize>task) << 4);
  const real = (<usize>argument(args, 4)) + load<u32>(item);
  const slots = load<u32>(item, 4);
  const bytes = (<usize>slots) << 3;
  const isComplex = load<u32>(item, 8) != 0;
  if (slots < <u32>degree >> 1 || !isComplex) memory.fill(data, 0, degree << 3);
  if (isComplex) {
    for (let i: u32 = 0; i < slots; i++) {
      const place = argument(places, i);
      const at = data + (place & ~1);
      const from = real + ((<usize>i) << 3);
      store<f64>(at, load<f64>(from));
      store<u64>(at, load<u64>(from + bytes) ^ ((<u64>(place & 1)) << 63), 16);
    }
  } else {
    for (let i: u32 = 0; i < slots; i++) {
      store<f64>(data + (argument(places, i) & ~1), load<f64>(real + ((<usize>i) << 3)));
    }
  }
  inverse(data, degree, <usize>argument(args, 0), float64(args, 5), out);
  memory.fill(data, 0, degree << 3);
}

/** 1.5 * 2^52: adding and subtracting it rounds |x| < 2^51 to the nearest integer. */
const ROUNDER: f64 = 6755399441055744;

/** x - q [x / q rounded to a multiple of the rounder's last place]. */
// @ts-ignore: decorator
@inline
function step(x: v128, q: v128, inverse: v128, rounder: v128): v128 {
  const quotient = f64x2.sub(f64x2.add(f64x2.mul(x, inverse), rounder), rounder);
  return f64x2.sub(x, f64x2.mul(quotient, q));
}

/** The last step, to [0, q), for four integers in two vectors. */
// @ts-ignore: decorator
@inline
function finish(x: v128, y: v128, q: v128, inverse: v128, last: v128, prime: v128): v128 {
  // The last place of 1.5 * 2^52 is 1: the low words are the integers themselves, in two's complement.
  const low = f64x2.add(step(x, q, inverse, last), last);
  const high = f64x2.add(step(y, q, inverse, last), last);
  const r = i32x4.shuffle(low, high, 0, 2, 4, 6);
  // Of r and r + q the one that is in [0, q) is the smaller as unsigned words.
  return i32x4.min_u(r, i32x4.add(r, prime));
}

/**
 * N integers |x| < 2^(52 + 22 steps) in float64 to residues in [0, q).
 *
 * Step j from `steps` down to 0 takes from x the multiple of 2^(22j) q nearest to it. Both the product and the difference are
 * exact (docs/wasm-host.md); |x| is then at most 2^(22j) (q/2 + 1), and after the last step its sign decides.
 */
function toResidues(from: usize, degree: usize, word: u32, steps: u32, out: usize): void {
  const q = f64x2.splat(<f64>word);
  const inverse = f64x2.splat(1 / <f64>word);
  const prime = i32x4.splat(word);
  const last = f64x2.splat(ROUNDER);
  const end = degree << 2;
  if (steps == 0) {
    for (let at: usize = 0; at < end; at += 16) {
      v128.store(out + at, finish(v128.load(from + 2 * at), v128.load(from + 2 * at, 16), q, inverse, last, prime));
    }
    return;
  }
  let top = ROUNDER;
  for (let j: u32 = 0; j < steps; j++) top *= 4194304;
  for (let at: usize = 0; at < end; at += 16) {
    let x = v128.load(from + 2 * at);
    let y = v128.load(from + 2 * at, 16);
    let weight = top;
    for (let j: u32 = 0; j < steps; j++) {
      const rounder = f64x2.splat(weight);
      x = step(x, q, inverse, rounder);
      y = step(y, q, inverse, rounder);
      weight *= 2.384185791015625e-7; // 2^-22
    }
    v128.store(out + at, finish(x, y, q, inverse, last, prime));
  }
}

/** The arguments of {@link toIntegers}, then [basis, limbs, steps, out]: a task is one item, from slots to residues [limb, N]. */
export function encodeItems(args: usize, first: u32, count: u32): void {
  const degree: usize = argument(args, 2);
  const basis: usize = argument(args, 7);
  const limbs = argument(args, 8);
  const data = scratch();
  const integers = data + (degree << 3);
  for (let task = first; task < first + count; task++) {
    toIntegers(args, task, integers, data);
    for (let l: u32 = 0; l < limbs; l++) {
      const out = (<usize>argument(args, 10)) + (<usize>(task * limbs + l)) * (degree << 2);
      toResidues(integers, degree, load<u32>(<usize>argument(basis, l)), argument(args, 9), out);
    }
    memory.fill(integers, 0, degree << 3);
  }
}

/** The arguments of {@link toIntegers}, then [integers]: the first half of {@link encodeItems}, to integers [item, N] in float64. */
export function encodeSlots(args: usize, first: u32, count: u32): void {
  const bytes = (<usize>argument(args, 2)) << 3;
  for (let task = first; task < first + count; task++) {
    toIntegers(args, task, (<usize>argument(args, 7)) + (<usize>task) * bytes, scratch());
  }
}

/** [integers, degree, basis, limbs, steps, out]: the second half; a task is one limb of one item. */
export function encodeResidues(args: usize, first: u32, count: u32): void {
  const degree: usize = argument(args, 1);
  const limbs = argument(args, 3);
  for (let task = first; task < first + count; task++) {
    const word = load<u32>(<usize>argument(<usize>argument(args, 2), task % limbs));
    const from = (<usize>argument(args, 0)) + (<usize>(task / limbs)) * (degree << 3);
    const out = (<usize>argument(args, 5)) + (<usize>task) * (degree << 2);
    toResidues(from, degree, word, argument(args, 4), out);
  }
}
