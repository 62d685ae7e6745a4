/** Making keys: two Blum primes from the platform's own prime search. */
import { randomBlumPrime } from "#primes";
import { heedSignal } from "../engine/index.js";
import { bitLength } from "../math/modular.js";
import { arePrimesClose, checkKeyBits, isBlumPair } from "../math/paillier.js";
import { type KeyOptions, PaillierSecretKey } from "./keys.js";

/** NIST SP 800-57 part 1: 3072 bits are worth 128. */
export const DEFAULT_KEY_BITS = 3072;

export interface KeyGenerationOptions extends KeyOptions {
  /** Exact length of n: 3072 unless said, at least 2048 unless `unsafe`, even. */
  readonly bits?: number;
  readonly signal?: AbortSignal;
}

/**
 * A new secret key, owned by the caller, who disposes of it: p = q = 3 mod 4, gcd(p - 1, q - 1) = 2, far apart, n of exactly `bits` bits.
 * The search runs on threads of the platform and the checks in steps of some milliseconds, so that a page or a server goes on meanwhile.
 * Throws SecurityError below 2048 bits without `unsafe`, ParameterError for a length that cannot work.
 */
export async function generatePaillierKey(options: KeyGenerationOptions = {}): Promise<PaillierSecretKey> {
  const { bits = DEFAULT_KEY_BITS, unsafe = false, signal } = options;
  checkKeyBits(bits, unsafe);
  heedSignal(signal);
  for (;;) {
    const [p, q] = await Promise.all([randomBlumPrime(bits / 2, signal), randomBlumPrime(bits / 2, signal)]);
    if (isBlumPair(p, q) && !arePrimesClose(p, q) && bitLength(p * q) === bits)
      return await PaillierSecretKey.fromPrimesAsync(p, q, { unsafe, signal });
  }
}
