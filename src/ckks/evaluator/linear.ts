/** Sums, differences and the order of batches: no level is used, and no key. */

import { ParameterError, show } from "../../errors.js";
import type { HostOptions, RingHandle, RingKernels, SlotValues } from "../../kernels/interface.js";
import type { CkksCiphertext } from "../ciphertext.js";
import { checkOwn, checkSameParameters } from "../ciphertext.js";
import { type Constant, complexConstants, isComplexConstant, largestConstant, scalarsOf } from "../constants.js";
import type { CkksEncoder } from "../encoder.js";
import { worstEstimate } from "../estimates.js";
import { plainSumEstimate, type Range, sumEstimate } from "../noise.js";
import type { CkksParameters } from "../parameters.js";
import { CkksPlaintext, rangeOf } from "../plaintext.js";
import { inScope, type Keep, scoped } from "../scope.js";
import { LevelOperations } from "./levels.js";
import { checkCount, checkDivides, estimated, shape } from "./operands.js";

/** Vectors of real or complex slots, or what {@link CkksPlaintext} holds of them. */
export type PlainOperand = CkksPlaintext | readonly SlotValues[];

export abstract class LinearOperations extends LevelOperations {
  constructor(
    parameters: CkksParameters,
    ring: RingKernels,
    /** @internal */
    protected readonly encoder: CkksEncoder,
  ) {
    super(parameters, ring);
  }

  /**
   * a + b; b's batch equals a's or divides it. Operands of different levels meet at the lower one, and of a product and a rescaled
   * ciphertext the product is rescaled.
   */
  add(a: CkksCiphertext, b: CkksCiphertext): CkksCiphertext {
    return this.#pairwise(a, b, (x, y) => this.ring.add(x, y), false);
  }

  /** a - b, as {@link add}. */
  subtract(a: CkksCiphertext, b: CkksCiphertext): CkksCiphertext {
    return this.#pairwise(a, b, (x, y) => this.ring.subtract(x, y), true);
  }

  negate(a: CkksCiphertext): CkksCiphertext {
    checkOwn(this.parameters, a);
    return this.like(a, this.ring.negate(a.handle));
  }

  /** Adds a vector of slots to each ciphertext; one vector serves all. */
  addPlain(a: CkksCiphertext, plain: PlainOperand, options?: HostOptions): Promise<CkksCiphertext> {
    return this.#plainSum(a, plain, (x, y) => this.ring.add(x, y), options);
  }

  /** Subtracts a vector of slots from each ciphertext; one vector serves all. */
  subtractPlain(a: CkksCiphertext, plain: PlainOperand, options?: HostOptions): Promise<CkksCiphertext> {
    return this.#plainSum(a, plain, (x, y) => this.ring.subtract(x, y), options);
  }

  /** Adds one real or complex constant to every slot of each ciphertext; one constant serves all. */
  addConstants(a: CkksCiphertext, constants: readonly Constant[]): CkksCiphertext {
    checkOwn(this.parameters, a);
    checkCount("constants", constants, a.batch);
    const { parameters, ring } = this;
    const handle = scoped((keep) => {
      if (constants.some(isComplexConstant)) {
        const polynomials = keep(complexConstants(ring, parameters, constants, a.level, a.scale));
        return this.onFirst(a, (c0) => ring.add(c0, polynomials));
      }
      const scalars = scalarsOf(parameters, constants as readonly number[], a.level, a.scale);
      return this.onFirst(a, (c0) => ring.addScalars(c0, scalars));
    });
    const most = largestConstant(constants);
    const estimate = estimated([a], (e) =>
      plainSumEstimate(parameters, a.level, a.scaleDegree, e, { magnitude: most, rms: most }),
    );
    return this.like(a, handle, { estimate });
  }

  /** Sums over the terms of [groups, terms], without using a level. */
  sum(a: CkksCiphertext, groups = 1): CkksCiphertext {
    checkOwn(this.parameters, a);
    const terms = checkDivides("groups", groups, a.batch);
    const ones = new Uint32Array(terms * a.handle.basis.length).fill(1);
    const handle = this.ring.linearCombination(a.handle, ones, a.components * groups);
    return this.like(a, handle, { estimate: estimated([a], (e) => sumEstimate(new Array(terms).fill(e))) });
  }

  /** Ciphertexts [start, start + count). */
  slice(a: CkksCiphertext, start: number, count: number): CkksCiphertext {
    checkOwn(this.parameters, a);
    return this.like(
      a,
      this.joined(a.components, (c) => this.component(a, c, start, count)),
    );
  }

  /** Joins batches of one key; they meet at the lowest level, as operands of a sum do. */
  concat(parts: readonly CkksCiphertext[]): CkksCiphertext {
    if (!Array.isArray(parts) || parts.length === 0) {
      throw shape("parts", "an array of at least one ciphertext", Array.isArray(parts) ? "none" : show(parts));
    }
    return scoped((keep) => {
      const ready = this.aligned(parts, keep);
      const [first] = ready;
      for (const { components } of ready) {
        if (components === first.components) continue;
        throw shape(
          "parts",
          `ciphertexts of ${first.components} components`,
          `one of ${components}`,
          "relinearise products first",
        );
      }
      const pieces: RingHandle[] = [];
      for (let c = 0; c < first.components; c++) for (const p of ready) pieces.push(keep(this.component(p, c)));
      return this.like(first, this.ring.concat(pieces), { estimate: estimated(ready, (...all) => worstEstimate(all)) });
    });
  }

  /**
   * Vectors as polynomials for a ciphertext, for one computation; plaintexts keep what they hold. The vectors' number is the batch of the
   * ciphertext or 1. @internal
   */
  protected async plainAt(
    a: CkksCiphertext,
    scaleDegree: 1 | 2,
    plain: PlainOperand,
    keep: Keep,
    options?: HostOptions,
  ): Promise<{ handle: RingHandle; range: Range }> {
    const { level } = a;
    if (plain instanceof CkksPlaintext) {
      checkSameParameters(this.parameters, plain.parameters, "plaintext");
      return { handle: await plain.at(this.encoder, { level, scaleDegree }, options), range: plain.range };
    }
    if (!Array.isArray(plain)) {
      const remedy = "pass [vector] or encode it first";
      throw new ParameterError({ what: "vectors", expected: "an array of vectors or a CkksPlaintext", got: show(plain), remedy });
    }
    const scale = this.parameters.scale(level) ** scaleDegree;
    const handle = keep(await this.encoder.encode(plain, this.parameters.basis(level), scale, options));
    return { handle, range: rangeOf(plain) };
  }

  #plainSum(
    a: CkksCiphertext,
    plain: PlainOperand,
    f: (c0: RingHandle, p: RingHandle) => RingHandle,
    options?: HostOptions,
  ): Promise<CkksCiphertext> {
    return inScope(async (keep) => {
      checkOwn(this.parameters, a);
      checkPlainCount(plain, a.batch);
      const { handle, range } = await this.plainAt(a, a.scaleDegree, plain, keep, options);
      const estimate = estimated([a], (e) => plainSumEstimate(this.parameters, a.level, a.scaleDegree, e, range));
      return this.like(
        a,
        this.onFirst(a, (c0) => f(c0, handle)),
        { estimate },
      );
    });
  }

  #pairwise(
    left: CkksCiphertext,
    right: CkksCiphertext,
    f: (x: RingHandle, y: RingHandle) => RingHandle,
    isDifference: boolean,
  ): CkksCiphertext {
    return scoped((keep) => {
      const [a, b] = this.aligned([left, right], keep);
      const estimate = estimated([a, b], (x, y) => sumEstimate([x, y]));
      if (a.batch === b.batch && a.components === b.components) return this.like(a, f(a.handle, b.handle), { estimate });
      checkDivides("batch of the second operand", b.batch, a.batch);
      const components = a.components > b.components ? a.components : b.components;
      const handle = this.joined(components, (c) => {
        if (c >= b.components) return this.component(a, c);
        const y = keep(this.component(b, c));
        if (c < a.components) return f(keep(this.component(a, c)), y);
        const signed = isDifference ? keep(this.ring.negate(y)) : y;
        return this.ring.concat(new Array(a.batch / b.batch).fill(signed));
      });
      return this.like(a, handle, { components, estimate });
    });
  }
}

/** One vector for each ciphertext, or one for all. */
export function checkPlainCount(plain: PlainOperand, batch: number): void {
  checkCount("vectors", plain instanceof CkksPlaintext ? new Array(plain.batch).fill(0) : plain, batch);
}
