/**
 * Digits of a key switch: modulo its own primes a digit is the operand, modulo every other prime q it is a conversion, transformed.
 *
 * Digits of 2 to 12 primes, where no prime is below 2^22, are made of products of halves (halves.ts), in (0, 2q).
 *
 * Other digits of several primes are K + sum of u m with unsigned u (convert.ts), reduced by reduceSum. u is at most 2^30 - 1, K and m are
 * at most q - 1: K and MOST products are (q - 1) (1 + 16 (2^30 - 1)) < 4q 2^32 at most and need no fold, and later runs have no K. With
 * one off its quotient reduceSum gives (0, 2q). With a single prime, m is 1: u + K < 2^30 + q is below 4q where 2^30 <= 3q, and else a
 * Shoup product by 1 reduces it. A transform takes [0, 4q).
 */
import { argument } from "../arguments";
import { halves, LESS, PIECE, spreadHalves } from "./halves";
import { inverseRow } from "./intt";
import { foldHigh, multiplyShoup, quotientOf } from "./lanes";
import { addModulo } from "./montgomery";
import { forwardRow } from "./ntt";
import { modulusOf } from "./pieces";
import { CUT, FOLD, MOST, ratioOf, reduceSum, SMALL } from "./reduce-sum";

/** Bytes of a source; words of a group, and of a target before its factors. */
const SOURCE: u32 = 16;
const GROUP: u32 = 6;
const TARGET: u32 = 2;

/**
 * Limbs back in coefficient form, in the form of their digit. Arguments: [0] log2 N, [1] limbs, [2] result, [3] operand in NTT form,
 * [4] sources, [5..] prime records. A source is [d, w, floor(w 2^32 / d), h], w = (D/d)^-1 mod d: with h = (d - 1)/2 unsigned
 * u = (x w + h) mod d, with h = 0 the halves of x w. A task: one row.
 */
export function ringDigitForms(args: usize, first: u32, count: u32): void {
  const logDegree = argument(args, 0);
  const bytes: usize = 4 << logDegree;
  const limbs = argument(args, 1);
  for (let row = first; row < first + count; row++) {
    const limb = row % limbs;
    const out: usize = argument(args, 2) + <usize>row * bytes;
    const source: usize = argument(args, 4) + limb * SOURCE;
    inverseRow(out, argument(args, 3) + <usize>row * bytes, argument(args, 5 + limb), logDegree);
    const d = v128.load32_splat(source);
    const w = v128.load32_splat(source, 4);
    const quotient = v128.load32_splat(source, 8);
    const half = v128.load32_splat(source, 12);
    if (load<u32>(source, 12)) {
      for (let at = out; at < out + bytes; at += 16) {
        v128.store(at, addModulo(multiplyShoup(v128.load(at), w, quotient, d), half, d));
      }
    } else {
      const middle = i32x4.shr_u(d, 1);
      for (let at = out; at < out + bytes; at += 16) {
        const y = multiplyShoup(v128.load(at), w, quotient, d);
        v128.store(at, halves(i32x4.sub(y, v128.and(d, i32x4.gt_s(y, middle)))));
      }
    }
  }
}

/**
 * Arguments: [0] log2 N, [1] limbs of the operand, [2] limbs of the result, [3] items, [4] result [digits, items], [5] operand, [6] digit
 * forms [items, limbs], [7] groups, [8] targets, [9..] prime records of the result's limbs. A group is [digit, its first limb, its number
 * of limbs, targets of the group, word of the first of them, 1 for halves]; a target is [limb, K, factors]: m each, or for halves
 * m0 mod 2^16 + n0 2^16 and m1 mod 2^16 + n1 2^16. A group without targets copies the limbs of its digit. A task: one group of one item.
 */
export function ringDecompose(args: usize, first: u32, count: u32): void {
  const logDegree = argument(args, 0);
  const row: usize = 4 << logDegree;
  const limbs = argument(args, 1);
  const items = argument(args, 3);
  for (let task = first; task < first + count; task++) {
    const item = task % items;
    const group: usize = argument(args, 7) + (((task / items) * GROUP) << 2);
    const digit = load<u32>(group);
    const start = load<u32>(group, 4);
    const sources = load<u32>(group, 8);
    const targets = load<u32>(group, 12);
    const out: usize = argument(args, 4) + <usize>((digit * items + item) * argument(args, 2)) * row;
    const from = <usize>(item * limbs + start) * row;
    if (targets == 0) {
      memory.copy(out + <usize>start * row, argument(args, 5) + from, <usize>sources * row);
      continue;
    }
    const target: usize = argument(args, 8) + ((<usize>load<u32>(group, 16)) << 2);
    const isHalved = load<u32>(group, 20) == 1;
    const size = (TARGET + (isHalved ? sources << 1 : sources)) << 2;
    const end = target + targets * size;
    const u = argument(args, 6) + from;
    const bytes = min(row, PIECE);
    for (let at: usize = 0; at < row; at += bytes) {
      for (let t = target; t < end; t += size) {
        const limb = load<u32>(t);
        const prime = argument(args, 9 + limb);
        const place = out + <usize>limb * row + at;
        if (isHalved) spreadHalves(place, u + at, t + 8, sources, row, prime, bytes);
        else spread(place, u + at, t + 4, sources, row, prime, bytes);
      }
    }
    for (let t = target; t < end; t += size) {
      const limb = load<u32>(t);
      const place = out + <usize>limb * row;
      forwardRow(place, place, argument(args, 9 + limb), logDegree);
    }
  }
}

/** One piece of one target; `record` is [K, factors]. */
function spread(to: usize, u: usize, record: usize, sources: u32, row: usize, prime: usize, bytes: usize): void {
  if (sources == 1) spreadOne(to, u, load<u32>(record), modulusOf(prime), bytes);
  else if (modulusOf(prime) < SMALL) spreadMany(to, u, record, sources, row, prime, bytes, 0);
  else spreadMany(to, u, record, sources, row, prime, bytes, CUT);
}

/** u + K modulo q, below 4q, for any u < 2^30. */
function spreadOne(to: usize, u: usize, constant: u32, modulus: u32, bytes: usize): void {
  const k = i32x4.splat(constant);
  if (modulus > (1 << 30) / 3) {
    for (const end = to + bytes; to < end; to += 16, u += 16) v128.store(to, i32x4.add(v128.load(u), k));
    return;
  }
  const q = i32x4.splat(modulus);
  const one = i32x4.splat(1);
  const quotient = i32x4.splat(quotientOf(1, modulus));
  for (const end = to + bytes; to < end; to += 16, u += 16) {
    v128.store(to, multiplyShoup(i32x4.add(v128.load(u), k), one, quotient, q));
  }
}

// @ts-ignore: decorator
@inline
function spreadMany(to: usize, u: usize, record: usize, sources: u32, row: usize, prime: usize, bytes: usize, cut: i32): void {
  const q = v128.load32_splat(prime);
  const magic = v128.load64_splat(prime, 56);
  const round = f64x2.add(magic, f64x2.splat(LESS));
  const ratio = ratioOf(modulusOf(prime), cut);
  const k = i64x2.splat(load<u32>(record));
  for (const end = to + bytes; to < end; to += 32, u += 32) {
    let low0 = k;
    let high0 = k;
    let low1 = k;
    let high1 = k;
    let x = u;
    let m = record + 4;
    let room = MOST;
    for (let left = sources; ; ) {
      const run = min<u32>(left, room);
      for (const stop = x + <usize>run * row; x != stop; x += row, m += 4) {
        const factor = v128.load32_splat(m);
        const x0 = v128.load(x);
        low0 = i64x2.add(low0, i64x2.extmul_low_i32x4_u(x0, factor));
        high0 = i64x2.add(high0, i64x2.extmul_high_i32x4_u(x0, factor));
        const x1 = v128.load(x, 16);
        low1 = i64x2.add(low1, i64x2.extmul_low_i32x4_u(x1, factor));
        high1 = i64x2.add(high1, i64x2.extmul_high_i32x4_u(x1, factor));
      }
      left -= run;
      if (left == 0) break;
      room = FOLD;
      const once = i64x2.splat((<u64>modulusOf(prime)) << 32);
      const twice = i64x2.splat((<u64>modulusOf(prime)) << 33);
      low0 = foldHigh(low0, once, twice);
      high0 = foldHigh(high0, once, twice);
      low1 = foldHigh(low1, once, twice);
      high1 = foldHigh(high1, once, twice);
    }
    v128.store(to, reduceSum(low0, high0, q, ratio, magic, round, cut));
    v128.store(to, reduceSum(low1, high1, q, ratio, magic, round, cut), 16);
  }
}
