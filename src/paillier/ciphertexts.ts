/** A batch of Paillier ciphertexts that rests in the backend, with what is publicly known of its plaintexts. */
import { LifetimeError, ParameterError } from "../errors.js";
import type { ModularHandle } from "../kernels/interface.js";
import { requireKeyId } from "../wire/index.js";
import type { PaillierPublicKey } from "./keys.js";
import { additionsLeft, type SlotLayout, sameLayout } from "./slots.js";

/** What is known of every ciphertext of a batch; all of it is public. */
export interface CiphertextProperties {
  readonly key: PaillierPublicKey;
  readonly layout: SlotLayout;
  /** A slot integer v stands for the value v / 2^scaleBits. */
  readonly scaleBits: number;
  /** No slot integer is larger in magnitude. */
  readonly bound: bigint;
  /** Whether every ciphertext carries randomness that nothing else shares. What is not fresh is re-randomised before it leaves. */
  readonly fresh: boolean;
}

/** Immutable; the owner calls {@link dispose}. Results of operations are new batches with memory of their own. */
export class PaillierCiphertexts implements CiphertextProperties {
  readonly key: PaillierPublicKey;
  readonly layout: SlotLayout;
  readonly scaleBits: number;
  readonly bound: bigint;
  readonly fresh: boolean;
  /** Number of ciphertexts. */
  readonly batch: number;
  readonly #handle: ModularHandle;

  /** Internal: takes ownership of the handle. The bound has been held against the capacity before the work was recorded. */
  constructor(handle: ModularHandle, properties: CiphertextProperties) {
    this.#handle = handle;
    this.key = properties.key;
    this.layout = properties.layout;
    this.scaleBits = properties.scaleBits;
    this.bound = properties.bound;
    this.fresh = properties.fresh;
    this.batch = handle.batch;
  }

  /** How many more ciphertexts of this bound can be added to each of these before a slot could overflow: infinitely many zeros. */
  get additionsLeft(): number {
    return additionsLeft(this.bound, this.layout);
  }

  get disposed(): boolean {
    return this.#handle.disposed;
  }

  /** Internal: the values modulo n^2. Throws KeyMismatchError under another key and LifetimeError after dispose. */
  handle(key: PaillierPublicKey): ModularHandle {
    requireKeyId(this.key.id, key.id, "ciphertexts", "use ciphertexts of one key");
    if (this.#handle.disposed) {
      throw new LifetimeError({
        what: "ciphertexts",
        expected: "a live batch",
        got: "a disposed one",
        remedy: "dispose of it after its last use",
      });
    }
    return this.#handle;
  }

  /** Frees the memory in the backend. Calling it twice is allowed. */
  dispose(): void {
    this.#handle.dispose();
  }
}

/** Throws ParameterError unless two operands have the same slots and the same scale. */
export function requireSameEncoding(a: CiphertextProperties, b: CiphertextProperties, what: string): void {
  const text = (c: CiphertextProperties) => `${c.layout.slots} slots of ${c.layout.slotBits} bits at scale 2^${c.scaleBits}`;
  if (!sameLayout(a.layout, b.layout) || a.scaleBits !== b.scaleBits) {
    throw new ParameterError({ what, expected: text(a), got: text(b), remedy: "encrypt both alike" });
  }
}
