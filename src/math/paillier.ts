/**
 * The number theory of Paillier (Eurocrypt 1999) with g = n + 1, CRT decryption, and the short-exponent masks of
 * Damgard, Jurik and Nielsen (Int. J. Inf. Sec. 9, 2010; "DJN" below): the specification in bigint.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { ParameterError, SecurityError, show } from "../errors.js";
import { bigintToBytes, bytesToBigint } from "./bytes.js";
import { bitLength, gcd, invMod, iroot, mod, powMod, powModSteps } from "./modular.js";
import { primesBelow } from "./primes.js";
import { finish, type Steps } from "./steps.js";

/** Keys shorter than this are refused unless `unsafe` is said. NIST SP 800-57: 2048 bits are worth 112, 3072 are worth 128. */
export const MIN_SAFE_BITS = 2048;
/** Shortest key that works at all, for tests. */
export const MIN_BITS = 64;
/** n^2 has at most 8192 bits. */
export const MAX_BITS = 4096;

/** Everything that decryption needs, derived from the two primes. Secret throughout, n excepted. */
export interface CrtConstants {
  readonly p: bigint;
  readonly q: bigint;
  readonly n: bigint;
  readonly pSquared: bigint;
  readonly qSquared: bigint;
  /** L_p((n + 1)^(p-1) mod p^2)^-1 mod p. */
  readonly hp: bigint;
  readonly hq: bigint;
  /** q^-1 mod p. */
  readonly qInverse: bigint;
  /** q^-2 mod p^2. */
  readonly qSquaredInverse: bigint;
}

/** Derives the constants. In closed form: (n + 1)^(p-1) = 1 + (p - 1) n = 1 - n mod p^2, so L_p gives -q and h_p is its inverse. */
export function crtConstants(p: bigint, q: bigint): CrtConstants {
  return {
    p,
    q,
    n: p * q,
    pSquared: p * p,
    qSquared: q * q,
    hp: invMod(-q, p),
    hq: invMod(-p, q),
    qInverse: invMod(q, p),
    qSquaredInverse: invMod(q * q, p * p),
  };
}

/** The number modulo n^2 that is x modulo p^2 and y modulo q^2. */
export function joinSquares(x: bigint, y: bigint, k: CrtConstants): bigint {
  return y + k.qSquared * mod((x - y) * k.qSquaredInverse, k.pSquared);
}

/** L_p(u) = (u - 1) / p, or undefined where u is not 1 mod p, which no correct power u = c^(p-1) can be; a faulty half would give away a factor of n. */
export function quotientL(u: bigint, p: bigint): bigint | undefined {
  return u % p === 1n ? (u - 1n) / p : undefined;
}

/** The plaintext in [0, n) from the powers c^(p-1) mod p^2 and c^(q-1) mod q^2, or undefined where one of them fails the fault check. */
export function plaintextOf(up: bigint, uq: bigint, k: CrtConstants): bigint | undefined {
  const lp = quotientL(up, k.p);
  const lq = quotientL(uq, k.q);
  if (lp === undefined || lq === undefined) return undefined;
  const mp = (lp * k.hp) % k.p;
  const mq = (lq * k.hq) % k.q;
  return mq + k.q * mod((mp - mq) * k.qInverse, k.p);
}

/** 1 + m n mod n^2 for any integer m: the ciphertext of m before it is masked. */
export function plainFactor(m: bigint, n: bigint): bigint {
  return 1n + mod(m, n) * n;
}

/** The ciphertext (1 + m n) mask mod n^2; the mask is an n-th residue. Reference for tests and for single values. */
export function encryptReference(m: bigint, mask: bigint, n: bigint): bigint {
  return (plainFactor(m, n) * mask) % (n * n);
}

/** The plaintext in [0, n) by CRT, unblinded: for tests. Throws SecurityError where the fault check fails. */
export function decryptReference(c: bigint, k: CrtConstants): bigint {
  const m = plaintextOf(powMod(c, k.p - 1n, k.pSquared), powMod(c, k.q - 1n, k.qSquared), k);
  if (m === undefined)
    throw new SecurityError({
      what: "decryption",
      expected: "u = 1 mod p",
      got: "another value",
      remedy: "check the ciphertext",
    });
  return m;
}

/** Length of the random exponents of DJN masks: half of the key (DJN section 4.2, which assumes that short exponents hide as well as long ones). */
export function exponentBits(keyBits: number): number {
  return Math.ceil(keyBits / 2);
}

/** Whether DJN applies: p and q are 3 mod 4, different, and gcd(p - 1, q - 1) = 2, so that -x^2 generates the right group. */
export function isBlumPair(p: bigint, q: bigint): boolean {
  return p !== q && (p & 3n) === 3n && (q & 3n) === 3n && gcd(p - 1n, q - 1n) === 2n;
}

/** Whether |p - q| is too small, so that Fermat's method would factor n: below 2^(bits/2 - 100) of the key, or 2^(bits/4) of short ones. */
export function arePrimesClose(p: bigint, q: bigint): boolean {
  const half = bitLength(p * q) / 2;
  const distance = p > q ? p - q : q - p;
  return bitLength(distance) <= Math.max(half - 100, half / 2);
}

/** Throws SecurityError below 2048 bits unless `unsafe`, and ParameterError for a length that cannot work. */
export function checkKeyBits(bits: number, unsafe: boolean): void {
  if (!Number.isInteger(bits) || bits < MIN_BITS || bits > MAX_BITS || bits % 2 !== 0) {
    throw new ParameterError({
      what: "key length",
      expected: `an even number in [${MIN_BITS}, ${MAX_BITS}] bits`,
      got: show(bits),
      remedy: "use 3072 bits",
    });
  }
  if (bits < MIN_SAFE_BITS && !unsafe) {
    throw new SecurityError({
      what: "key length",
      expected: `at least ${MIN_SAFE_BITS} bits`,
      got: `${bits}`,
      remedy: "use 3072 bits, or pass unsafe: true where nothing is secret",
    });
  }
}

/** Prime factors up to here are looked for in other people's moduli. */
const SMALL_FACTORS = 1 << 16;

/**
 * Refuses a modulus that no honest key generation makes: even, of another length, with a prime factor below 2^16, a perfect power,
 * or prime. That is what can be seen cheaply without the factors; only a proof by the owner could show that n is a product of two
 * large primes (the proofs mod and fac of CGGMP21, IACR ePrint 2021/060). A small factor would not hurt the sender's Paillier ciphertexts alone: protocols
 * that mix n with their own secrets leak these modulo the factor (CVE-2023-33241). Throws SecurityError.
 */
export function checkPublicModulus(n: bigint, bits: number): void {
  finish(checkPublicModulusSteps(n, bits));
}

/** {@link checkPublicModulus}, interruptible. */
export function* checkPublicModulusSteps(n: bigint, bits: number): Steps<void> {
  const refuse = (got: string): never => {
    throw new SecurityError({
      what: "public modulus",
      expected: `a product of two primes, of exactly ${bits} bits`,
      got,
      remedy: "ask the key's owner for the key again",
    });
  };
  if (n <= 0n || bitLength(n) !== bits) refuse(`${bitLength(n)} bits`);
  if (n % 2n === 0n) refuse("an even number");
  for (const d of primesBelow(SMALL_FACTORS)) if (n % BigInt(d) === 0n) refuse(`a multiple of ${d}`);
  // Without factors below 2^16 a k-th power has at least 16 k bits.
  for (const k of primesBelow(Math.ceil(bits / 16) + 1)) {
    yield;
    if (iroot(n, k) ** BigInt(k) === n) refuse(k === 2 ? "a square" : `a perfect power, of exponent ${k}`);
  }
  // Every prime passes Fermat's test; a composite that passes is no honest modulus either.
  if ((yield* powModSteps(2n, n - 1n, n)) === 1n) refuse("a prime");
}

/** The base h of DJN and hs = h^n mod n^2, derived from n alone so that nobody can choose them. */
export interface MaskBase {
  readonly h: bigint;
  readonly hs: bigint;
}

/** The primes of a modulus. */
export interface Factors {
  readonly p: bigint;
  readonly q: bigint;
}

/** x in [1, n) coprime to n: SHA-256 in counter mode over n, 64 bits longer than n before it is reduced, so that its bias is below 2^-64. */
function expandFromModulus(n: bigint): bigint {
  const width = Math.ceil(bitLength(n) / 8);
  const domain = new TextEncoder().encode("webhe/paillier/hs/1");
  const input = new Uint8Array(domain.length + width + 4);
  input.set(domain, 0);
  input.set(bigintToBytes(n, width), domain.length);
  const counter = new DataView(input.buffer, domain.length + width, 4);
  const blocks = Math.ceil((width + 8) / 32);
  const expanded = new Uint8Array(32 * blocks);
  for (let attempt = 0; ; attempt++) {
    for (let i = 0; i < blocks; i++) {
      counter.setUint32(0, attempt * blocks + i, true);
      expanded.set(sha256(input), 32 * i);
    }
    const x = bytesToBigint(expanded) % n;
    if (x > 1n && gcd(x, n) === 1n) return x;
  }
}

/**
 * h = -x^2 mod n and hs = h^n mod n^2 (DJN section 4.2), with x expanded from n. Sound only where n is a product of two Blum primes.
 * With the factors the power is split by CRT, to the same value.
 */
export function maskBase(n: bigint, factors?: Factors): MaskBase {
  return finish(maskBaseSteps(n, factors));
}

/** {@link maskBase}, interruptible. */
export function* maskBaseSteps(n: bigint, factors?: Factors): Steps<MaskBase> {
  const x = expandFromModulus(n);
  const h = mod(-x * x, n);
  if (factors === undefined) return { h, hs: yield* powModSteps(h, n, n * n) };
  const k = crtConstants(factors.p, factors.q);
  const hsP = yield* powModSteps(h, n % (k.pSquared - k.p), k.pSquared);
  const hsQ = yield* powModSteps(h, n % (k.qSquared - k.q), k.qSquared);
  return { h, hs: joinSquares(hsP, hsQ, k) };
}
