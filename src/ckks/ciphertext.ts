/** A batch of CKKS ciphertexts that rests in a backend. */
import { KeyMismatchError, LifetimeError, ParameterError, show } from "../errors.js";
import type { RingHandle } from "../kernels/interface.js";
import { equalBytes, shortHash } from "../wire/index.js";
import { type Estimate, precisionBits } from "./noise.js";
import type { CkksParameters } from "./parameters.js";

/** What is known of a ciphertext beside its residues. */
export interface CiphertextState {
  readonly level: number;
  /** 1 at the canonical scale of the level; 2 after a product, until it is rescaled. */
  readonly scaleDegree: 1 | 2;
  /** The id of the key that opens it, 32 bytes. */
  readonly keyId: Uint8Array;
  /** 2, or 3 after a product that has not been relinearised; 2 unless said otherwise. */
  readonly components?: 2 | 3;
  /** Where the second components expand from, for fresh secret-key encryptions: 32 public bytes. */
  readonly seed?: Uint8Array;
  /** What is predicted of the values, where it is known. */
  readonly estimate?: Estimate;
}

/** Components that lie apart, as they come from the wire: each [batch] polynomials in NTT form. */
export interface CiphertextParts {
  readonly components: readonly RingHandle[];
  /** Makes one handle of them, which joins copies. */
  readonly join: (components: readonly RingHandle[]) => RingHandle;
}

/**
 * [components, batch] polynomials in NTT form: all first components, then all second ones, then all third ones where there are any; a
 * ciphertext (c0, c1, c2) decrypts as c0 + c1 s + c2 s^2. Its scale follows from its level and scale degree alone.
 */
export class CkksCiphertext {
  readonly level: number;
  readonly scaleDegree: 1 | 2;
  readonly keyId: Uint8Array;
  readonly components: 2 | 3;
  readonly seed: Uint8Array | undefined;
  readonly estimate: Estimate | undefined;
  /** Number of ciphertexts. */
  readonly batch: number;
  #handle: RingHandle | undefined;
  #parts: CiphertextParts | undefined;

  /** Takes ownership of the handle, or of the parts. */
  constructor(
    readonly parameters: CkksParameters,
    polynomials: RingHandle | CiphertextParts,
    state: CiphertextState,
  ) {
    this.level = state.level;
    this.scaleDegree = state.scaleDegree;
    this.keyId = state.keyId;
    this.components = state.components ?? 2;
    this.seed = state.seed;
    this.estimate = state.estimate;
    if ("join" in polynomials) {
      this.#parts = polynomials;
      this.batch = polynomials.components[0].batch;
    } else {
      this.#handle = polynomials;
      this.batch = polynomials.batch / this.components;
    }
  }

  /** All components in one. Joined when it is first asked for: many computations look at each component by itself. */
  get handle(): RingHandle {
    if (this.#parts !== undefined) {
      const { components, join } = this.#parts;
      this.#handle = join(components);
      this.#parts = undefined;
      for (const component of components) component.dispose();
    }
    return this.#handle as RingHandle;
  }

  /** The components where they still lie apart. */
  get parts(): readonly RingHandle[] | undefined {
    return this.#parts?.components;
  }

  get disposed(): boolean {
    return (this.#handle ?? this.#parts?.components[0])?.disposed ?? true;
  }

  /** What the values are multiplied by: the scale of the level, or its square before rescaling. */
  get scale(): number {
    return this.parameters.scale(this.level) ** this.scaleDegree;
  }

  /** The predicted mean of -log2 |error| over the slots, in bits; undefined where nothing was declared of the values. */
  get precisionBits(): number | undefined {
    return this.estimate && precisionBits(this.estimate);
  }

  dispose(): void {
    this.#handle?.dispose();
    for (const component of this.parts ?? []) component.dispose();
  }
}

/** Throws ParameterError for anything but ciphertexts, KeyMismatchError for ciphertexts of other parameters, LifetimeError for dead ones. */
export function checkOwn(parameters: CkksParameters, ...ciphertexts: readonly CkksCiphertext[]): void {
  for (const ciphertext of ciphertexts) {
    if (!(ciphertext instanceof CkksCiphertext)) {
      throw new ParameterError({
        what: "operand",
        expected: "a CkksCiphertext",
        got: show(ciphertext),
        remedy: "encrypt values, or import a ciphertext, first",
      });
    }
    checkSameParameters(parameters, ciphertext.parameters, "ciphertext");
    if (ciphertext.disposed) {
      const remedy = "dispose of it after its last use";
      throw new LifetimeError({ what: "ciphertext", expected: "a live one", got: "a disposed one", remedy });
    }
  }
}

/** Throws KeyMismatchError for an object of other parameters. */
export function checkSameParameters(expected: CkksParameters, got: CkksParameters, what: string): void {
  if (got !== expected && !equalBytes(got.hash, expected.hash)) {
    throw new KeyMismatchError({
      what: `${what}, parameter hash`,
      expected: shortHash(expected.hash),
      got: shortHash(got.hash),
      remedy: "use the scheme object that it was made with",
    });
  }
}

/** Throws KeyMismatchError unless both ids are the same. */
export function checkSameKey(expected: Uint8Array, got: Uint8Array, what: string): void {
  if (!equalBytes(expected, got)) {
    throw new KeyMismatchError({
      what: `${what}, key id`,
      expected: shortHash(expected),
      got: shortHash(got),
      remedy: "use ciphertexts and keys of one key owner",
    });
  }
}
