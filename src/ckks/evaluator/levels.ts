/** Levels: bringing products back to the canonical scale, and operands of different histories together. */
import { LevelError, show } from "../../errors.js";
import type { RingHandle } from "../../kernels/interface.js";
import { type CkksCiphertext, checkOwn, checkSameKey } from "../ciphertext.js";
import { scalarsOf } from "../constants.js";
import { fusedEstimate } from "../estimates.js";
import { type CkksEvaluationKeys, checkEvaluationKeys, relinearisationKey, type SwitchingKey } from "../evaluation-keys.js";
import { droppedEstimate, rescaledEstimate, switchedEstimate } from "../noise.js";
import { type Keep, scoped } from "../scope.js";
import { switchKey } from "../switching.js";
import { estimated, Operands, shape } from "./operands.js";

export abstract class LevelOperations extends Operands {
  /**
   * Brings a product back to the canonical scale, one level down. With evaluation keys three components become two on the way, for
   * little more than relinearisation alone costs; without, they are refused: the rounding of the third would meet s^2, and make more
   * noise than encryption does. Throws LevelError at level 0, ParameterError for what is no product.
   */
  rescale(a: CkksCiphertext, keys?: CkksEvaluationKeys): CkksCiphertext {
    checkOwn(this.parameters, a);
    if (a.scaleDegree !== 2) throw shape("operand of rescale", "scale degree 2", "1", "rescale products, and each once");
    requireLevels("operand of rescale", a.level, 1);
    const { parameters, ring } = this;
    const down = { level: a.level - 1, scaleDegree: 1 } as const;
    if (keys === undefined && a.components === 3)
      throw shape("operand of rescale", "two components", "three", "pass evaluation keys, or relinearise the product first");
    if (keys === undefined || a.components === 2) {
      if (keys !== undefined) checkEvaluationKeys(parameters, keys, a.keyId);
      const estimate = estimated([a], (e) => rescaledEstimate(parameters, a.level, e));
      return this.like(a, ring.rescale(a.handle, parameters.primesPerLevel), { ...down, estimate });
    }
    checkEvaluationKeys(parameters, keys, a.keyId);
    const key = relinearisationKey(keys, a.level);
    const handle = this.#switched(a, key, parameters.primesPerLevel);
    const estimate = estimated([a], (e) => fusedEstimate(parameters, a.level, e));
    return this.like(a, handle, { ...down, components: 2, estimate });
  }

  /**
   * Three components become two, by a key switch (Fan, Vercauteren, ePrint 2012/144, section 4); two stay as they are. Where a product
   * is rescaled next, `rescale` with keys does both at once. Throws KeyMismatchError where the relinearisation key is missing.
   */
  relinearise(a: CkksCiphertext, keys: CkksEvaluationKeys): CkksCiphertext {
    checkOwn(this.parameters, a);
    const { parameters } = this;
    checkEvaluationKeys(parameters, keys, a.keyId);
    if (a.components === 2) return this.copy(a);
    const key = relinearisationKey(keys, a.level);
    const handle = this.#switched(a, key);
    const estimate = estimated([a], (e) => switchedEstimate(parameters, a.level, a.scaleDegree, e));
    return this.like(a, handle, { components: 2, estimate });
  }

  /** Three components as two; `rescaled` primes of the level leave with P. */
  #switched(a: CkksCiphertext, key: SwitchingKey, rescaled = 0): RingHandle {
    return scoped((keep) => {
      const addend = keep(this.ring.slice(a.handle, 0, 2 * a.batch));
      return switchKey(this.ring, this.parameters, keep(this.component(a, 2)), key, addend, rescaled);
    });
  }

  /**
   * The same values at a lower level. Scales differ a little between levels, so the ciphertext is multiplied by the integer
   * that makes the scale right once the primes above the target level are divided out. A product keeps its scale degree and at least
   * level 1. Throws LevelError for levels out of range.
   */
  dropLevel(a: CkksCiphertext, level: number): CkksCiphertext {
    checkOwn(this.parameters, a);
    const least = a.scaleDegree - 1;
    if (!Number.isInteger(level) || level < least || level > a.level) {
      throw new LevelError({
        what: "level to drop to",
        expected: `an integer in [${least}, ${a.level}]`,
        got: show(level),
        remedy: level < least ? "rescale the product first" : "levels only go down",
      });
    }
    if (level === a.level) return this.copy(a);
    const { parameters, ring } = this;
    const above = parameters.basis(level + 1);
    const factor = (parameters.scale(level) ** a.scaleDegree * parameters.levelModulus(level + 1)) / a.scale;
    const scalars = scalarsOf(parameters, [1], level + 1, factor);
    const handle = scoped((keep) => {
      const scaled = keep(ring.multiplyScalars(keep(ring.restrict(a.handle, above)), scalars));
      return ring.rescale(scaled, parameters.primesPerLevel);
    });
    // At the squared scale the rounding is nothing.
    const estimate = a.scaleDegree === 2 ? a.estimate : estimated([a], (e) => droppedEstimate(parameters, a.level, level, e));
    return this.like(a, handle, { level, estimate });
  }

  /** Ciphertexts of one key as operands of a sum: one level, one scale degree. What is made on the way is kept. @internal */
  protected aligned(operands: readonly CkksCiphertext[], keep: Keep): CkksCiphertext[] {
    checkOwn(this.parameters, ...operands);
    for (const operand of operands) checkSameKey(operands[0].keyId, operand.keyId, "operands");
    const mixed = operands.some(({ scaleDegree }) => scaleDegree !== operands[0].scaleDegree);
    if (mixed) for (const { scaleDegree, level } of operands) requireLevels("operand of a sum", level, scaleDegree - 1);
    return this.#atOneLevel(
      operands.map((operand) => (mixed && operand.scaleDegree === 2 ? keep(this.rescale(operand)) : operand)),
      keep,
    );
  }

  /**
   * Ciphertexts as operands of a product: scale degree 1, one level of at least 1. Throws LevelError, before anything is computed,
   * where levels run out. @internal
   */
  protected multipliable(operands: readonly CkksCiphertext[], keep: Keep, keys?: CkksEvaluationKeys): CkksCiphertext[] {
    checkOwn(this.parameters, ...operands);
    for (const operand of operands) checkSameKey(operands[0].keyId, operand.keyId, "operands");
    for (const { scaleDegree, level } of operands) requireLevels("operand of a product", level, scaleDegree);
    const rescaled = new Map<CkksCiphertext, CkksCiphertext>();
    const ready = operands.map((operand) => {
      if (operand.scaleDegree === 1) return operand;
      const known = rescaled.get(operand) ?? keep(this.rescale(operand, operand.components === 3 ? keys : undefined));
      rescaled.set(operand, known);
      return known;
    });
    return this.#atOneLevel(ready, keep);
  }

  /** The higher ones dropped to the level of the lowest. */
  #atOneLevel(operands: readonly CkksCiphertext[], keep: Keep): CkksCiphertext[] {
    const lowest = Math.min(...operands.map(({ level }) => level));
    return operands.map((operand) => (operand.level === lowest ? operand : keep(this.dropLevel(operand, lowest))));
  }
}

/** Throws LevelError unless a ciphertext has as many levels as an operation takes. */
export function requireLevels(what: string, left: number, needed: number): void {
  if (left >= needed) return;
  throw new LevelError({
    what,
    expected: `${needed} level${needed === 1 ? "" : "s"} left`,
    got: `${left}`,
    remedy: `choose parameters with ${needed - left} more level${needed - left === 1 ? "" : "s"}, or multiply in a flatter tree`,
  });
}
