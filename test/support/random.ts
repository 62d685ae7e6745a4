/**
 * A seeded generator for tests (xoshiro128** seeded by splitmix32): the same seed gives the same test, on every machine.
 * It has no cryptographic strength and never leaves the tests.
 */

export interface TestRandom {
  /** A uniform u32. */
  u32(): number;
  /** A uniform integer in [0, bound), 0 < bound <= 2^32. */
  below(bound: number): number;
  /** A uniform integer in [low, high], both included, high - low < 2^32. */
  between(low: number, high: number): number;
  /** A uniform bigint in [0, bound). */
  bigBelow(bound: bigint): bigint;
  /** A uniform bigint of exactly `bits` bits (top bit set). */
  bigBits(bits: number): bigint;
  /** A uniform float64 in [0, 1) with 53 random bits. */
  unit(): number;
  /** A uniform float64 in [low, high). */
  real(low: number, high: number): number;
  /** `length` uniform bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
  /** `length` residues below `bound`, as u32. */
  residues(length: number, bound: number): Uint32Array<ArrayBuffer>;
  /** One element of a non-empty list. */
  pick<T>(list: readonly T[]): T;
  /** A shuffled copy. */
  shuffled<T>(list: readonly T[]): T[];
}

/** Opens a generator. The seed is a number or any text, for example the name of the test. */
export function testRandom(seed: number | string): TestRandom {
  const state = expand(seed);

  function u32(): number {
    const result = Math.imul(rotate(Math.imul(state[1]!, 5), 7), 9) >>> 0;
    const shifted = state[1]! << 9;
    state[2]! ^= state[0]!;
    state[3]! ^= state[1]!;
    state[1]! ^= state[2]!;
    state[0]! ^= state[3]!;
    state[2]! ^= shifted;
    state[3] = rotate(state[3]!, 11);
    return result;
  }

  function below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const x = u32();
      if (x < limit) return x % bound;
    }
  }

  function bigRaw(bits: number): bigint {
    let x = 0n;
    for (let have = 0; have < bits; have += 32) x = (x << 32n) | BigInt(u32());
    return BigInt.asUintN(bits, x);
  }

  function bigBelow(bound: bigint): bigint {
    const bits = bound.toString(2).length;
    for (;;) {
      const x = bigRaw(bits);
      if (x < bound) return x;
    }
  }

  const unit = () => ((u32() >>> 5) * 2 ** 26 + (u32() >>> 6)) / 2 ** 53;

  return {
    u32,
    below,
    between: (low, high) => low + below(high - low + 1),
    bigBelow,
    bigBits: (bits) => (1n << BigInt(bits - 1)) | bigRaw(bits - 1),
    unit,
    real: (low, high) => low + unit() * (high - low),
    bytes: (length) => Uint8Array.from({ length }, () => u32() & 255),
    residues: (length, bound) => Uint32Array.from({ length }, () => below(bound)),
    pick: (list) => list[below(list.length)]!,
    shuffled: (list) => {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [copy[i], copy[j]] = [copy[j]!, copy[i]!];
      }
      return copy;
    },
  };
}

const rotate = (x: number, k: number) => (x << k) | (x >>> (32 - k));

/** Four words of state from a number or a text (FNV-1a, then splitmix32). */
function expand(seed: number | string): Int32Array {
  let hash = 0x811c9dc5;
  for (const character of String(seed)) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return Int32Array.from({ length: 4 }, () => {
    hash = (hash + 0x9e3779b9) | 0;
    let z = hash;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  });
}
