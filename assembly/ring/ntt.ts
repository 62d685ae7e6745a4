/**
 * The forward negacyclic transform, merged psi, to bit-reversed order (Longa and Naehrig, CANS 2016, algorithm 1), with
 * residues in [0, 4 q) between levels (Harvey, J. Symb. Comp. 60, 2014). docs/wasm-ntt.md has the proofs.
 *
 * A butterfly takes u and v in [0, 4 q): r = v w mod q is in [0, 2 q), so is u' = u or u - 2 q, and u' + r and u' - r + 2 q are
 * in [0, 4 q) again.
 */
import { argument } from "../arguments";
import { differenceLazy, differenceReduced, joinHigh, joinLow, multiplyRoot, multiplySet, reduce, sumLazy, zipHigh, zipLow } from "./butterfly";
import { subtractOnce } from "./montgomery";
import { LOG_SMALL, NODE, rootsOf, SET, TAIL, tailOf } from "./roots";
import { forwardSmall } from "./small";

/** [target, source, basis, limbs, log2 N], a task a row: row r modulo limb r mod limbs. Canonical to canonical; in place or not. */
export function ntt(args: usize, first: u32, count: u32): void {
  const target: usize = argument(args, 0);
  const source: usize = argument(args, 1);
  const basis: usize = argument(args, 2);
  const limbs = argument(args, 3);
  const logDegree = argument(args, 4);
  for (let row = first; row < first + count; row++) {
    const offset = (<usize>row) << (2 + logDegree);
    const prime: usize = load<u32>(basis + ((<usize>(row % limbs)) << 2));
    forwardRow(target + offset, source + offset, prime, logDegree);
  }
}

/**
 * One row of N = 2^logDegree residues, 2 <= N <= 2^16, to canonical ones; `prime` is the address of its record. Residues are
 * canonical, or for N >= 16 anything in [0, 4q), which is the range between two levels.
 */
export function forwardRow(target: usize, source: usize, prime: usize, logDegree: u32): void {
  if (logDegree < LOG_SMALL) return forwardSmall(target, source, prime, logDegree);
  const roots = rootsOf(prime);
  const bytes: usize = 4 << logDegree;
  let size = bytes;
  let blocks: u32 = 1;
  if (logDegree & 1) {
    size >>= 1;
    firstLevel(target, source, prime, size);
    source = target;
    blocks = 2;
  }
  for (; size > 16; size >>= 2) {
    twoLevels(target, source, prime, roots + (<usize>blocks) * NODE, blocks, size >> 2);
    source = target;
    blocks <<= 2;
  }
  lastLevels(target, prime, tailOf(roots, logDegree), bytes);
}

/** The level of node 1; `half` a row in bytes. */
function firstLevel(target: usize, source: usize, prime: usize, half: usize): void {
  const q = v128.load32_splat(prime);
  const q2 = v128.load32_splat(prime, 20);
  const at = rootsOf(prime) + NODE;
  const w = v128.load32_splat(at);
  const quotient = v128.load32_splat(at, 4);
  for (const end = target + half; target < end; target += 16) {
    const u = subtractOnce(v128.load(source), q2);
    const r = multiplyRoot(v128.load(source + half), w, quotient, q);
    v128.store(target, i32x4.add(u, r));
    v128.store(target + half, differenceLazy(r, u, q2));
    source += 16;
  }
}

/** Two levels of `count` blocks that lie one after the other; the node of the first is at `node`, a quarter of a block has `quarter` bytes. */
function twoLevels(target: usize, source: usize, prime: usize, node: usize, count: u32, quarter: usize): void {
  const q = v128.load32_splat(prime);
  const q2 = v128.load32_splat(prime, 20);
  for (const stop = node + (<usize>count) * NODE; node < stop; node += NODE) {
    const w1 = v128.load32_splat(node);
    const quotient1 = v128.load32_splat(node, 4);
    const w2 = v128.load32_splat(node, 8);
    const quotient2 = v128.load32_splat(node, 12);
    const w3 = v128.load32_splat(node, 16);
    const quotient3 = v128.load32_splat(node, 20);
    for (const end = target + quarter; target < end; target += 16) {
      const source1 = source + quarter;
      const source2 = source1 + quarter;
      const source3 = source2 + quarter;
      const target1 = target + quarter;
      const target2 = target1 + quarter;
      const target3 = target2 + quarter;
      const r2 = multiplyRoot(v128.load(source2), w1, quotient1, q);
      const r3 = multiplyRoot(v128.load(source3), w1, quotient1, q);
      const a0 = subtractOnce(v128.load(source), q2);
      const a1 = subtractOnce(v128.load(source1), q2);
      const s = multiplyRoot(i32x4.add(a1, r3), w2, quotient2, q);
      const d = multiplyRoot(differenceLazy(r3, a1, q2), w3, quotient3, q);
      const b0 = sumLazy(a0, r2, q2);
      const b2 = differenceReduced(r2, a0, q2);
      v128.store(target, i32x4.add(b0, s));
      v128.store(target1, differenceLazy(s, b0, q2));
      v128.store(target2, i32x4.add(b2, d));
      v128.store(target3, differenceLazy(d, b2, q2));
      source += 16;
    }
    target += 3 * quarter;
    source += 3 * quarter;
  }
}

/** The last two levels in place, sixteen residues at a time, transposed so that lane k works on residues 4 k .. 4 k + 3; to [0, q). */
function lastLevels(data: usize, prime: usize, tail: usize, bytes: usize): void {
  const q = v128.load32_splat(prime);
  const q2 = v128.load32_splat(prime, 20);
  for (const end = data + bytes; data < end; data += 64) {
    const v0 = v128.load(data);
    const v1 = v128.load(data, 16);
    const v2 = v128.load(data, 32);
    const v3 = v128.load(data, 48);
    const z0 = zipLow(v0, v1);
    const z1 = zipLow(v2, v3);
    const z2 = zipHigh(v0, v1);
    const z3 = zipHigh(v2, v3);
    const r2 = multiplySet(joinLow(z2, z3), tail, q);
    const r3 = multiplySet(joinHigh(z2, z3), tail, q);
    const a0 = subtractOnce(joinLow(z0, z1), q2);
    const a1 = subtractOnce(joinHigh(z0, z1), q2);
    const s = multiplySet(i32x4.add(a1, r3), tail + SET, q);
    const d = multiplySet(differenceLazy(r3, a1, q2), tail + 2 * SET, q);
    const b0 = sumLazy(a0, r2, q2);
    const b2 = differenceReduced(r2, a0, q2);
    const c0 = reduce(i32x4.add(b0, s), q, q2);
    const c1 = subtractOnce(differenceReduced(s, b0, q2), q);
    const c2 = reduce(i32x4.add(b2, d), q, q2);
    const c3 = subtractOnce(differenceReduced(d, b2, q2), q);
    const y0 = zipLow(c0, c1);
    const y1 = zipLow(c2, c3);
    const y2 = zipHigh(c0, c1);
    const y3 = zipHigh(c2, c3);
    v128.store(data, joinLow(y0, y1));
    v128.store(data, joinHigh(y0, y1), 16);
    v128.store(data, joinLow(y2, y3), 32);
    v128.store(data, joinHigh(y2, y3), 48);
    tail += TAIL;
  }
}
