/** Random exponents of keys and of encryptions. */
import { Stream } from "../math/random.js";
import { randomBits } from "../math/sampling.js";
import type { ElGamalGroup } from "./groups.js";

/**
 * `count` random exponents of exactly the group's length: the highest bit is set, since the length of an exponent is what the time of a power
 * tells. Takes ownership of the seed and overwrites it.
 */
export function randomExponents(seed: Uint8Array, domain: number, { exponentBits }: ElGamalGroup, count: number): bigint[] {
  const stream = new Stream(seed, domain);
  seed.fill(0);
  try {
    const top = 1n << BigInt(exponentBits - 1);
    return Array.from({ length: count }, () => top + randomBits(stream, exponentBits - 1));
  } finally {
    stream.dispose();
  }
}
