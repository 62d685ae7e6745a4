/**
 * The largest log2(QP) for a ternary secret and sigma 3.2, by ring degree: the tables of the Homomorphic Encryption
 * Standard as OpenFHE carries them (stdlatticeparms.cpp, BSD-2; identical to SEAL's up to 32768), classical attacks.
 */
import { SecurityError } from "../errors.js";

export type SecurityLevel = 128 | 192 | 256;

const MAX_LOG_QP: Readonly<Record<number, Readonly<Record<SecurityLevel, number>>>> = {
  1024: { 128: 27, 192: 19, 256: 14 },
  2048: { 128: 54, 192: 37, 256: 29 },
  4096: { 128: 109, 192: 75, 256: 58 },
  8192: { 128: 218, 192: 152, 256: 118 },
  16384: { 128: 438, 192: 305, 256: 237 },
  32768: { 128: 881, 192: 611, 256: 476 },
  65536: { 128: 1747, 192: 1199, 256: 929 },
};

/** The largest admissible log2 of the product of all primes (special ones included), in bits; 0 where the table has no row. */
export function maxLogQP(degree: number, security: SecurityLevel): number {
  return MAX_LOG_QP[degree]?.[security] ?? 0;
}

/** Throws SecurityError where the modulus is too large for the ring. */
export function checkSecurity(degree: number, modulus: bigint, security: SecurityLevel): void {
  const limit = maxLogQP(degree, security);
  if (modulus > 1n << BigInt(limit)) {
    throw new SecurityError({
      what: `modulus for degree ${degree} at ${security}-bit security`,
      expected: `log2(QP) <= ${limit}`,
      got: `${modulus.toString(2).length} bits`,
      remedy: "use a larger degree or fewer primes",
    });
  }
}
