/** Paillier keys: what they hold, how they are checked, and how secrets are overwritten. */
import { heedSignal } from "../engine/index.js";
import { LifetimeError, SecurityError } from "../errors.js";
import { bigintToBytes, bytesToBigint } from "../math/bytes.js";
import { bitLength, gcd, powModSteps } from "../math/modular.js";
import {
  arePrimesClose,
  type CrtConstants,
  checkKeyBits,
  checkPublicModulusSteps,
  crtConstants,
  type Factors,
  isBlumPair,
  maskBaseSteps,
} from "../math/paillier.js";
import { finish, finishPaced, type Steps } from "../math/steps.js";
import { equalBytes, hashParts, requireKeyId } from "../wire/index.js";

/** Options of everything that takes a key from outside. */
export interface KeyOptions {
  /** Says in so many words that a key below 2048 bits is wanted: for tests and teaching only. */
  readonly unsafe?: boolean;
}

/** Options of everything that takes a public key from outside. */
export interface PublicKeyOptions extends KeyOptions {
  /**
   * Says that n is known to be a product of two Blum primes, so that short-exponent masks are sound: for keys whose making is known.
   * On any other modulus short exponents may hide nothing.
   */
  readonly blum?: boolean;
  /** The length of n that was agreed, in bits; any length that is allowed unless given. */
  readonly bits?: number;
}

/** Bytes of one ciphertext of a key of `bits` bits. */
export function ciphertextBytes(bits: number): number {
  return Math.ceil(bits / 4);
}

/** A public key (n, g = n + 1). Immutable. */
export class PaillierPublicKey {
  readonly n: bigint;
  /** Exact bit length of n. */
  readonly bits: number;
  /** Whether n is known to be a product of two Blum primes, so that short-exponent masks are sound. */
  readonly blum: boolean;
  /** The base of those masks, derived from n; undefined unless `blum`. */
  readonly hs: bigint | undefined;
  /** SHA-256 over n and hs, 32 bytes: what ciphertexts and files name their key by. */
  readonly id: Uint8Array;

  private constructor(n: bigint, bits: number, hs: bigint | undefined) {
    this.n = n;
    this.bits = bits;
    this.blum = hs !== undefined;
    this.hs = hs;
    this.id = hashParts("webhe/paillier/key/1", [
      bigintToBytes(n, Math.ceil(bits / 8)),
      hs === undefined ? new Uint8Array(0) : bigintToBytes(hs, ciphertextBytes(bits)),
    ]);
  }

  /**
   * A key from its modulus, checked as far as that is possible without the factors. Throws SecurityError or ParameterError.
   * It holds the thread for two powers of full length, {@link fromModulusAsync} does not: where the thread serves others, use that.
   */
  static fromModulus(n: bigint, options: PublicKeyOptions = {}): PaillierPublicKey {
    return finish(PaillierPublicKey.#fromModulus(n, options));
  }

  /** {@link fromModulus} in steps of some milliseconds, between which the thread does other things. Rejects with the same errors. */
  static async fromModulusAsync(
    n: bigint,
    { signal, ...options }: PublicKeyOptions & { readonly signal?: AbortSignal } = {},
  ): Promise<PaillierPublicKey> {
    heedSignal(signal);
    return finishPaced(PaillierPublicKey.#fromModulus(n, options), signal);
  }

  static *#fromModulus(n: bigint, options: PublicKeyOptions): Steps<PaillierPublicKey> {
    const { blum = false, unsafe = false, bits = bitLength(n) } = options;
    checkKeyBits(bits + (bits % 2), unsafe);
    yield* checkPublicModulusSteps(n, bits);
    if (blum && n % 4n !== 1n) {
      throw new SecurityError({
        what: "public modulus",
        expected: "1 mod 4, as every product of two Blum primes is",
        got: `${n % 4n} mod 4`,
        remedy: "ask the key's owner for the key again",
      });
    }
    return new PaillierPublicKey(n, bits, blum ? (yield* maskBaseSteps(n)).hs : undefined);
  }

  /** For {@link PaillierSecretKey}, which has the factors and needs no guess. */
  static *fromFactors({ p, q }: Factors): Steps<PaillierPublicKey> {
    const n = p * q;
    return new PaillierPublicKey(n, bitLength(n), isBlumPair(p, q) ? (yield* maskBaseSteps(n, { p, q })).hs : undefined);
  }

  equals(other: PaillierPublicKey): boolean {
    return equalBytes(this.id, other.id);
  }

  /** Throws KeyMismatchError where data name another key. */
  requireId(id: Uint8Array, what: string): void {
    requireKeyId(id, this.id, what);
  }
}

/**
 * A secret key. The primes rest in two byte arrays that {@link dispose} overwrites; the bigint constants made from them
 * while the key is used cannot be overwritten in JavaScript (SECURITY.md).
 */
export class PaillierSecretKey {
  readonly publicKey: PaillierPublicKey;
  readonly #p: Uint8Array;
  readonly #q: Uint8Array;
  #constants: CrtConstants | undefined;
  #disposed = false;

  private constructor(publicKey: PaillierPublicKey, { p, q }: Factors) {
    this.publicKey = publicKey;
    this.#p = bigintToBytes(p, Math.ceil(bitLength(p) / 8));
    this.#q = bigintToBytes(q, Math.ceil(bitLength(q) / 8));
  }

  /**
   * A key from its primes: of almost one length, far apart, and prime as far as one Fermat test each can tell.
   * Short-exponent masks are used where they are Blum primes with gcd(p - 1, q - 1) = 2. Throws SecurityError or ParameterError.
   * It holds the thread for four powers, {@link fromPrimesAsync} does not.
   */
  static fromPrimes(p: bigint, q: bigint, options: KeyOptions = {}): PaillierSecretKey {
    return finish(PaillierSecretKey.#fromPrimes(p, q, options));
  }

  /** {@link fromPrimes} in steps of some milliseconds, between which the thread does other things. Rejects with the same errors. */
  static async fromPrimesAsync(
    p: bigint,
    q: bigint,
    { signal, ...options }: KeyOptions & { readonly signal?: AbortSignal } = {},
  ): Promise<PaillierSecretKey> {
    heedSignal(signal);
    return finishPaced(PaillierSecretKey.#fromPrimes(p, q, options), signal);
  }

  static *#fromPrimes(p: bigint, q: bigint, { unsafe = false }: KeyOptions): Steps<PaillierSecretKey> {
    const refuse = (got: string): never => {
      throw new SecurityError({
        what: "secret key",
        expected: "two primes of almost one length, far apart",
        got,
        remedy: "make a new key with generatePaillierKey",
      });
    };
    // paillier-bigint makes one prime a bit longer than the other.
    if (p < 3n || q < 3n || Math.abs(bitLength(p) - bitLength(q)) > 1) refuse("numbers of two lengths");
    const bits = bitLength(p * q);
    checkKeyBits(bits + (bits % 2), unsafe);
    if (arePrimesClose(p, q)) refuse("primes that are close or equal");
    if (gcd(p * q, (p - 1n) * (q - 1n)) !== 1n) refuse("primes of which one divides the other minus one");
    for (const prime of [p, q]) if ((yield* powModSteps(2n, prime - 1n, prime)) !== 1n) refuse("a number that is not prime");
    return new PaillierSecretKey(yield* PaillierPublicKey.fromFactors({ p, q }), { p, q });
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** The constants of CRT decryption, made at the first call. Throws LifetimeError after {@link dispose}. */
  constants(): CrtConstants {
    this.#requireAlive();
    this.#constants ??= crtConstants(bytesToBigint(this.#p), bytesToBigint(this.#q));
    return this.#constants;
  }

  /** Copies of both primes, big endian, owned by the caller, who overwrites them. Throws LifetimeError after {@link dispose}. */
  primeBytes(): { readonly p: Uint8Array; readonly q: Uint8Array } {
    this.#requireAlive();
    return { p: this.#p.slice(), q: this.#q.slice() };
  }

  /** Overwrites the primes and forgets what was made from them. Calling it twice is allowed. */
  dispose(): void {
    this.#p.fill(0);
    this.#q.fill(0);
    this.#constants = undefined;
    this.#disposed = true;
  }

  #requireAlive(): void {
    if (this.#disposed) {
      throw new LifetimeError({
        what: "secret key",
        expected: "a live key",
        got: "a disposed one",
        remedy: "load the key again",
      });
    }
  }
}
