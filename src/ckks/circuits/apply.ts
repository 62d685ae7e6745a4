/**
 * Plans of linear transforms on ciphertexts, with both hoistings of Bossuat, Mouchet, Troncoso-Pastoriza, Hubaux (EUROCRYPT 2021,
 * section 4): baby steps share the digits of one decomposition, and P is divided out neither after a baby step nor after a giant
 * step. Products with diagonals, which are encoded modulo Q P, and all sums are made of what key switches leave modulo Q P; only the
 * component that a giant step decomposes has to come back to Q before, and the result, which loses P and the primes of a level at once.
 */
import type { RingHandle, RingKernels, SlotValues } from "../../kernels/interface.js";
import { galoisElement } from "../../math/embedding.js";
import type { BackPressure } from "../back-pressure.js";
import { CkksCiphertext } from "../ciphertext.js";
import { type CkksEvaluationKeys, rotationKey, type SwitchingKey } from "../evaluation-keys.js";
import { normalStep } from "../key-plan.js";
import type { CkksParameters } from "../parameters.js";
import type { Ckks } from "../scheme.js";
import { allOrNone, inScope, type Keep, scoped } from "../scope.js";
import { digitsOf, innerProductsOf } from "../switching.js";
import type { GiantStep, TransformAlgebra, TransformPlan } from "./baby-giant.js";
import { pressureOf, ringOf } from "./ring-of.js";

/** Encoded diagonals in NTT form, at the scale of a level and repeated over all slots, zero where a giant step lacks one. */
export class EncodedDiagonals {
  constructor(
    /** Those of the baby step 0, [giants] over the level's primes. */
    readonly still: RingHandle | undefined,
    /** Those of the other baby steps, [giants, babies] over the level's and the special primes. */
    readonly moving: RingHandle | undefined,
  ) {}

  dispose(): void {
    this.still?.dispose();
    this.moving?.dispose();
  }
}

/** Results of the size of one component that are made on the way through a giant step. */
const GIANT_RESULTS = 10;

const isMoving = (step: number) => step !== 0;

export async function encodeDiagonals(ckks: Ckks, plan: TransformPlan, level: number): Promise<EncodedDiagonals> {
  const { parameters } = ckks;
  const ring = ringOf(ckks);
  const basis = parameters.basis(level);
  const scale = parameters.scale(level);
  const encode = (giants: readonly GiantStep[], babies: readonly number[], primes: readonly number[]) =>
    inScope(async (keep) => {
      const vectors = giants.flatMap((giant) => babies.map((baby) => slotsOf(giant, baby, parameters.slots)));
      return ring.ntt(keep(await ring.encode(vectors, { basis: primes, scale })));
    });
  const babies = plan.babies.filter(isMoving);
  const pressure = pressureOf(ckks);
  return inScope(async (keep) => {
    // One giant step at a time: all diagonals of a large matrix, spread over all slots, would be many times the size of the matrix.
    const parts: RingHandle[] = [];
    for (const giant of babies.length > 0 ? plan.giants : []) {
      const part = keep(await encode([giant], babies, [...basis, ...parameters.specialPrimes]));
      await pressure.recorded(part);
      parts.push(part);
    }
    const still = plan.babies.includes(0) ? await encode(plan.giants, [0], basis) : undefined;
    try {
      return new EncodedDiagonals(still, parts.length > 0 ? ring.concat(parts) : undefined);
    } catch (error) {
      still?.dispose();
      throw error;
    }
  });
}

function slotsOf(giant: GiantStep, baby: number, slots: number): SlotValues {
  const term = giant.terms.find((t) => t.baby === baby);
  if (!term) return [];
  const spread = (part: Float64Array) => Float64Array.from({ length: slots }, (_, i) => part[i % part.length]);
  const { re, im } = term.diagonal;
  return im ? { re: spread(re), im: spread(im) } : spread(re);
}

/** A sum of scale degree 2 before P is divided out: two components [items], over the level's and the special primes where anything moved. */
interface Sum {
  readonly c0: RingHandle;
  readonly c1: RingHandle;
}

/** All inner sums, [giants, 2, items]. */
interface InnerSums {
  readonly handle: RingHandle;
  readonly items: number;
}

const discard = ({ c0, c1 }: Sum): void => {
  c0.dispose();
  c1.dispose();
};

/** Ciphertexts of scale degree 1 as the values of a plan; `diagonals` are those of their level. */
export function ciphertextTransform(
  ckks: Ckks,
  plan: TransformPlan,
  diagonals: EncodedDiagonals,
  keys: CkksEvaluationKeys | undefined,
  { level, keyId }: CkksCiphertext,
): TransformAlgebra<CkksCiphertext, InnerSums, Sum> {
  const { parameters } = ckks;
  const ring = ringOf(ckks);
  const pressure = pressureOf(ckks);
  const special = diagonals.moving ? parameters.specialPrimes.length : 0;
  const element = (step: number) => galoisElement(parameters.degree, normalStep(parameters, step));
  const keyFor = (step: number) => rotationKey(keys as CkksEvaluationKeys, step, level);
  /** Both components or neither. */
  const pair = (make: (component: 0 | 1) => RingHandle): Sum => {
    const [c0, c1] = allOrNone([0, 1] as const, make);
    return { c0, c1 };
  };
  return {
    /** One inner product of all rotations with the diagonals of each giant step. */
    rotations: (input, steps) =>
      inScope(async (keep) => {
        const outputs = plan.giants.length;
        const moving = steps.filter(isMoving);
        const still = diagonals.still && ring.innerProducts(input.handle, diagonals.still, { terms: 1, outputs });
        if (diagonals.moving === undefined) return { handle: still as RingHandle, items: input.batch };
        if (still) keep(still);
        const terms = keep(
          await rotatedTerms(
            ring,
            parameters,
            input,
            moving.map((step) => [keyFor(step), element(step)] as const),
            pressure,
          ),
        );
        const handle = ring.innerProducts(terms, diagonals.moving, { terms: moving.length, outputs }, still);
        return { handle, items: input.batch };
      }),
    innerSum: ({ handle, items }, giant) => pair((c) => ring.slice(handle, (2 * giant + c) * items, items)),
    /** The second component is switched and comes back modulo Q P, where the first one is still. */
    async rotateSum(sum, step) {
      try {
        const key = keyFor(step);
        await pressure.recorded(sum.c0, GIANT_RESULTS);
        return scoped((keep) => {
          const digits = keep(digitsOf(ring, parameters, keep(ring.rescale(sum.c1, special))));
          const items = sum.c0.batch;
          const switched = keep(innerProductsOf(ring, parameters, digits, key));
          const moved = [
            keep(ring.add(keep(ring.slice(switched, 0, items)), sum.c0)),
            keep(ring.slice(switched, items, items)),
          ] as const;
          return pair((c) => ring.automorphism(moved[c], element(step)));
        });
      } finally {
        discard(sum);
      }
    },
    addSums(a, b) {
      try {
        return pair((c) => (c === 0 ? ring.add(a.c0, b.c0) : ring.add(a.c1, b.c1)));
      } finally {
        discard(a);
        discard(b);
      }
    },
    rescale(sum) {
      try {
        const handle = scoped((keep) => ring.rescale(keep(ring.concat([sum.c0, sum.c1])), special + parameters.primesPerLevel));
        return new CkksCiphertext(parameters, handle, { level: level - 1, scaleDegree: 1, keyId });
      } finally {
        discard(sum);
      }
    },
    fold(y, step) {
      let rotated: CkksCiphertext | undefined;
      try {
        rotated = ckks.rotate(y, step, keys as CkksEvaluationKeys);
        return ckks.add(y, rotated);
      } finally {
        rotated?.dispose();
        y.dispose();
      }
    },
    discard,
    release: ({ handle }) => handle.dispose(),
  };
}

/** [moves, 2, items] modulo Q P: P times the rotations of a ciphertext, and the noise of their key switches. */
function rotatedTerms(
  ring: RingKernels,
  parameters: CkksParameters,
  input: CkksCiphertext,
  moves: readonly (readonly [SwitchingKey, number])[],
  pressure: BackPressure,
): Promise<RingHandle> {
  return inScope(async (keep: Keep) => {
    const { batch, handle } = input;
    const digits = keep(digitsOf(ring, parameters, keep(ring.slice(handle, batch, batch))));
    const c0 = keep(ring.slice(handle, 0, batch));
    const terms: RingHandle[] = [];
    for (const [key] of moves) {
      const term = keep(innerProductsOf(ring, parameters, digits, key, c0));
      terms.push(term);
      await pressure.recorded(term);
    }
    return ring.automorphisms(
      terms,
      moves.map(([, element]) => element),
    );
  });
}
