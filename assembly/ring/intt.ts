/**
 * The inverse negacyclic transform from bit-reversed order (Longa and Naehrig, CANS 2016, algorithm 2), with residues in
 * [0, 2 q) between levels. docs/wasm-ntt.md has the proofs. A butterfly takes u and v in [0, 2 q): u + v < 4 q loses 2 q once;
 * the difference, in (0, 4 q), times a root is in [0, 2 q). The factor 1/N is part of the last levels.
 */
import { argument } from "../arguments";
import { differenceLazy, joinHigh, joinLow, multiplyRoot, multiplySet, reduce, sumLazy, zipHigh, zipLow } from "./butterfly";
import { subtractOnce } from "./montgomery";
import { LOG_SMALL, NODE, rootsOf, SET, TAIL, tailOf } from "./roots";
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
    const d1 = multiplySet(differenceLazy(a0, a1, q2), tail + 2 * SET, q);
    const d3 = multiplySet(differenceLazy(a2, a3, q2), tail + SET, q);
    const b0 = sumLazy(s0, s2, q2);
    const b1 = sumLazy(d1, d3, q2);
    const b2 = multiplySet(differenceLazy(s0, s2, q2), tail, q);
    const b3 = multiplySet(differenceLazy(d1, d3, q2), tail, q);
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
 * Two levels of blocks whose mirrored nodes precede one another: first with the roots w2 and w3 of the children, then with w1. Where they
 * are the last, the children's roots and w1 carry 1/N, which the sum of the sums takes by itself, and the difference of the
 * differences, which have it, is multiplied by w1 alone.
 */
// @ts-ignore: decorator
@inline
function levels(data: usize, prime: usize, node: usize, bytes: usize, quarter: usize, isLast: bool): void {
  const q = v128.load32_splat(prime);
  const q2 = v128.load32_splat(prime, 20);
  const scale = v128.load32_splat(prime, 24);
  const scaleQuotient = v128.load32_splat(prime, 28);
  for (const stop = data + bytes; data < stop; node -= NODE) {
    const w1 = v128.load32_splat(node);
    const quotient1 = v128.load32_splat(node, 4);
    const w2 = v128.load32_splat(node, 8);
    const quotient2 = v128.load32_splat(node, 12);
    const w3 = v128.load32_splat(node, 16);
    const quotient3 = v128.load32_splat(node, 20);
    const w4 = isLast ? v128.load32_splat(node, 24) : w1;
    const quotient4 = isLast ? v128.load32_splat(node, 28) : quotient1;
    for (const end = data + quarter; data < end; data += 16) {
      const data1 = data + quarter;
      const data2 = data1 + quarter;
      const data3 = data2 + quarter;
      const a0 = v128.load(data);
      const a1 = v128.load(data1);
      const a2 = v128.load(data2);
      const a3 = v128.load(data3);
      const d1 = multiplyRoot(differenceLazy(a0, a1, q2), w3, quotient3, q);
      const d3 = multiplyRoot(differenceLazy(a2, a3, q2), w2, quotient2, q);
      const s0 = sumLazy(a0, a1, q2);
      const s2 = sumLazy(a2, a3, q2);
      const y2 = multiplyRoot(differenceLazy(s0, s2, q2), w1, quotient1, q);
      const y3 = multiplyRoot(differenceLazy(d1, d3, q2), w4, quotient4, q);
      if (isLast) {
        v128.store(data, subtractOnce(multiplyRoot(i32x4.add(s0, s2), scale, scaleQuotient, q), q));
        v128.store(data1, reduce(i32x4.add(d1, d3), q, q2));
        v128.store(data2, subtractOnce(y2, q));
        v128.store(data3, subtractOnce(y3, q));
      } else {
        v128.store(data, sumLazy(s0, s2, q2));
        v128.store(data1, sumLazy(d1, d3, q2));
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
  const scale = v128.load32_splat(prime, 24);
  const scaleQuotient = v128.load32_splat(prime, 28);
  const w = v128.load32_splat(prime, 32);
  const quotient = v128.load32_splat(prime, 36);
  for (const end = data + half; data < end; data += 16) {
    const u = v128.load(data);
    const v = v128.load(data + half);
    v128.store(data, subtractOnce(multiplyRoot(i32x4.add(u, v), scale, scaleQuotient, q), q));
    v128.store(data + half, subtractOnce(multiplyRoot(differenceLazy(u, v, q2), w, quotient, q), q));
  }
}
