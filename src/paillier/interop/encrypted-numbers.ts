/** A batch of encrypted numbers, each with an exponent of its own that anybody can read: python-paillier's EncryptedNumber, many at a time. */
import { LevelError } from "../../errors.js";
import type { ModularHandle } from "../../kernels/interface.js";
import { bitLength } from "../../math/modular.js";
import type { PaillierCiphertexts } from "../ciphertexts.js";
import { derived, type EvaluationContext, largest } from "../evaluate.js";
import { maxInteger } from "./encoded-number.js";

/** What is publicly known of the numbers. */
export interface NumberProperties {
  /** Number i is an integer, held modulo n, times 16^exponents[i]. */
  readonly exponents: readonly number[];
  /**
   * Largest magnitude of each integer, where the caller has declared one. With it an operation that could overflow is refused; without
   * it, as in python-paillier, an overflow is found at decryption, and only if the result falls into the dead zone.
   */
  readonly bounds: readonly bigint[] | undefined;
}

/** Immutable; the owner calls {@link dispose}. Results of operations are new batches with memory of their own. */
export class EncryptedNumbers implements NumberProperties {
  /** The numbers modulo n^2, owned by this object. */
  readonly ciphertexts: PaillierCiphertexts;
  readonly exponents: readonly number[];
  readonly bounds: readonly bigint[] | undefined;

  /** Internal: takes ownership of the ciphertexts. */
  constructor(ciphertexts: PaillierCiphertexts, { exponents, bounds }: NumberProperties) {
    this.ciphertexts = ciphertexts;
    this.exponents = Object.freeze([...exponents]);
    this.bounds = bounds;
  }

  /** Number of encrypted numbers. */
  get batch(): number {
    return this.ciphertexts.batch;
  }

  get disposed(): boolean {
    return this.ciphertexts.disposed;
  }

  /** Frees the memory in the backend. Calling it twice is allowed. */
  dispose(): void {
    this.ciphertexts.dispose();
  }
}

/** A batch computed from `from`: no longer fresh. */
export function derivedNumbers(handle: ModularHandle, from: EncryptedNumbers, properties: NumberProperties): EncryptedNumbers {
  return new EncryptedNumbers(derived(handle, from.ciphertexts, {}), properties);
}

/** Throws LevelError where a declared bound leaves the window of n: before the work is done, and not after decryption. */
export function requireWindow(
  bounds: readonly bigint[] | undefined,
  { key }: Pick<EvaluationContext, "key">,
  what: string,
): void {
  if (bounds === undefined) return;
  const window = maxInteger(key.n);
  const bound = largest(bounds);
  if (bound <= window) return;
  throw new LevelError({
    what: `${what}, item ${bounds.indexOf(bound)}`,
    expected: `an integer of at most ${bitLength(window)} bits`,
    got: `up to ${bitLength(bound)} bits`,
    remedy: "encode with a coarser precision, declare a smaller bound, or use a longer key",
  });
}
