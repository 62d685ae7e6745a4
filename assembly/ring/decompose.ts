/**
 * Digits of a key switch from their unsigned forms u (convert.ts): modulo its own primes a digit is the operand, modulo every other prime q
 * it is K + sum of u_i m_i, with m_i = D/d_i mod q, transformed.
 *
 * u is at most 2^30 - 1, K and m are at most q - 1: K and MOST products are (q - 1) (1 + 16 (2^30 - 1)) < 4q 2^32 at most and need no fold,
 * and later runs have no K. reduceSum with one off its quotient gives (0, 2q), inside the range [0, 4q) of a transform's input. With a
 * single prime, m is 1: u + K < 2^30 + q is in that range where 2^30 <= 3q, and else a Shoup product by 1 reduces it.
 */
import { argument } from "../arguments";
import { foldHigh, multiplyShoup, quotientOf } from "./lanes";
import { forwardRow } from "./ntt";
import { modulusOf } from "./pieces";
import { CUT, FOLD, MOST, ratioOf, reduceSum, SMALL } from "./reduce-sum";

/** Bytes of all source rows of which the targets of a task are made before the next: they stay in a first-level cache. */
const PIECE: usize = 2048;
/** Added to a quotient on its way to the low bits it takes one off it. */
const LESS: f64 = 4294967295;
/** Words of a group, and of a target before its factors. */
const GROUP: u32 = 5;
const TARGET: u32 = 2;

/**
 * Arguments: [0] log2 N, [1] limbs of the operand, [2] limbs of the result, [3] items, [4] result [digits, items], [5] operand, [6] unsigned
 * digits [items, limbs], [7] groups, [8] targets, [9..] prime records of the result's limbs. A group is [digit, its first limb, its number
 * of limbs, targets of the group, word of the first of them]; a target is [limb, K, factors m]. A group without targets copies the limbs
 * of its digit. A task: one group of one item.
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
    const size = (TARGET + sources) << 2;
    const end = target + targets * size;
    const u = argument(args, 6) + from;
    const bytes = min(row, PIECE);
    for (let at: usize = 0; at < row; at += bytes) {
      for (let t = target; t < end; t += size) {
        const limb = load<u32>(t);
        spread(out + <usize>limb * row + at, u + at, t + 4, sources, row, argument(args, 9 + limb), bytes);
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
