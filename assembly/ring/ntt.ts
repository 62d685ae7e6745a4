/**
 * The forward negacyclic transform, merged psi, to bit-reversed order (Longa and Naehrig, CANS 2016, algorithm 1), with
 * residues in [0, 4 q) between levels (after Harvey, J. Symb. Comp. 60, 2014). docs/wasm-ntt.md has the proofs.
 *
 * A butterfly takes u and v in [0, 4 q): r = v w mod q within q (1/2 + 2^-21) of zero, u' in [q, 3 q), and u' + r and u' - r are
 * in [0, 4 q) again, since q/2 > q 2^-21.
 */
import { argument } from "../arguments";
import {
  centre,
  joinHigh,
  joinLow,
  multiplyRoot,
  multiplySet,
  multiplyTwo,
  reduce,
  widenHigh,
  widenLow,
  zipHigh,
  zipLow,
} from "./butterfly";
import { LOG_SMALL, NODE, RESIDUES, rootsOf, SET, TAIL, tailOf } from "./roots";
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
  const magic = v128.load64_splat(prime, 56);
  const high = v128.load32_splat(prime, 60);
  const at = rootsOf(prime) + NODE;
  const ratio = v128.load64_splat(at);
  const w = v128.load32_splat(at, RESIDUES);
  for (const end = target + half; target < end; target += 16) {
    const u = centre(v128.load(source), q, q2);
    const r = multiplyRoot(v128.load(source + half), w, ratio, q, high, magic, magic);
    v128.store(target, i32x4.add(u, r));
    v128.store(target + half, i32x4.sub(u, r));
    source += 16;
  }
}

/**
 * Two levels of `count` blocks that lie one after the other; the node of the first is at `node`, a quarter of a block has `quarter`
 * bytes. With a0 .. a3 from the quarters: r = w1 a2, s = w2 a1 + w4 a3 and d = w3 a1 + w5 a3, each reduced once, give
 * a0 + r + s, a0 + r - s, a0 - r + d and a0 - r - d. Where two products share a reduction it errs by q (1/2 + 3 * 2^-21) at most.
 */
function twoLevels(target: usize, source: usize, prime: usize, node: usize, count: u32, quarter: usize): void {
  const q = v128.load32_splat(prime);
  const q2 = v128.load32_splat(prime, 20);
  const magic = v128.load64_splat(prime, 56);
  const high = v128.load32_splat(prime, 60);
  for (const stop = node + (<usize>count) * NODE; node < stop; node += NODE) {
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
    for (const end = target + quarter; target < end; target += 16) {
      const source1 = source + quarter;
      const source2 = source1 + quarter;
      const source3 = source2 + quarter;
      const target1 = target + quarter;
      const target2 = target1 + quarter;
      const target3 = target2 + quarter;
      const a1 = v128.load(source1);
      const a3 = v128.load(source3);
      const low1 = widenLow(a1, high, magic);
      const high1 = widenHigh(a1, high, magic);
      const low3 = widenLow(a3, high, magic);
      const high3 = widenHigh(a3, high, magic);
      const s = multiplyTwo(a1, low1, high1, w2, ratio2, a3, low3, high3, w4, ratio4, q, magic);
      const d = multiplyTwo(a1, low1, high1, w3, ratio3, a3, low3, high3, w5, ratio5, q, magic);
      const r = multiplyRoot(v128.load(source2), w1, ratio1, q, high, magic, magic);
      const a0 = centre(v128.load(source), q, q2);
      const b0 = centre(i32x4.add(a0, r), q, q2);
      const b2 = centre(i32x4.sub(a0, r), q, q2);
      v128.store(target, i32x4.add(b0, s));
      v128.store(target1, i32x4.sub(b0, s));
      v128.store(target2, i32x4.add(b2, d));
      v128.store(target3, i32x4.sub(b2, d));
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
  const magic = v128.load64_splat(prime, 56);
  const high = v128.load32_splat(prime, 60);
  for (const end = data + bytes; data < end; data += 64) {
    const v0 = v128.load(data);
    const v1 = v128.load(data, 16);
    const v2 = v128.load(data, 32);
    const v3 = v128.load(data, 48);
    const z0 = zipLow(v0, v1);
    const z1 = zipLow(v2, v3);
    const z2 = zipHigh(v0, v1);
    const z3 = zipHigh(v2, v3);
    const r2 = multiplySet(joinLow(z2, z3), tail, q, high, magic, magic);
    const r3 = multiplySet(joinHigh(z2, z3), tail, q, high, magic, magic);
    const a0 = centre(joinLow(z0, z1), q, q2);
    const a1 = centre(joinHigh(z0, z1), q, q2);
    const s = multiplySet(i32x4.add(a1, r3), tail + SET, q, high, magic, magic);
    const d = multiplySet(i32x4.sub(a1, r3), tail + 2 * SET, q, high, magic, magic);
    const b0 = centre(i32x4.add(a0, r2), q, q2);
    const b2 = centre(i32x4.sub(a0, r2), q, q2);
    const c0 = reduce(i32x4.add(b0, s), q, q2);
    const c1 = reduce(i32x4.sub(b0, s), q, q2);
    const c2 = reduce(i32x4.add(b2, d), q, q2);
    const c3 = reduce(i32x4.sub(b2, d), q, q2);
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
