/** A batch of CKKS ciphertexts that rests in a backend. */
import { KeyMismatchError, LevelError, ParameterError, show } from "../errors.js";
import type { RingHandle } from "../kernels/interface.js";
import { equalBytes, shortHash } from "../wire/index.js";
import type { CkksParameters } from "./parameters.js";

/** The components apart, each [batch] polynomials in NTT form, as they come from the wire. */
export interface Components {
  readonly first: RingHandle;
  readonly second: RingHandle;
  /** Makes one handle of them, which joins copies. */
  readonly join: (parts: readonly RingHandle[]) => RingHandle;
}

/**
 * [2, batch] polynomials in NTT form: all first components, then all second ones; a ciphertext (c0, c1) decrypts as
 * c0 + c1 s. Its scale follows from its level and scale degree alone.
 */
export class CkksCiphertext {
  #handle: RingHandle | undefined;
  #components: Components | undefined;
  /** Number of ciphertexts. */
  readonly batch: number;

  constructor(
    readonly parameters: CkksParameters,
    /** Owned by this object. */
    polynomials: RingHandle | Components,
    readonly level: number,
    /** 1 at the canonical scale of the level; 2 after a product, until `rescale`. */
    readonly scaleDegree: 1 | 2,
    /** The id of the key that opens it, 32 bytes. */
    readonly keyId: Uint8Array,
    /** Where the second components expand from, for fresh secret-key encryptions: 32 public bytes. */
    readonly seed?: Uint8Array,
  ) {
    if ("first" in polynomials) this.#components = polynomials;
    else this.#handle = polynomials;
    this.batch = "first" in polynomials ? polynomials.first.batch : polynomials.batch / 2;
  }

  /** Both components in one. Joined when it is first asked for: many computations look at each component by itself. */
  get handle(): RingHandle {
    if (this.#components !== undefined) {
      const { first, second, join } = this.#components;
      this.#handle = join([first, second]);
      this.#components = undefined;
      first.dispose();
      second.dispose();
    }
    return this.#handle as RingHandle;
  }

  /** The components where they are still apart. */
  get components(): Components | undefined {
    return this.#components;
  }

  get scale(): number {
    return this.parameters.scale(this.level) ** this.scaleDegree;
  }

  dispose(): void {
    this.#handle?.dispose();
    this.#components?.first.dispose();
    this.#components?.second.dispose();
  }
}

/** Throws ParameterError for anything but ciphertexts, KeyMismatchError for ciphertexts of other parameters. */
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
    if (ciphertext.parameters !== parameters && !equalBytes(ciphertext.parameters.hash, parameters.hash)) {
      throw new KeyMismatchError({
        what: "ciphertext, parameter hash",
        expected: shortHash(parameters.hash),
        got: shortHash(ciphertext.parameters.hash),
        remedy: "use the scheme object that it was made with",
      });
    }
  }
}

/** Two operands of one sum: the same key, level and scale degree. */
export function checkAddable(a: CkksCiphertext, b: CkksCiphertext): void {
  checkSameKey(a.keyId, b.keyId, "operands");
  if (a.level !== b.level) {
    throw new LevelError({
      what: "operands",
      expected: `two ciphertexts of level ${a.level}`,
      got: `one of level ${b.level}`,
      remedy: "drop the higher one with dropLevel",
    });
  }
  if (a.scaleDegree !== b.scaleDegree) {
    throw new ParameterError({
      what: "operands",
      expected: `two ciphertexts of scale degree ${a.scaleDegree}`,
      got: `one of scale degree ${b.scaleDegree}`,
      remedy: "rescale the product first",
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

/** A product needs a level to be rescaled into, and operands that were rescaled. */
export function checkMultipliable(a: CkksCiphertext): void {
  if (a.scaleDegree === 2) {
    throw new ParameterError({
      what: "operand of a product",
      expected: "scale degree 1",
      got: "2",
      remedy: "rescale it first",
    });
  }
  if (a.level === 0) {
    throw new LevelError({
      what: "operand of a product",
      expected: "1 level left",
      got: "0",
      remedy: "choose parameters with more levels",
    });
  }
}
