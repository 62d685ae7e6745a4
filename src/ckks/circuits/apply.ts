/** Plans of linear transforms on ciphertexts. */
import type { RingHandle, RingKernels, SlotValues } from "../../kernels/interface.js";
import { CkksCiphertext } from "../ciphertext.js";
import type { CkksEvaluationKeys } from "../evaluation-keys.js";
import type { Ckks } from "../scheme.js";
import { scoped } from "../scope.js";
import type { GiantStep, TransformAlgebra, TransformPlan } from "./baby-giant.js";
import { ringOf } from "./ring-of.js";

/**
 * The diagonals of a plan in NTT form, at the scale of a level and repeated over all slots: [giants, babies], zero where a giant
 * step has no diagonal for a baby step.
 */
export async function encodeDiagonals(ckks: Ckks, plan: TransformPlan, level: number): Promise<RingHandle> {
  const { parameters } = ckks;
  const ring = ringOf(ckks);
  const encoding = { basis: parameters.basis(level), scale: parameters.scale(level) };
  const parts: RingHandle[] = [];
  try {
    // One giant step at a time: all diagonals of a large matrix, spread over all slots, would be many times the size of the matrix.
    for (const giant of plan.giants) {
      const coefficients = await ring.encode(
        plan.babies.map((baby) => slotsOf(giant, baby, parameters.slots)),
        encoding,
      );
      try {
        parts.push(ring.ntt(coefficients));
      } finally {
        coefficients.dispose();
      }
    }
    return ring.concat(parts);
  } finally {
    for (const part of parts) part.dispose();
  }
}

function slotsOf(giant: GiantStep, baby: number, slots: number): SlotValues {
  const term = giant.terms.find((t) => t.baby === baby);
  if (!term) return [];
  const spread = (part: Float64Array) => Float64Array.from({ length: slots }, (_, i) => part[i % part.length]);
  const { re, im } = term.diagonal;
  return im ? { re: spread(re), im: spread(im) } : spread(re);
}

/** Ciphertexts of scale degree 1 as the values of a plan; `diagonals` are those of their level. */
export function ciphertextTransform(
  ckks: Ckks,
  plan: TransformPlan,
  diagonals: RingHandle,
  keys: CkksEvaluationKeys | undefined,
): TransformAlgebra<CkksCiphertext, CkksCiphertext, CkksCiphertext> {
  const ring = ringOf(ckks);
  /** Runs f on what is handed over. */
  const using = <T>(given: readonly CkksCiphertext[], f: () => T): T => {
    try {
      return f();
    } finally {
      for (const ciphertext of given) ciphertext.dispose();
    }
  };
  return {
    /** All inner sums at once, [giants]: one inner product of the rotations with the diagonals of each giant step. */
    rotations(input, steps) {
      const moving = steps.filter((step) => step !== 0);
      const rotated = moving.length === 0 ? [] : ckks.rotateHoisted(input, moving, keys as CkksEvaluationKeys);
      return using(rotated, () => {
        const all = steps[0] === 0 ? [input, ...rotated] : rotated;
        const handle = innerSums(
          ring,
          all.map((c) => c.handle),
          diagonals,
          plan.giants.length,
        );
        return new CkksCiphertext(ckks.parameters, handle, { level: input.level, scaleDegree: 2, keyId: input.keyId });
      });
    },
    innerSum(sums, giant) {
      const size = sums.handle.batch / plan.giants.length;
      const { level, scaleDegree, keyId } = sums;
      return new CkksCiphertext(ckks.parameters, ring.slice(sums.handle, giant * size, size), { level, scaleDegree, keyId });
    },
    rotateSum: (sum, step) => using([sum], () => ckks.rotate(sum, step, keys as CkksEvaluationKeys)),
    addSums: (a, b) => using([a, b], () => ckks.add(a, b)),
    rescale: (sum) => using([sum], () => ckks.rescale(sum)),
    fold: (y, step) =>
      using([y], () => {
        const rotated = ckks.rotate(y, step, keys as CkksEvaluationKeys);
        return using([rotated], () => ckks.add(y, rotated));
      }),
    discard: (sum) => sum.dispose(),
    release: (sums) => sums.dispose(),
  };
}

/** [giants, components and items] from rotations [components and items] each. */
function innerSums(ring: RingKernels, rotated: readonly RingHandle[], diagonals: RingHandle, giants: number): RingHandle {
  return scoped((keep) => {
    const terms = rotated.length === 1 ? rotated[0] : keep(ring.concat(rotated));
    return ring.innerProducts(terms, diagonals, { terms: rotated.length, outputs: giants });
  });
}
