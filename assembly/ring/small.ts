/** Transforms of 2, 4 and 8 coefficients: one butterfly at a time, residues canonical throughout. */
import { NODE, rootsOf } from "./roots";

// @ts-ignore: decorator
@inline
function product(a: u64, b: u64, q: u64): u64 {
  return (a * b) % q;
}

/** Copies a row where it does not stay in its place. */
function copyRow(target: usize, source: usize, degree: usize): void {
  if (target != source) memory.copy(target, source, degree << 2);
}

export function forwardSmall(target: usize, source: usize, prime: usize, logDegree: u32): void {
  const q: u64 = load<u32>(prime);
  const roots = rootsOf(prime);
  const degree: usize = (<usize>1) << logDegree;
  copyRow(target, source, degree);
  for (let m: usize = 1, t = degree >> 1; m < degree; m <<= 1, t >>= 1) {
    for (let i: usize = 0; i < m; i++) {
      const w: u64 = load<u32>(roots + (m + i) * NODE);
      for (let j: usize = 2 * i * t; j < (2 * i + 1) * t; j++) {
        const low = target + (j << 2);
        const high = target + ((j + t) << 2);
        const u: u64 = load<u32>(low);
        const v = product(load<u32>(high), w, q);
        store<u32>(low, <u32>((u + v) % q));
        store<u32>(high, <u32>((u + q - v) % q));
      }
    }
  }
}

export function inverseSmall(target: usize, source: usize, prime: usize, logDegree: u32): void {
  const q: u64 = load<u32>(prime);
  const roots = rootsOf(prime);
  const degree: usize = (<usize>1) << logDegree;
  copyRow(target, source, degree);
  for (let m = degree >> 1, t: usize = 1; m >= 1; m >>= 1, t <<= 1) {
    for (let i: usize = 0; i < m; i++) {
      // Minus the root of the mirrored node, so the difference is turned round.
      const w: u64 = load<u32>(roots + (2 * m - 1 - i) * NODE);
      for (let j: usize = 2 * i * t; j < (2 * i + 1) * t; j++) {
        const low = target + (j << 2);
        const high = target + ((j + t) << 2);
        const u: u64 = load<u32>(low);
        const v: u64 = load<u32>(high);
        store<u32>(low, <u32>((u + v) % q));
        store<u32>(high, <u32>product(v + q - u, w, q));
      }
    }
  }
  const scale: u64 = load<u32>(prime, 24);
  for (let at = target; at < target + (degree << 2); at += 4) store<u32>(at, <u32>product(load<u32>(at), scale, q));
}
