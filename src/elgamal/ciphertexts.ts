/** A batch of ElGamal ciphertexts that rests in the backend, with what is publicly known of its plaintexts. */
import { LifetimeError, ParameterError } from "../errors.js";
import { requireKeyId } from "../wire/index.js";
import type { ElGamalKind } from "./encoding.js";
import type { ElGamalPublicKey } from "./keys.js";
import { disposePair, type Pair } from "./pair.js";

/** What is known of every ciphertext of a batch; all of it is public. */
export interface ElGamalCiphertextProperties {
  readonly key: ElGamalPublicKey;
  readonly kind: ElGamalKind;
  /** No count is larger in magnitude; 0 for factors, which have no bound. */
  readonly bound: number;
  /** Whether every ciphertext carries randomness that nothing else shares. What is not fresh is re-randomised before it leaves. */
  readonly fresh: boolean;
}

/** Immutable; the owner calls {@link dispose}. Results of operations are new batches with memory of their own. */
export class ElGamalCiphertexts implements ElGamalCiphertextProperties {
  readonly key: ElGamalPublicKey;
  readonly kind: ElGamalKind;
  readonly bound: number;
  readonly fresh: boolean;
  /** Number of ciphertexts. */
  readonly batch: number;
  readonly #pair: Pair;

  /** Internal: takes ownership of the pair. */
  constructor(pair: Pair, { key, kind, bound, fresh }: ElGamalCiphertextProperties) {
    this.#pair = pair;
    this.key = key;
    this.kind = kind;
    this.bound = bound;
    this.fresh = fresh;
    this.batch = pair.c1.batch;
  }

  get disposed(): boolean {
    return this.#pair.c1.disposed;
  }

  /**
   * Internal: both halves modulo p. Throws KeyMismatchError under another key, ParameterError for the other kind where one is asked for,
   * and LifetimeError after dispose.
   */
  pair(key: ElGamalPublicKey, what: string, kind: ElGamalKind = this.kind): Pair {
    requireKeyId(this.key.id, key.id, what, "use ciphertexts of one key");
    if (this.kind !== kind) {
      const remedy = kind === "factors" ? "encrypt with encryptFactors" : "encrypt with encryptCounts";
      throw new ParameterError({ what, expected: `ciphertexts of ${kind}`, got: `${this.kind}`, remedy });
    }
    if (this.disposed) {
      const remedy = "dispose of it after its last use";
      throw new LifetimeError({ what, expected: "a live batch", got: "a disposed one", remedy });
    }
    return this.#pair;
  }

  /** Frees the memory in the backend. Calling it twice is allowed. */
  dispose(): void {
    disposePair(this.#pair);
  }
}
