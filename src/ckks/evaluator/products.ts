/** Products with ciphertexts, vectors and constants: each takes one level, with the rescaling that follows. */
import { ParameterError } from "../../errors.js";
import type { HostOptions, RingHandle } from "../../kernels/interface.js";
import type { CkksCiphertext } from "../ciphertext.js";
import { type Constant, complexConstants, isComplexConstant, largestConstant, scalarsOf } from "../constants.js";
import { type CkksEvaluationKeys, checkEvaluationKeys, relinearisationKey } from "../evaluation-keys.js";
import { plainProductEstimate, productEstimate, scaledEstimate, sumEstimate } from "../noise.js";
import { CkksPlaintext } from "../plaintext.js";
import { inScope, type Keep, scoped } from "../scope.js";
import { checkPlainCount, LinearOperations, type PlainOperand } from "./linear.js";
import { checkCount, checkDivides, estimated, shape } from "./operands.js";

export abstract class ProductOperations extends LinearOperations {
  /**
   * a b slot by slot, not rescaled; b's batch equals a's or divides it. With evaluation keys the result is relinearised, without it has three
   * components. Operands meet at the lower level, and unrescaled products among them are rescaled first. Throws LevelError, before
   * anything is computed, where levels run out.
   */
  multiply(a: CkksCiphertext, b: CkksCiphertext, keys?: CkksEvaluationKeys): CkksCiphertext {
    return scoped((keep) => {
      const product = this.#tensor(a, b, keep, keys);
      if (keys === undefined) return this.like(product, this.ring.slice(product.handle, 0, product.handle.batch));
      return this.relinearise(product, keys);
    });
  }

  /** a b, relinearised and rescaled, for little more than relinearisation alone costs: as {@link multiply} and then `rescale`. */
  multiplyRescale(a: CkksCiphertext, b: CkksCiphertext, keys: CkksEvaluationKeys): CkksCiphertext {
    return scoped((keep) => this.rescale(this.#tensor(a, b, keep, keys), keys));
  }

  /** a a, as {@link multiply}. */
  square(a: CkksCiphertext, keys?: CkksEvaluationKeys): CkksCiphertext {
    return this.multiply(a, a, keys);
  }

  /** Slot-wise product with a vector for each ciphertext (or one for all); not rescaled. */
  multiplyPlain(a: CkksCiphertext, plain: PlainOperand, options?: HostOptions): Promise<CkksCiphertext> {
    return inScope(async (keep) => {
      const [x] = this.multipliable([a], keep);
      checkPlainCount(plain, x.batch);
      const { handle, range } = await this.plainAt(x, 1, plain, keep, options);
      const estimate = estimated([x], (e) => plainProductEstimate(this.parameters, x.level, e, range));
      return this.like(x, this.ring.multiply(x.handle, handle), { scaleDegree: 2, estimate });
    });
  }

  /**
   * Weighted sums of ciphertexts, the heart of a linear transform; not rescaled. The weights are [outputs, terms] vectors, and output o is
   * the sum over k of weight [o, k] times term k, slot by slot. All terms have one batch and number of components.
   */
  sumOfProducts(terms: readonly CkksCiphertext[], weights: PlainOperand, options?: HostOptions): Promise<CkksCiphertext[]> {
    return inScope(async (keep) => {
      const ready = this.multipliable(terms, keep);
      const [first] = ready;
      for (const { batch, components } of ready) {
        if (batch === first.batch && components === first.components) continue;
        throw shape("terms", `${first.components} x [${first.batch}]`, `${components} x [${batch}]`, "give all terms one batch");
      }
      const count = weights instanceof CkksPlaintext ? weights.batch : weights.length;
      if (count === 0 || count % ready.length !== 0) throw shape("weights", `a multiple of ${ready.length}`, `${count}`);
      const { handle, range } = await this.plainAt(first, 1, weights, keep, options);
      const stack = ready.length === 1 ? first.handle : keep(this.ring.concat(ready.map((term) => term.handle)));
      const outputs = count / ready.length;
      const all = keep(this.ring.innerProducts(stack, handle, { terms: ready.length, outputs }));
      const estimate = estimated(ready, (...estimates) =>
        sumEstimate(estimates.map((e) => plainProductEstimate(this.parameters, first.level, e, range))),
      );
      const size = first.handle.batch;
      return Array.from({ length: outputs }, (_, o) =>
        this.like(first, this.ring.slice(all, o * size, size), { scaleDegree: 2, estimate }),
      );
    });
  }

  /** Product of all slots with one real or complex constant for each ciphertext (or one for all); not rescaled. */
  multiplyConstants(a: CkksCiphertext, constants: readonly Constant[]): CkksCiphertext {
    return scoped((keep) => {
      const [x] = this.multipliable([a], keep);
      checkCount("constants", constants, x.batch);
      const { parameters, ring } = this;
      const scale = parameters.scale(x.level);
      const product = constants.some(isComplexConstant)
        ? ring.multiply(x.handle, keep(complexConstants(ring, parameters, constants, x.level, scale)))
        : ring.multiplyScalars(x.handle, scalarsOf(parameters, constants as readonly number[], x.level, scale));
      const estimate = estimated([x], (e) => scaledEstimate(parameters, x.level, e, largestConstant(constants)));
      return this.like(x, product, { scaleDegree: 2, estimate });
    });
  }

  /**
   * Linear combinations with real weights [outputs][terms], not rescaled: with a as [groups, terms], the result is
   * [groups, outputs].
   */
  linearCombination(a: CkksCiphertext, weights: readonly (readonly number[])[], groups = 1): CkksCiphertext {
    return scoped((keep) => {
      const [x] = this.multipliable([a], keep);
      const terms = checkDivides("groups", groups, x.batch);
      if (weights.length === 0) throw shape("weights", "at least one row", "none");
      for (const row of weights)
        if (row.length !== terms) throw shape("weights", `rows of ${terms} numbers`, `a row of ${row.length}`);
      // Not flat(), which leaves out the holes of a sparse row and shifts the weights after them.
      const all = weights.flatMap((row) => Array.from(row));
      const { parameters, ring } = this;
      const scalars = scalarsOf(parameters, all, x.level, parameters.scale(x.level));
      const { parts } = x;
      const handle = parts
        ? this.joined(x.components, (c) => ring.linearCombination(parts[c], scalars, groups))
        : ring.linearCombination(x.handle, scalars, x.components * groups);
      const estimate = estimated([x], (e) => {
        const rows = weights.map((row) => sumEstimate(row.map((w) => scaledEstimate(parameters, x.level, e, w))));
        return rows.reduce((worst, row) => (row.deviation > worst.deviation ? row : worst));
      });
      return this.like(x, handle, { scaleDegree: 2, estimate });
    });
  }

  /** Three components, kept; of which the first two are relinearised before, where the operands had three. */
  #tensor(left: CkksCiphertext, right: CkksCiphertext, keep: Keep, keys?: CkksEvaluationKeys): CkksCiphertext {
    const [a, b] = this.multipliable([left, right], keep, keys).map((operand) => this.#relinearised(operand, keep, keys));
    if (keys !== undefined) {
      checkEvaluationKeys(this.parameters, keys, a.keyId);
      relinearisationKey(keys, a.level);
    }
    checkDivides("batch of the second operand", b.batch, a.batch);
    const related = left === right;
    const estimate = estimated([a, b], (x, y) => productEstimate(this.parameters, a.level, x, y, related));
    const handle: RingHandle = this.ring.tensor(a.handle, b.handle);
    return keep(this.like(a, handle, { scaleDegree: 2, components: 3, estimate }));
  }

  #relinearised(a: CkksCiphertext, keep: Keep, keys?: CkksEvaluationKeys): CkksCiphertext {
    if (a.components === 2) return a;
    if (keys === undefined) {
      throw new ParameterError({
        what: "operand of a product",
        expected: "two components",
        got: "three",
        remedy: "relinearise it first, or pass evaluation keys",
      });
    }
    return keep(this.relinearise(a, keys));
  }
}
