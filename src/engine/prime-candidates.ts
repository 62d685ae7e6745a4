/** What both platforms share in the search for the primes of a Paillier key. */
import { ParameterError, show } from "../errors.js";
import { bitLength } from "../math/modular.js";
import { isPrimeSteps } from "../math/primes.js";
import { Domain, freshSeed, Stream } from "../math/random.js";
import { randomBits } from "../math/sampling.js";
import { finishPaced, type Steps } from "../math/steps.js";

/** Shortest primes that are made at all; keys below 2048 bits are for tests. */
export const MIN_PRIME_BITS = 16;
export const MAX_PRIME_BITS = 4096;

/**
 * Whether a prime is a Blum prime (3 mod 4) of exactly `bits` bits and at least sqrt(2) 2^(bits - 1), the bound of
 * FIPS 186-5 A.1.3: the product of two such primes has exactly 2 `bits` bits.
 */
export function isKeyPrime(p: bigint, bits: number): boolean {
  return bitLength(p) === bits && (p & 3n) === 3n && bitLength(p * p) === 2 * bits;
}

/** Throws ParameterError unless primes of this length can be made. */
export function checkPrimeBits(bits: number): void {
  if (!Number.isInteger(bits) || bits < MIN_PRIME_BITS || bits > MAX_PRIME_BITS) {
    throw new ParameterError({
      what: "prime length",
      expected: `an integer in [${MIN_PRIME_BITS}, ${MAX_PRIME_BITS}] bits`,
      got: show(bits),
      remedy: "choose a key length of 2048, 3072 or 4096 bits",
    });
  }
}

/**
 * Searches on bigint, for lengths that the platform's generators do not serve: slow above 512 bits, but the caller's thread goes on.
 * The signal is looked at every few milliseconds.
 */
export async function searchKeyPrime(bits: number, signal?: AbortSignal): Promise<bigint> {
  const seed = freshSeed();
  const stream = new Stream(seed, Domain.Primality);
  seed.fill(0);
  try {
    return await finishPaced(search(stream, bits), signal);
  } finally {
    stream.dispose();
  }
}

function* search(stream: Stream, bits: number): Steps<bigint> {
  for (;;) {
    yield;
    const candidate = randomBits(stream, bits) | (1n << BigInt(bits - 1)) | 3n;
    if (isKeyPrime(candidate, bits) && (yield* isPrimeSteps(candidate))) return candidate;
  }
}
