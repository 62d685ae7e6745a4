/**
 * The inverse negacyclic transform from bit-reversed order (Longa and Naehrig, CANS 2016, algorithm 2), with residues in
 * [0, 2 q) between levels. docs/wasm-ntt.md has the proofs. A butterfly takes u and v in [0, 2 q): u + v < 4 q loses 2 q once;
 * the difference, in (0, 4 q), times a root is within q (1/2 + 2^-21) of zero, and q more than that is in [0, 2 q).
 * The factor 1/N is part of the last level.
 */
import { argument } from "../arguments";
import { differenceLazy, joinHigh, joinLow, multiplySet, sumLazy, zipHigh, zipLow } from "./butterfly";
import { canonical, multiplyConstant } from "./montgomery";
import { LOG_SMALL, rootsOf, SET, TAIL } from "./roots";
import { inverseSmall } from "./small";

/** Blocks of this many bytes stay in the first-level cache until all their levels are done. */
const BLOCK: usize = 16384;

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
  const q = v128.load32_splat(prime);
  const roots = rootsOf(prime);
  const bytes: usize = 4 << logDegree;
  const tails = roots + bytes;
  // Below this size a block holds none of the levels that carry 1/N: one of them where log2 N is odd, else two.
  const limit = logDegree & 1 ? bytes >> 1 : bytes >> 2;
  let size: usize = max(limit, 64);
  while (size > BLOCK) size >>= 2;
  for (let offset: usize = 0; offset < bytes; offset += size) {
    const to = target + offset;
    firstLevels(to, source + offset, tails + ((bytes - offset) >> 6) * TAIL, size, q);
    for (let quarter: usize = 16; quarter < min(size, limit); quarter <<= 2) {
      twoLevels(to, roots, mirrored(bytes, offset, quarter), <u32>(size / quarter) >> 2, quarter, q);
    }
  }
  for (let quarter = size; quarter < limit; quarter <<= 2) {
    twoLevels(target, roots, mirrored(bytes, 0, quarter), <u32>(bytes / quarter) >> 2, quarter, q);
  }
  if (logDegree & 1) lastLevel(target, prime, limit, q);
  else lastLevels(target, prime, roots, limit, q);
}

/** The mirrored node of the block of 4 `quarter` bytes at `offset`, in a row of `bytes`. */
// @ts-ignore: decorator
@inline
function mirrored(bytes: usize, offset: usize, quarter: usize): u32 {
  const block: usize = quarter << 2;
  return <u32>(((bytes << 1) - offset) / block) - 1;
}

/** The first two levels, sixteen residues at a time, transposed in reverse so that lane k works on residues 12 - 4 k .. 15 - 4 k. */
function firstLevels(target: usize, source: usize, tails: usize, bytes: usize, q: v128): void {
  const q2 = i32x4.add(q, q);
  for (const end = target + bytes; target < end; target += 64) {
    tails -= TAIL;
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
    const d1 = i32x4.add(multiplySet(differenceLazy(a0, a1, q2), tails + 2 * SET, q), q);
    const d3 = i32x4.add(multiplySet(differenceLazy(a2, a3, q2), tails + SET, q), q);
    const b0 = sumLazy(s0, s2, q2);
    const b1 = sumLazy(d1, d3, q2);
    const b2 = i32x4.add(multiplySet(differenceLazy(s0, s2, q2), tails, q), q);
    const b3 = i32x4.add(multiplySet(differenceLazy(d1, d3, q2), tails, q), q);
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

/** Two levels in place, of `count` blocks one after the other; `node` is the mirrored node of the first, those of the others precede it. */
function twoLevels(data: usize, roots: usize, node: u32, count: u32, quarter: usize, q: v128): void {
  const q2 = i32x4.add(q, q);
  for (const stop = node - count; node > stop; node--) {
    const parent = roots + ((<usize>node) << 4);
    const children = roots + ((<usize>node) << 5);
    const ratio1 = v128.load64_splat(parent);
    const w1 = v128.load32_splat(parent, 8);
    const ratio3 = v128.load64_splat(children);
    const w3 = v128.load32_splat(children, 8);
    const ratio2 = v128.load64_splat(children, 16);
    const w2 = v128.load32_splat(children, 24);
    for (const end = data + quarter; data < end; data += 16) {
      const data1 = data + quarter;
      const data2 = data1 + quarter;
      const data3 = data2 + quarter;
      const a0 = v128.load(data);
      const a1 = v128.load(data1);
      const a2 = v128.load(data2);
      const a3 = v128.load(data3);
      const s0 = sumLazy(a0, a1, q2);
      const s2 = sumLazy(a2, a3, q2);
      const d1 = i32x4.add(multiplyConstant(differenceLazy(a0, a1, q2), w2, ratio2, q), q);
      const d3 = i32x4.add(multiplyConstant(differenceLazy(a2, a3, q2), w3, ratio3, q), q);
      v128.store(data, sumLazy(s0, s2, q2));
      v128.store(data1, sumLazy(d1, d3, q2));
      v128.store(data2, i32x4.add(multiplyConstant(differenceLazy(s0, s2, q2), w1, ratio1, q), q));
      v128.store(data3, i32x4.add(multiplyConstant(differenceLazy(d1, d3, q2), w1, ratio1, q), q));
    }
    data += 3 * quarter;
  }
}

/** The level of node 1 in place, times 1/N, to [0, q). */
function lastLevel(data: usize, prime: usize, half: usize, q: v128): void {
  const q2 = i32x4.add(q, q);
  const ratio = v128.load64_splat(prime, 32);
  const w = v128.load32_splat(prime, 48);
  const ratio1 = v128.load64_splat(prime, 40);
  const w1 = v128.load32_splat(prime, 52);
  for (const end = data + half; data < end; data += 16) {
    const u = v128.load(data);
    const v = v128.load(data + half);
    v128.store(data, canonical(multiplyConstant(i32x4.add(u, v), w, ratio, q), q));
    v128.store(data + half, canonical(multiplyConstant(differenceLazy(u, v, q2), w1, ratio1, q), q));
  }
}

/** The levels of nodes 2, 3 and 1 in place, times 1/N, to [0, q). */
function lastLevels(data: usize, prime: usize, roots: usize, quarter: usize, q: v128): void {
  const q2 = i32x4.add(q, q);
  const ratio = v128.load64_splat(prime, 32);
  const w = v128.load32_splat(prime, 48);
  const ratio1 = v128.load64_splat(prime, 40);
  const w1 = v128.load32_splat(prime, 52);
  const ratio3 = v128.load64_splat(roots, 32);
  const w3 = v128.load32_splat(roots, 40);
  const ratio2 = v128.load64_splat(roots, 48);
  const w2 = v128.load32_splat(roots, 56);
  for (const end = data + quarter; data < end; data += 16) {
    const data1 = data + quarter;
    const data2 = data1 + quarter;
    const data3 = data2 + quarter;
    const a0 = v128.load(data);
    const a1 = v128.load(data1);
    const a2 = v128.load(data2);
    const a3 = v128.load(data3);
    const s0 = sumLazy(a0, a1, q2);
    const s2 = sumLazy(a2, a3, q2);
    const d1 = i32x4.add(multiplyConstant(differenceLazy(a0, a1, q2), w2, ratio2, q), q);
    const d3 = i32x4.add(multiplyConstant(differenceLazy(a2, a3, q2), w3, ratio3, q), q);
    v128.store(data, canonical(multiplyConstant(i32x4.add(s0, s2), w, ratio, q), q));
    v128.store(data1, canonical(multiplyConstant(i32x4.add(d1, d3), w, ratio, q), q));
    v128.store(data2, canonical(multiplyConstant(differenceLazy(s0, s2, q2), w1, ratio1, q), q));
    v128.store(data3, canonical(multiplyConstant(differenceLazy(d1, d3, q2), w1, ratio1, q), q));
  }
}
