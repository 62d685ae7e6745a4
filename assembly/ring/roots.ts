/**
 * What transforms modulo one prime need, and where it lies (src/kernels/wasm/ring/prime-tables.ts makes it). A prime record
 * is 64 bytes, as 16 u32 words: [0] q, [1] q^-1 mod 2^32, [2] 2^32 mod q, [3] 2^64 mod q, [4] the distance in bytes from the record
 * to the table of roots, [5] 2 q, [6] N^-1 and [7] its quotient, [8] psi^(N/2) N^-1 and [9] its quotient, residues modulo q; then
 * zeros, and in [14] and [15] 2^52 as a float64. The quotient of w is floor(w 2^32 / q).
 *
 * Root j is psi^brv(j), of log2 N bits, for j = 1 .. N - 1: node j of the tree of factors, whose children are 2 j and 2 j + 1.
 * One table serves both directions, because the root of the inverse transform at node m + i of level m is minus the root
 * at the mirrored node m + (m - 1 - i): psi^-(N (2 brv(i) + 1) / 2m) = -psi^(N - N (2 brv(i) + 1) / 2m).
 *
 * From N = 16 on, the table has two parts. Head: for nodes j < N/8, 32 bytes at 32 j: root j, those of its children, and 0, each
 * with its quotient. Node 0, which is none, has those of node 1 times N^-1, and then root 1 as it is. Tail, at 4 N: 96 bytes
 * for every 16 coefficients, three sets of 4 roots and their 4 quotients: of nodes N/4 + 4 g + k, of their first children and of
 * their second ones, k = 0 .. 3. Below N = 16 there is a head alone, of all nodes, in which the root stands by itself.
 */
import { argument } from "../arguments";
import { scratch } from "../scratch";

/** Below this degree, transforms go coefficient by coefficient. */
export const LOG_SMALL: u32 = 4;

/** Bytes of a node of the head. */
export const NODE: usize = 32;
/** Bytes of a set of four roots in the tail. */
export const SET: usize = 32;
/** Where the quotients of a set lie. */
export const SET_QUOTIENTS: usize = 16;
/** Bytes of the tail for sixteen coefficients. */
export const TAIL: usize = 3 * SET;

// @ts-ignore: decorator
@inline
export function rootsOf(prime: usize): usize {
  return prime + <usize>load<u32>(prime, 16);
}

/** The tail of a table for N = 2^logDegree. */
// @ts-ignore: decorator
@inline
export function tailOf(roots: usize, logDegree: u32): usize {
  return roots + ((<usize>4) << logDegree);
}

/** Reverses the lowest `bits` bits. */
// @ts-ignore: decorator
@inline
function bitReverse(value: u32, bits: u32): u32 {
  let v = ((value >> 1) & 0x55555555) | ((value & 0x55555555) << 1);
  v = ((v >> 2) & 0x33333333) | ((v & 0x33333333) << 2);
  v = ((v >> 4) & 0x0f0f0f0f) | ((v & 0x0f0f0f0f) << 4);
  v = ((v >> 8) & 0x00ff00ff) | ((v & 0x00ff00ff) << 8);
  return ((v >> 16) | (v << 16)) >> (32 - bits);
}

// @ts-ignore: decorator
@inline
function word(base: usize, index: u32): u64 {
  return load<u32>(base + ((<usize>index) << 2));
}

/** [record, log2 N, psi], one task: fills the table of a record whose own words are there. */
export function rootTable(args: usize, first: u32, count: u32): void {
  const prime: usize = argument(args, 0);
  const bits = argument(args, 1);
  const psi: u64 = argument(args, 2);
  const q: u64 = load<u32>(prime);
  const degree: u32 = 1 << bits;
  const table = rootsOf(prime);
  const roots = scratch();
  let power: u64 = 1;
  for (let i: u32 = 0; i < degree; i++) {
    store<u32>(roots + ((<usize>bitReverse(i, bits)) << 2), <u32>power);
    power = (power * psi) % q;
  }
  if (bits < LOG_SMALL) {
    for (let node: u32 = 1; node < degree; node++) placeRoot(table + (<usize>node) * NODE, 0, word(roots, node), q);
    return;
  }
  placeNode(table, roots, 1, word(prime, 6), q);
  placeRoot(table, 3, word(roots, 1), q);
  for (let node: u32 = 1; node < degree >> 3; node++) placeNode(table + (<usize>node) * NODE, roots, node, 1, q);
  const quarter = degree >> 2;
  for (let i: u32 = 0; i < quarter; i++) {
    const at = tailOf(table, bits) + (<usize>(i >> 2)) * TAIL;
    placeInSet(at, i & 3, word(roots, quarter + i), q);
    placeInSet(at + SET, i & 3, word(roots, 2 * (quarter + i)), q);
    placeInSet(at + 2 * SET, i & 3, word(roots, 2 * (quarter + i) + 1), q);
  }
}

/** The three roots of a node, times `scale`. */
function placeNode(at: usize, roots: usize, node: u32, scale: u64, q: u64): void {
  placeRoot(at, 0, (word(roots, node) * scale) % q, q);
  placeRoot(at, 1, (word(roots, 2 * node) * scale) % q, q);
  placeRoot(at, 2, (word(roots, 2 * node + 1) * scale) % q, q);
}

function placeRoot(at: usize, index: usize, w: u64, q: u64): void {
  store<u32>(at + (index << 3), <u32>w);
  store<u32>(at + (index << 3), <u32>((w << 32) / q), 4);
}

function placeInSet(at: usize, lane: usize, w: u64, q: u64): void {
  store<u32>(at + (lane << 2), <u32>w);
  store<u32>(at + (lane << 2), <u32>((w << 32) / q), SET_QUOTIENTS);
}
