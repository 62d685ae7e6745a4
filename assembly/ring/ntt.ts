/**
 * The forward negacyclic transform, merged psi, to bit-reversed order (Longa and Naehrig, CANS 2016, algorithm 1), with
 * residues in [0, 4 q) between levels (after Harvey, J. Symb. Comp. 60, 2014). docs/wasm-ntt.md has the proofs.
 *
 * A butterfly takes u and v in [0, 4 q): r = v w mod q within q (1/2 + 2^-21) of zero, u' in [q, 3 q), and u' + r and u' - r are
 * in [0, 4 q) again, since q/2 > q 2^-21.
 */
import { argument } from "../arguments";
import { centre, joinHigh, joinLow, multiplySet, reduce, zipHigh, zipLow } from "./butterfly";
import { multiplyConstant } from "./montgomery";
import { LOG_SMALL, rootsOf, SET, TAIL } from "./roots";
import { forwardSmall } from "./small";

/** Blocks of this many bytes stay in the first-level cache until all their levels are done. */
const BLOCK: usize = 16384;

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

/** One row of N = 2^logDegree canonical residues, 2 <= N <= 2^16, to canonical ones; `prime` is the address of its record. */
export function forwardRow(target: usize, source: usize, prime: usize, logDegree: u32): void {
  if (logDegree < LOG_SMALL) return forwardSmall(target, source, prime, logDegree);
  const q = v128.load32_splat(prime);
  const roots = rootsOf(prime);
  let size: usize = 4 << logDegree;
  const tails = roots + size;
  let blocks: u32 = 1;
  if (logDegree & 1) {
    size >>= 1;
    firstLevel(target, source, roots, size, q);
    source = target;
    blocks = 2;
  }
  for (; size > BLOCK; size >>= 2) {
    twoLevels(target, source, roots, blocks, blocks, size >> 2, q);
    source = target;
    blocks <<= 2;
  }
  for (let block: u32 = 0; block < blocks; block++) {
    const offset = (<usize>block) * size;
    let from = source + offset;
    let node = blocks + block;
    let count: u32 = 1;
    for (let part = size; part > 16; part >>= 2) {
      twoLevels(target + offset, from, roots, node, count, part >> 2, q);
      from = target + offset;
      node <<= 2;
      count <<= 2;
    }
    lastLevels(target + offset, tails + (offset >> 6) * TAIL, size, q);
  }
}

/** The level of node 1; `half` in bytes. */
function firstLevel(target: usize, source: usize, roots: usize, half: usize, q: v128): void {
  const q2 = i32x4.add(q, q);
  const ratio = v128.load64_splat(roots, 16);
  const w = v128.load32_splat(roots, 24);
  for (const end = target + half; target < end; target += 16) {
    const u = centre(v128.load(source), q, q2);
    const r = multiplyConstant(v128.load(source + half), w, ratio, q);
    v128.store(target, i32x4.add(u, r));
    v128.store(target + half, i32x4.sub(u, r));
    source += 16;
  }
}

/** Two levels of the blocks of nodes node .. node + count - 1, which lie one after the other; `quarter` of a block in bytes. */
function twoLevels(target: usize, source: usize, roots: usize, node: u32, count: u32, quarter: usize, q: v128): void {
  const q2 = i32x4.add(q, q);
  for (const stop = node + count; node < stop; node++) {
    const parent = roots + ((<usize>node) << 4);
    const children = roots + ((<usize>node) << 5);
    const ratio1 = v128.load64_splat(parent);
    const w1 = v128.load32_splat(parent, 8);
    const ratio2 = v128.load64_splat(children);
    const w2 = v128.load32_splat(children, 8);
    const ratio3 = v128.load64_splat(children, 16);
    const w3 = v128.load32_splat(children, 24);
    for (const end = target + quarter; target < end; target += 16) {
      const source1 = source + quarter;
      const source2 = source1 + quarter;
      const source3 = source2 + quarter;
      const target1 = target + quarter;
      const target2 = target1 + quarter;
      const target3 = target2 + quarter;
      const r2 = multiplyConstant(v128.load(source2), w1, ratio1, q);
      const r3 = multiplyConstant(v128.load(source3), w1, ratio1, q);
      const a0 = centre(v128.load(source), q, q2);
      const a1 = centre(v128.load(source1), q, q2);
      const s1 = multiplyConstant(i32x4.add(a1, r3), w2, ratio2, q);
      const s3 = multiplyConstant(i32x4.sub(a1, r3), w3, ratio3, q);
      const b0 = centre(i32x4.add(a0, r2), q, q2);
      const b2 = centre(i32x4.sub(a0, r2), q, q2);
      v128.store(target, i32x4.add(b0, s1));
      v128.store(target1, i32x4.sub(b0, s1));
      v128.store(target2, i32x4.add(b2, s3));
      v128.store(target3, i32x4.sub(b2, s3));
      source += 16;
    }
    target += 3 * quarter;
    source += 3 * quarter;
  }
}

/** The last two levels in place, sixteen residues at a time, transposed so that lane k works on residues 4 k .. 4 k + 3; to [0, q). */
function lastLevels(data: usize, tails: usize, bytes: usize, q: v128): void {
  const q2 = i32x4.add(q, q);
  for (const end = data + bytes; data < end; data += 64) {
    const v0 = v128.load(data);
    const v1 = v128.load(data, 16);
    const v2 = v128.load(data, 32);
    const v3 = v128.load(data, 48);
    const z0 = zipLow(v0, v1);
    const z1 = zipLow(v2, v3);
    const z2 = zipHigh(v0, v1);
    const z3 = zipHigh(v2, v3);
    const r2 = multiplySet(joinLow(z2, z3), tails, q);
    const r3 = multiplySet(joinHigh(z2, z3), tails, q);
    const a0 = centre(joinLow(z0, z1), q, q2);
    const a1 = centre(joinHigh(z0, z1), q, q2);
    const s1 = multiplySet(i32x4.add(a1, r3), tails + SET, q);
    const s3 = multiplySet(i32x4.sub(a1, r3), tails + 2 * SET, q);
    const b0 = centre(i32x4.add(a0, r2), q, q2);
    const b2 = centre(i32x4.sub(a0, r2), q, q2);
    const c0 = reduce(i32x4.add(b0, s1), q, q2);
    const c1 = reduce(i32x4.sub(b0, s1), q, q2);
    const c2 = reduce(i32x4.add(b2, s3), q, q2);
    const c3 = reduce(i32x4.sub(b2, s3), q, q2);
    const y0 = zipLow(c0, c1);
    const y1 = zipLow(c2, c3);
    const y2 = zipHigh(c0, c1);
    const y3 = zipHigh(c2, c3);
    v128.store(data, joinLow(y0, y1));
    v128.store(data, joinHigh(y0, y1), 16);
    v128.store(data, joinLow(y2, y3), 32);
    v128.store(data, joinHigh(y2, y3), 48);
    tails += TAIL;
  }
}
