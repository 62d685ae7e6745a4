/** Primes for Paillier keys from Node's OpenSSL. The browser's half is primes.browser.ts; both export the same names. */
import { generatePrime } from "node:crypto";
import { checkPrimeBits, isKeyPrime } from "./prime-candidates.js";

/** OpenSSL runs the search on libuv's threads, so primes asked for at the same time are found at the same time. */
function generate(bits: number): Promise<bigint> {
  return new Promise((resolve, reject) => {
    generatePrime(bits, { add: 4n, rem: 3n, bigint: true }, (error, prime) => (error ? reject(error) : resolve(prime)));
  });
}

/**
 * A random prime of exactly `bits` bits, 3 mod 4 and at least sqrt(2) 2^(bits - 1), as {@link isKeyPrime} says.
 * A search once begun in OpenSSL runs to its end; the signal is looked at between searches.
 */
export async function randomBlumPrime(bits: number, signal?: AbortSignal): Promise<bigint> {
  checkPrimeBits(bits);
  for (;;) {
    signal?.throwIfAborted();
    const prime = await generate(bits);
    signal?.throwIfAborted();
    if (isKeyPrime(prime, bits)) return prime;
  }
}
