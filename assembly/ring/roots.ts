/**
 * What transforms modulo one prime need, and where it lies (src/kernels/wasm/ring/prime-tables.ts makes it). A prime record
 * is 64 bytes, as 16 u32 words: [0] q, [1] q^-1 mod 2^32, [2] 2^32 mod q, [3] 2^64 mod q, [4] and [5] the distance in bytes from
 * the record to the table of roots, [6..7] 1/q as float64, [8..9] N^-1 / q, [10..11] psi^(N/2) N^-1 / q, [12] N^-1,
 * [13] psi^(N/2) N^-1, all modulo q and the quotients correctly rounded; [14..15] 0.
 *
 * Root j is psi^brv(j), of log2 N bits, for j = 1 .. N - 1: node j of the tree of factors, whose children are 2 j and 2 j + 1.
 * One table serves both directions, because the root of the inverse transform at node m + i of level m is minus the root
 * at node m + (m - 1 - i): psi^-(N (2 brv(i) + 1) / 2m) = -psi^(N - N (2 brv(i) + 1) / 2m).
 *
 * From N = 16 on, the table has two parts. Head: for j < N/4, 16 bytes at 16 j: w / q as float64, w as u32, 0.
 * Tail, at 4 N: 144 bytes for every 16 coefficients, three sets of [4 x u32 w, 4 x float64 w / q]: of nodes N/4 + 4 g + k, of
 * their first children and of their second ones, k = 0 .. 3. Below N = 16 all roots are in the form of the head.
 */
import { argument } from "../arguments";

/** Below this degree, transforms go coefficient by coefficient. */
export const LOG_SMALL: u32 = 4;

/** Bytes of a set of four roots in the tail. */
export const SET: usize = 48;
/** Bytes of the tail for sixteen coefficients. */
export const TAIL: usize = 3 * SET;

// @ts-ignore: decorator
@inline
export function rootsOf(prime: usize): usize {
  return prime + <usize>load<u32>(prime, 16);
}

// @ts-ignore: decorator
@inline
export function reciprocalOf(prime: usize): f64 {
  return load<f64>(prime, 24);
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

/** [record, log2 N, psi], one task: fills the table of roots of a record whose other words are there. */
export function rootTable(args: usize, first: u32, count: u32): void {
  const prime: usize = argument(args, 0);
  const bits = argument(args, 1);
  const psi: u64 = argument(args, 2);
  const q: u64 = load<u32>(prime);
  const roots = rootsOf(prime);
  const degree: u32 = 1 << bits;
  let power: u64 = 1;
  for (let i: u32 = 0; i < degree; i++) {
    placeRoot(roots, degree, bits, bitReverse(i, bits), <u32>power, <f64>power / <f64>q);
    power = (power * psi) % q;
  }
}

function placeRoot(roots: usize, degree: u32, bits: u32, node: u32, w: u32, ratio: f64): void {
  if (bits < LOG_SMALL || node < degree >> 2) {
    const at = roots + ((<usize>node) << 4);
    store<f64>(at, ratio);
    store<u64>(at, w, 8);
    return;
  }
  const isLast = node >= degree >> 1;
  const parent = isLast ? (node - (degree >> 1)) >> 1 : node - (degree >> 2);
  const set = isLast ? 1 + (node & 1) : 0;
  const at = roots + ((<usize>degree) << 2) + (<usize>(parent >> 2)) * TAIL + (<usize>set) * SET;
  const lane: usize = parent & 3;
  store<u32>(at + (lane << 2), w);
  store<f64>(at + (lane << 3), ratio, 16);
}
