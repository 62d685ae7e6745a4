/**
 * The negacyclic number theoretic transform on Z_q[X]/(X^N + 1), on bigint.
 * psi is the minimal primitive 2N-th root; output i of the forward transform is a(psi^(2 brv(i) + 1)),
 * bit-reversed: the convention of SEAL and HEXL. The twist by psi is merged into the butterflies
 * (Longa and Naehrig, CANS 2016, algorithms 1 and 2).
 */
import { ParameterError } from "../errors.js";
import { invMod } from "./modular.js";
import { minimalPsi } from "./primes.js";

/** Everything that a transform modulo q needs; shared, never written to. */
export interface NttTables {
  readonly degree: number;
  readonly q: bigint;
  readonly psi: bigint;
  /** psi^brv(i), length N. */
  readonly psiRev: BigUint64Array;
  /** psi^-brv(i), length N. */
  readonly psiInvRev: BigUint64Array;
  /** N^-1 mod q. */
  readonly nInv: bigint;
}

/** The lowest `bits` bits of i in reverse. */
export function bitReverse(i: number, bits: number): number {
  let r = 0;
  for (let b = 0; b < bits; b++) r |= ((i >>> b) & 1) << (bits - 1 - b);
  return r >>> 0;
}

/** log2 of the degree. Throws ParameterError unless it is a power of two from 2 to 2^17. */
export function log2Degree(degree: number): number {
  const bits = 31 - Math.clz32(degree);
  if (!Number.isInteger(degree) || degree < 2 || degree > 1 << 17 || degree !== 1 << bits) {
    throw new ParameterError({
      what: "degree",
      expected: "a power of two from 2 to 2^17",
      got: String(degree),
      remedy: "use 4096, 8192, 16384 or 32768",
    });
  }
  return bits;
}

const cache = new Map<string, NttTables>();

/** Tables modulo a prime q = 1 mod 2N below 2^63, made once per (q, N). Throws ParameterError for other moduli. */
export function nttTables(q: bigint, degree: number): NttTables {
  const key = `${q}/${degree}`;
  const known = cache.get(key);
  if (known) return known;
  const bits = log2Degree(degree);
  const psi = minimalPsi(q, degree);
  const tables: NttTables = {
    degree,
    q,
    psi,
    psiRev: powersBitReversed(psi, q, degree, bits),
    psiInvRev: powersBitReversed(invMod(psi, q), q, degree, bits),
    nInv: invMod(BigInt(degree), q),
  };
  cache.set(key, tables);
  return tables;
}

function powersBitReversed(base: bigint, q: bigint, degree: number, bits: number): BigUint64Array {
  const powers = new BigUint64Array(degree);
  let power = 1n;
  for (let i = 0; i < degree; i++) {
    powers[bitReverse(i, bits)] = power;
    power = (power * base) % q;
  }
  return powers;
}

/** In place, coefficients to values in bit-reversed order. Entries in [0, q) before and after. */
export function forwardNtt(a: BigUint64Array | bigint[], { degree, q, psiRev }: NttTables): void {
  for (let m = 1, t = degree >> 1; m < degree; m <<= 1, t >>= 1) {
    for (let i = 0; i < m; i++) {
      const w = psiRev[m + i];
      for (let j = 2 * i * t; j < (2 * i + 1) * t; j++) {
        const u = a[j];
        a[j + t] = (a[j + t] * w) % q; // through the typed array, so that V8 keeps to 64-bit words
        const v = a[j + t];
        a[j] = (u + v) % q;
        a[j + t] = (u + q - v) % q;
      }
    }
  }
}

/** In place, the inverse of {@link forwardNtt}. Entries in [0, q) before and after. */
export function inverseNtt(a: BigUint64Array | bigint[], { degree, q, psiInvRev, nInv }: NttTables): void {
  for (let m = degree >> 1, t = 1; m >= 1; m >>= 1, t <<= 1) {
    for (let i = 0; i < m; i++) {
      const w = psiInvRev[m + i];
      for (let j = 2 * i * t; j < (2 * i + 1) * t; j++) {
        const u = a[j];
        const v = a[j + t];
        a[j] = (u + v) % q;
        a[j + t] = ((u + q - v) * w) % q;
      }
    }
  }
  for (let i = 0; i < degree; i++) a[i] = (a[i] * nInv) % q;
}

/** Throws ParameterError unless the element is odd and in [1, 2N). */
export function checkGaloisElement(degree: number, galoisElement: number): void {
  if (!Number.isInteger(galoisElement) || galoisElement < 1 || galoisElement >= 2 * degree || galoisElement % 2 === 0) {
    throw new ParameterError({
      what: "Galois element",
      expected: `an odd integer in [1, ${2 * degree})`,
      got: String(galoisElement),
      remedy: "reduce it modulo 2N",
    });
  }
}

/**
 * Where X -> X^galoisElement moves things: coefficient i goes to `target[i]` with sign `negate[i]`;
 * value j (bit-reversed order) is taken from `source[j]`. The element is odd, in [1, 2N).
 */
export function automorphismMaps(
  degree: number,
  galoisElement: number,
): { target: Uint32Array; negate: Uint8Array; source: Uint32Array } {
  const bits = log2Degree(degree);
  checkGaloisElement(degree, galoisElement);
  const target = new Uint32Array(degree);
  const negate = new Uint8Array(degree);
  const source = new Uint32Array(degree);
  for (let i = 0; i < degree; i++) {
    const e = (i * galoisElement) % (2 * degree);
    target[i] = e % degree;
    negate[i] = e >= degree ? 1 : 0;
    // Value i is a(psi^k) with k = 2 brv(i) + 1; after the automorphism it is a(psi^(k g)).
    const k = ((2 * bitReverse(i, bits) + 1) * galoisElement) % (2 * degree);
    source[i] = bitReverse((k - 1) / 2, bits);
  }
  return { target, negate, source };
}
