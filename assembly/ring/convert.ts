/**
 * Centred conversions from primes d_1..d_s with product D to other primes, and divisions by D (rescaling, mod-down).
 *
 * With h = (d - 1) / 2 the centred residue of y modulo an odd d is u - h, where u = (y + h) mod d lies in [0, d). So the sum of
 * centred digits times D/d_i is the sum of u_i D/d_i plus the constant K = -(sum of h_i D/d_i): digits stay unsigned.
 *
 * Constants of a conversion: s records of 4 words [d, w, floor(w 2^32 / d), h] with w = (D/d)^-1 mod d, then a record of
 * 4 + s words for each target prime q: [K mod q, K 2^32 mod q, D^-1 mod q, its quotient (both 0 where q divides D),
 * (D/d_i) 2^32 mod q for each i].
 */
import { argument } from "../arguments";
import { scratch } from "../scratch";
import { FOLD } from "./accumulate";
import { inverseRow } from "./intt";
import { foldHigh, montgomeryCanonical, multiplyShoup, quotientOf } from "./lanes";
import { addModulo, subtractOnce } from "./montgomery";
import { forwardRow } from "./ntt";
import { firstOf, inverseOf, limbsOf, modulusOf, offsetOf, own, pieceBytes, primeOf, resultOf, rowBytes, rowOf, secondOf } from "./pieces";

/** Bytes of a source record, and the bytes of a target record before its matrix row. */
const RECORD: u32 = 16;
/** K and so many products stay below q 2^32 by themselves: q + 3 x 2^30 q < 2^32 q. */
const UNFOLDED: u32 = 3;

/**
 * The digits u of rows, [items, s]. Arguments: [0] bytes of a row, [1] s, [2] limbs of the operand, [3] its first limb that is
 * converted, [4] result, [5] operand, [6] constants, [7] 1 where the operand is in NTT form, [8..] the s prime records.
 * A task: one row.
 */
export function ringDigits(args: usize, first: u32, count: u32): void {
  const bytes = argument(args, 0);
  const sources = argument(args, 1);
  for (let row = first; row < first + count; row++) {
    const i = row % sources;
    const from = (row / sources) * argument(args, 2) + argument(args, 3) + i;
    const out = argument(args, 4) + row * bytes;
    const a = argument(args, 5) + from * bytes;
    const constants = argument(args, 6) + i * RECORD;
    if (argument(args, 7)) {
      inverseRow(out, a, argument(args, 8 + i), ctz<u32>(bytes) - 2);
      digits(out, out, constants, bytes);
    } else {
      digits(out, a, constants, bytes);
    }
  }
}

function digits(to: usize, from: usize, constants: usize, bytes: usize): void {
  const d = v128.load32_splat(constants);
  const w = v128.load32_splat(constants, 4);
  const quotient = v128.load32_splat(constants, 8);
  const half = v128.load32_splat(constants, 12);
  // Nothing to do to what a transform has left where it belongs.
  if (to == from && load<u32>(constants, 4) == 1 && load<u32>(constants, 12) == 0) return;
  // With one source prime the factor is 1 and canonical residues need no product.
  if (load<u32>(constants, 4) == 1) {
    for (const end = to + bytes; to < end; to += 16, from += 16) v128.store(to, addModulo(v128.load(from), half, d));
    return;
  }
  for (const end = to + bytes; to < end; to += 16, from += 16) {
    v128.store(to, addModulo(multiplyShoup(v128.load(from), w, quotient, d), half, d));
  }
}

/**
 * First operand: digits [items, s]. Second operand: nothing (0), or residues [items, own 1] from whose first limbs the
 * conversion is subtracted before they are divided by D. Own: [0] s, [1] limbs of the second operand, [2] constants,
 * [3] 1 where the conversion is transformed before (pieces are then whole rows). Limbs are target primes.
 * A task: one piece of one row of the result. The scratch holds a row.
 */
export function ringConvert(args: usize, first: u32, count: u32): void {
  const targets = limbsOf(args);
  const sources = own(args, 0);
  const row = rowBytes(args);
  const bytes = pieceBytes(args);
  for (let task = first; task < first + count; task++) {
    const item = rowOf(args, task) / targets;
    const j = rowOf(args, task) % targets;
    const prime = primeOf(args, j);
    const constants = own(args, 2);
    const record = constants + sources * RECORD + j * (RECORD + (sources << 2));
    const offset = offsetOf(args, task);
    const u = firstOf(args) + <usize>(item * sources) * row + offset;
    const out = resultOf(args) + <usize>rowOf(args, task) * row + offset;
    const minuend = secondOf(args);
    const to = minuend ? scratch() : out;
    if (sources == 1) convertOne(to, u, record, prime, load<u32>(constants), bytes, own(args, 3) == 1);
    else convertMany(to, u, record, prime, sources, row, bytes);
    if (!minuend) continue;
    if (own(args, 3)) forwardRow(to, to, prime, ctz<u32>(<u32>bytes) - 2);
    divide(out, minuend + <usize>(item * own(args, 1) + j) * row + offset, to, record, prime, bytes);
  }
}

/** From one prime d: u + K below d + q, modulo q, but only below 3q where `isLazy` and d < 2q: a transform takes that. */
function convertOne(to: usize, u: usize, record: usize, prime: usize, d: u32, bytes: usize, isLazy: boolean): void {
  const modulus = modulusOf(prime);
  const q = i32x4.splat(modulus);
  const k = v128.load32_splat(record);
  if (isLazy && d < modulus << 1) {
    for (const end = to + bytes; to < end; to += 16, u += 16) v128.store(to, i32x4.add(v128.load(u), k));
    return;
  }
  if (d < modulus << 1) {
    const twiceQ = i32x4.splat(modulus << 1);
    for (const end = to + bytes; to < end; to += 16, u += 16) {
      v128.store(to, subtractOnce(subtractOnce(i32x4.add(v128.load(u), k), twiceQ), q));
    }
    return;
  }
  const one = i32x4.splat(1);
  const quotient = i32x4.splat(quotientOf(1, modulus));
  for (const end = to + bytes; to < end; to += 16, u += 16) {
    v128.store(to, multiplyShoup(i32x4.add(v128.load(u), k), one, quotient, q));
  }
}

/** From several primes: 64-bit sums, folded as in accumulate.ts. Their factor 2^32 is taken away by the reduction. */
function convertMany(to: usize, u: usize, record: usize, prime: usize, sources: u32, row: usize, bytes: usize): void {
  const modulus = modulusOf(prime);
  const q = i32x4.splat(modulus);
  const inverse = i32x4.splat(inverseOf(prime));
  const once = i64x2.splat((<u64>modulus) << 32);
  const twice = i64x2.splat((<u64>modulus) << 33);
  const k = i64x2.splat(load<u32>(record, 4));
  for (const end = to + bytes; to < end; to += 32, u += 32) {
    let low0 = k;
    let high0 = k;
    let low1 = k;
    let high1 = k;
    let x = u;
    let w = record + RECORD;
    for (let left = sources; ; ) {
      const run = min<u32>(left, FOLD);
      for (const stop = x + <usize>run * row; x != stop; x += row, w += 4) {
        const factor = v128.load32_splat(w);
        const x0 = v128.load(x);
        low0 = i64x2.add(low0, i64x2.extmul_low_i32x4_u(x0, factor));
        high0 = i64x2.add(high0, i64x2.extmul_high_i32x4_u(x0, factor));
        const x1 = v128.load(x, 16);
        low1 = i64x2.add(low1, i64x2.extmul_low_i32x4_u(x1, factor));
        high1 = i64x2.add(high1, i64x2.extmul_high_i32x4_u(x1, factor));
      }
      left -= run;
      if (sources > UNFOLDED) {
        low0 = foldHigh(low0, once, twice);
        high0 = foldHigh(high0, once, twice);
        low1 = foldHigh(low1, once, twice);
        high1 = foldHigh(high1, once, twice);
      }
      if (left == 0) break;
    }
    v128.store(to, montgomeryCanonical(low0, high0, q, inverse));
    v128.store(to, montgomeryCanonical(low1, high1, q, inverse), 16);
  }
}

/** (x - c) / D modulo q: x - c + q lies in (0, 2q), and the product takes any u32. */
function divide(out: usize, x: usize, c: usize, record: usize, prime: usize, bytes: usize): void {
  const q = i32x4.splat(modulusOf(prime));
  const w = v128.load32_splat(record, 8);
  const quotient = v128.load32_splat(record, 12);
  for (const end = out + bytes; out < end; out += 16, x += 16, c += 16) {
    const difference = i32x4.add(i32x4.sub(v128.load(x), v128.load(c)), q);
    v128.store(out, multiplyShoup(difference, w, quotient, q));
  }
}
