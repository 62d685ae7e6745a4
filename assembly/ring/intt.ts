/**
 * The inverse negacyclic transform from bit-reversed order (Longa and Naehrig, CANS 2016, algorithm 2), with residues in
 * [0, 2 q) between levels. docs/wasm-ntt.md has the proofs. A butterfly takes u and v in [0, 2 q): u + v < 4 q loses 2 q once;
 * the difference, in (0, 4 q), times a root is within q (1/2 + 2^-21) of zero, and q more than that is in [0, 2 q).
 * The factor 1/N is part of the last level.
 */
import { argument } from "../arguments";
import {
  differenceLazy,
  joinHigh,
  joinLow,
  multiplyRoot,
  multiplySet,
  multiplyTwo,
  sumLazy,
  widenHigh,
  widenLow,
  zipHigh,
  zipLow,
} from "./butterfly";
import { canonical } from "./montgomery";
import { LOG_SMALL, NODE, RESIDUES, rootsOf, SET, TAIL, tailOf } from "./roots";
import { inverseSmall } from "./small";

/** [target, source, basis, limbs, log2 N], a task a row: row r modulo limb r mod limbs. Canonical to canonical; in place or not. */
export function intt(args: usize, first: u32, count: u32): void {
  const target: usize = argument(args, 0);
  const source: usize = argument(args, 1);
  const basis: usize = argument(args, 2);
  const limbs = argument(args, 3);
  const logDegree = argument(args, 4);
  for (let row = first; row < first + count; row++) {
    const offset = (<usize>row) << (2 + logDegree);
    const prime: usize = load<u32>(basis + ((<usize>(row % limbs)) << 2));
    inverseRow(target + offset, source + offset, prime, logDegree);
  }
}

/** Added to a quotient on its way to the low bits it takes one off it, so that a product comes out near q, not near zero. */
const LESS: f64 = 4294967295;

/** One row of N = 2^logDegree canonical residues, 2 <= N <= 2^16, to canonical ones; `prime` is the address of its record. */
export function inverseRow(target: usize, source: usize, prime: usize, logDegree: u32): void {
  if (logDegree < LOG_SMALL) return inverseSmall(target, source, prime, logDegree);
  const roots = rootsOf(prime);
  const bytes: usize = 4 << logDegree;
  // The levels that carry 1/N: one of them where log2 N is odd, else two.
  const last = logDegree & 1 ? bytes >> 1 : bytes >> 2;
  firstLevels(target, source, prime, tailOf(roots, logDegree) + (bytes >> 6) * TAIL, bytes);
  for (let quarter: usize = 16; quarter < last; quarter <<= 2) {
    // The first block of a level of m nodes has node m, whose mirror is 2 m - 1.
    twoLevels(target, prime, roots + (bytes / (quarter << 1) - 1) * NODE, bytes, quarter);
  }
  if (logDegree & 1) lastLevel(target, prime, last);
  else lastLevels(target, prime, roots, last);
}

/**
 * The first two levels, sixteen residues at a time, transposed in reverse so that lane k works on residues 12 - 4 k .. 15 - 4 k;
 * `tail` is behind the roots of the first sixteen.
 */
function firstLevels(target: usize, source: usize, prime: usize, tail: usize, bytes: usize): void {
  const q = v128.load32_splat(prime);
  const q2 = v128.load32_splat(prime, 20);
  const magic = v128.load64_splat(prime, 56);
  const high = v128.load32_splat(prime, 60);
  const less = f64x2.add(magic, f64x2.splat(LESS));
  for (const end = target + bytes; target < end; target += 64) {
    tail -= TAIL;
    const v3 = v128.load(source);
    const v2 = v128.load(source, 16);
    const v1 = v128.load(source, 32);
    const v0 = v128.load(source, 48);
    const z0 = zipLow(v0, v1);
    const z1 = zipLow(v2, v3);
    const z2 = zipHigh(v0, v1);
    const z3 = zipHigh(v2, v3);
    const a0 = joinLow(z0, z1);
    const a1 = joinHigh(z0, z1);
    const a2 = joinLow(z2, z3);
    const a3 = joinHigh(z2, z3);
    const s0 = sumLazy(a0, a1, q2);
    const s2 = sumLazy(a2, a3, q2);
    const d1 = multiplySet(differenceLazy(a0, a1, q2), tail + 2 * SET, q, high, magic, less);
    const d3 = multiplySet(differenceLazy(a2, a3, q2), tail + SET, q, high, magic, less);
    const b0 = sumLazy(s0, s2, q2);
    const b1 = sumLazy(d1, d3, q2);
    const b2 = multiplySet(differenceLazy(s0, s2, q2), tail, q, high, magic, less);
    const b3 = multiplySet(differenceLazy(d1, d3, q2), tail, q, high, magic, less);
    const y0 = zipLow(b0, b1);
    const y1 = zipLow(b2, b3);
    const y2 = zipHigh(b0, b1);
    const y3 = zipHigh(b2, b3);
    v128.store(target, joinHigh(y2, y3));
    v128.store(target, joinLow(y2, y3), 16);
    v128.store(target, joinHigh(y0, y1), 32);
    v128.store(target, joinLow(y0, y1), 48);
    source += 64;
  }
}

/** Two levels in place of the `bytes` at `data`, in blocks of four quarters; `node` is the mirrored node of the first block. */
function twoLevels(data: usize, prime: usize, node: usize, bytes: usize, quarter: usize): void {
  levels(data, prime, node, bytes, quarter, false);
}

/** The levels of nodes 2, 3 and 1 in place, times 1/N, to [0, q): with the roots of node 0. */
function lastLevels(data: usize, prime: usize, node: usize, quarter: usize): void {
  levels(data, prime, node, quarter << 2, quarter, true);
}

/**
 * Two levels of blocks whose mirrored nodes precede one another. With differences e1 = a1 - a0 and e3 = a3 - a2 the results are
 * a0 + a1 + a2 + a3, w3 e1 + w2 e3, w1 (a2 + a3 - a0 - a1) and w5 e1 + w4 e3; the first times 1/N where they are the last.
 */
// @ts-ignore: decorator
@inline
function levels(data: usize, prime: usize, node: usize, bytes: usize, quarter: usize, isLast: bool): void {
  const q = v128.load32_splat(prime);
  const q2 = v128.load32_splat(prime, 20);
  const ratio = v128.load64_splat(prime, 32);
  const w = v128.load32_splat(prime, 48);
  const magic = v128.load64_splat(prime, 56);
  const high = v128.load32_splat(prime, 60);
  const round = isLast ? magic : f64x2.add(magic, f64x2.splat(LESS));
  for (const stop = data + bytes; data < stop; node -= NODE) {
    const ratio1 = v128.load64_splat(node);
    const ratio2 = v128.load64_splat(node, 8);
    const ratio3 = v128.load64_splat(node, 16);
    const ratio4 = v128.load64_splat(node, 24);
    const ratio5 = v128.load64_splat(node, 32);
    const w1 = v128.load32_splat(node, RESIDUES);
    const w2 = v128.load32_splat(node, RESIDUES + 4);
    const w3 = v128.load32_splat(node, RESIDUES + 8);
    const w4 = v128.load32_splat(node, RESIDUES + 12);
    const w5 = v128.load32_splat(node, RESIDUES + 16);
    for (const end = data + quarter; data < end; data += 16) {
      const data1 = data + quarter;
      const data2 = data1 + quarter;
      const data3 = data2 + quarter;
      const a0 = v128.load(data);
      const a1 = v128.load(data1);
      const a2 = v128.load(data2);
      const a3 = v128.load(data3);
      const e1 = differenceLazy(a0, a1, q2);
      const e3 = differenceLazy(a2, a3, q2);
      const s0 = sumLazy(a0, a1, q2);
      const s2 = sumLazy(a2, a3, q2);
      const low1 = widenLow(e1, high, magic);
      const high1 = widenHigh(e1, high, magic);
      const low3 = widenLow(e3, high, magic);
      const high3 = widenHigh(e3, high, magic);
      const y1 = multiplyTwo(e1, low1, high1, w3, ratio3, e3, low3, high3, w2, ratio2, q, round);
      const y2 = multiplyRoot(differenceLazy(s0, s2, q2), w1, ratio1, q, high, magic, round);
      const y3 = multiplyTwo(e1, low1, high1, w5, ratio5, e3, low3, high3, w4, ratio4, q, round);
      if (isLast) {
        v128.store(data, canonical(multiplyRoot(i32x4.add(s0, s2), w, ratio, q, high, magic, round), q));
        v128.store(data1, canonical(y1, q));
        v128.store(data2, canonical(y2, q));
        v128.store(data3, canonical(y3, q));
      } else {
        v128.store(data, sumLazy(s0, s2, q2));
        v128.store(data1, y1);
        v128.store(data2, y2);
        v128.store(data3, y3);
      }
    }
    data += 3 * quarter;
  }
}

/** The level of node 1 in place, times 1/N, to [0, q). */
function lastLevel(data: usize, prime: usize, half: usize): void {
  const q = v128.load32_splat(prime);
  const q2 = v128.load32_splat(prime, 20);
  const magic = v128.load64_splat(prime, 56);
  const high = v128.load32_splat(prime, 60);
  const ratio = v128.load64_splat(prime, 32);
  const w = v128.load32_splat(prime, 48);
  const ratio1 = v128.load64_splat(prime, 40);
  const w1 = v128.load32_splat(prime, 52);
  for (const end = data + half; data < end; data += 16) {
    const u = v128.load(data);
    const v = v128.load(data + half);
    v128.store(data, canonical(multiplyRoot(i32x4.add(u, v), w, ratio, q, high, magic, magic), q));
    v128.store(data + half, canonical(multiplyRoot(differenceLazy(u, v, q2), w1, ratio1, q, high, magic, magic), q));
  }
}
