/** Moving slots: rotations, conjugation and sums of neighbouring slots. Each takes a key and no level. */

import type { RingHandle } from "../../kernels/interface.js";
import { conjugationElement, galoisElement } from "../../math/embedding.js";
import { type CkksCiphertext, checkOwn } from "../ciphertext.js";
import {
  type CkksEvaluationKeys,
  checkEvaluationKeys,
  conjugationKey,
  rotationKey,
  type SwitchingKey,
} from "../evaluation-keys.js";
import { innerSumSchedule } from "../inner-sum.js";
import { checkKeySwitching, normalStep } from "../key-plan.js";
import { sumEstimate, switchedEstimate } from "../noise.js";
import { allOrNone, type Keep, scoped } from "../scope.js";
import { digitsOf, switchDigits } from "../switching.js";
import { estimated, shape } from "./operands.js";
import { ProductOperations } from "./products.js";

/** A rotation with what it needs: nothing, where no slot moves. */
type Move = { readonly element: number; readonly key: SwitchingKey } | undefined;

export abstract class RotationOperations extends ProductOperations {
  /**
   * Slot i of the result is slot i + step of a, modulo N/2: to the left for positive steps, as in SEAL. A step of 0 modulo N/2 needs no key.
   * Throws KeyMismatchError where the key is missing, LevelError where it serves lower levels only.
   */
  rotate(a: CkksCiphertext, step: number, keys: CkksEvaluationKeys): CkksCiphertext {
    return this.rotateHoisted(a, [step], keys)[0];
  }

  /** Several rotations of one ciphertext, for one decomposition: the same as `rotate` for each step, to the bit. */
  rotateHoisted(a: CkksCiphertext, steps: readonly number[], keys: CkksEvaluationKeys): CkksCiphertext[] {
    this.#check(a, keys);
    const moves = steps.map((step): Move => {
      const normal = normalStep(this.parameters, step);
      if (normal === 0) return undefined;
      return { element: galoisElement(this.parameters.degree, normal), key: rotationKey(keys, step, a.level) };
    });
    return this.#moved(a, moves);
  }

  /** The complex conjugate of every slot. Throws as {@link rotate}. */
  conjugate(a: CkksCiphertext, keys: CkksEvaluationKeys): CkksCiphertext {
    this.#check(a, keys);
    const key = conjugationKey(keys, a.level);
    return this.#moved(a, [{ element: conjugationElement(this.parameters.degree), key }])[0];
  }

  /**
   * Slot i of the result is the sum of slots i to i + length - 1 of a, modulo N/2, for 1 <= length <= N/2, in about log2(length) rotations:
   * keysFor({ innerSums: [length] }) names their keys. Throws as {@link rotate}, before anything is computed.
   */
  innerSum(a: CkksCiphertext, length: number, keys: CkksEvaluationKeys): CkksCiphertext {
    this.#check(a, keys);
    const schedule = innerSumSchedule(length, this.parameters.slots);
    for (const { join, double } of schedule) for (const step of [join, double]) if (step) rotationKey(keys, step, a.level);
    return scoped((keep) => {
      let power = a;
      let sum: CkksCiphertext | undefined;
      for (const { join, double } of schedule) {
        const steps = [join, double].filter((step) => step !== undefined);
        const moved = this.rotateHoisted(power, steps, keys);
        for (const ciphertext of moved) keep(ciphertext);
        if (join !== undefined) sum = sum === undefined ? moved[0] : keep(this.add(sum, moved[0]));
        if (double !== undefined) power = keep(this.#doubled(power, moved[moved.length - 1]));
      }
      return this.copy(sum as CkksCiphertext);
    });
  }

  /** The sum of a ciphertext and a rotation of it. */
  #doubled(a: CkksCiphertext, rotated: CkksCiphertext): CkksCiphertext {
    const estimate = estimated([a, rotated], (x, y) => sumEstimate([x, y]));
    return this.like(a, this.ring.add(a.handle, rotated.handle), { estimate });
  }

  #check(a: CkksCiphertext, keys: CkksEvaluationKeys): void {
    checkOwn(this.parameters, a);
    checkKeySwitching(this.parameters);
    checkEvaluationKeys(this.parameters, keys, a.keyId);
    if (a.components === 3) throw shape("operand of a rotation", "two components", "three", "relinearise the product first");
  }

  /** All moves of one ciphertext. Its second component is decomposed once, and only where something moves. */
  #moved(a: CkksCiphertext, moves: readonly Move[]): CkksCiphertext[] {
    const { ring, parameters } = this;
    const estimate = estimated([a], (e) => switchedEstimate(parameters, a.level, a.scaleDegree, e));
    return scoped((keep) => {
      const isMoving = moves.some((move) => move !== undefined);
      const digits = isMoving ? keep(digitsOf(ring, parameters, keep(this.component(a, 1)))) : undefined;
      const first = keep(this.component(a, 0));
      return allOrNone(moves, (move) =>
        move === undefined || digits === undefined ? this.copy(a) : this.like(a, this.#move(digits, first, move), { estimate }),
      );
    });
  }

  /** Switches to the secret that the permutation takes back, then permutes: so that one decomposition serves all permutations. */
  #move(digits: RingHandle, first: RingHandle, { element, key }: NonNullable<Move>): RingHandle {
    return scoped((keep: Keep) =>
      this.ring.automorphism(keep(switchDigits(this.ring, this.parameters, digits, key, first)), element),
    );
  }
}
