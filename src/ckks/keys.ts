/**
 * CKKS keys: a ternary secret that is a seed, and a public key that is half a seed. A secret has one public key, and the
 * hash of that one is the id of both: whoever compares ids compares key material.
 */
import { KeyMismatchError, LifetimeError } from "../errors.js";
import type { RingHandle } from "../kernels/interface.js";
import { equalBytes, shortHash } from "../wire/index.js";

/** Opens ciphertexts. Holds the seed that the ternary secret expands from, and the secret in NTT form in the backend. */
export class CkksSecretKey {
  readonly #seed: Uint8Array;
  #handle: RingHandle | undefined;

  constructor(
    /** 32 public bytes that name this key: a hash of its public key and its parameters. */
    readonly id: Uint8Array,
    readonly parameterHash: Uint8Array,
    seed: Uint8Array,
    /** Where the `a` of the public key expands from: 32 public bytes, drawn for that alone. */
    readonly publicSeed: Uint8Array,
    handle: RingHandle,
  ) {
    this.#seed = seed;
    this.#handle = handle;
  }

  /** A copy of the seed, for its owner's key file; the caller overwrites it. @internal */
  exportSeed(): Uint8Array {
    this.polynomial;
    return this.#seed.slice();
  }

  /** The secret in NTT form, over all primes. @internal */
  get polynomial(): RingHandle {
    if (this.#handle === undefined) {
      throw new LifetimeError({
        what: "secret key",
        expected: "a live key",
        got: "a disposed one",
        remedy: "dispose of it after its last use",
      });
    }
    return this.#handle;
  }

  /** Overwrites the seed and frees the secret. */
  dispose(): void {
    this.#seed.fill(0);
    this.#handle?.dispose();
    this.#handle = undefined;
  }
}

/** Encrypts for the owner of the secret key with the same id. */
export class CkksPublicKey {
  constructor(
    readonly id: Uint8Array,
    readonly parameterHash: Uint8Array,
    /** Where `a` expands from: 32 public bytes. */
    readonly seed: Uint8Array,
    /** [2] polynomials in NTT form over all primes: b = -a s + e, then a. @internal */
    readonly handle: RingHandle,
  ) {}

  dispose(): void {
    this.handle.dispose();
  }
}

/** Throws KeyMismatchError where a key was made for other parameters. */
export function checkKeyParameters(key: { readonly parameterHash: Uint8Array }, parameterHash: Uint8Array): void {
  if (!equalBytes(key.parameterHash, parameterHash)) {
    throw new KeyMismatchError({
      what: "key, parameter hash",
      expected: shortHash(parameterHash),
      got: shortHash(key.parameterHash),
      remedy: "use a key made for these parameters",
    });
  }
}
