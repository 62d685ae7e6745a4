/**
 * Baby steps and giant steps (Halevi and Shoup: Faster homomorphic linear transformations in HElib, CRYPTO 2018): with
 * k = giant + baby, the sum over k of d_k * rotate(x, k) is the sum over giants of rotate(inner, giant), where inner is the sum
 * over babies of rotate(d_k, -giant) * rotate(x, baby). The baby steps are rotations of one ciphertext: they share one
 * decomposition. Where anything moves, a baby step does.
 */
import { ParameterError } from "../../errors.js";
import type { Diagonal, DiagonalForm } from "./diagonals.js";

/** What a rotation costs: one of many of a ciphertext whose digits are there, the digits, and a rotation alone (docs/experiments.md). */
const COST = { hoisted: 1, digits: 2, rotation: 4, key: 0.01 };

/** One giant step: the diagonals that are summed up before it, already rotated back. */
export interface GiantStep {
  /** Rotation of the inner sum; 0 for none. */
  readonly step: number;
  readonly terms: readonly { readonly baby: number; readonly diagonal: Diagonal }[];
}

export interface TransformPlan {
  /** Rotations of the input, in ascending order; 0 for the input itself. */
  readonly babies: readonly number[];
  readonly giants: readonly GiantStep[];
  readonly folds: readonly number[];
}

/** What a plan costs on ciphertexts. */
export interface TransformCost {
  /** Products with encoded diagonals. */
  readonly products: number;
  /** Rotations of the input, which share one decomposition. */
  readonly hoistedRotations: number;
  /** Rotations of inner sums and of the output. */
  readonly rotations: number;
  /** Rotation keys. */
  readonly keys: number;
}

/** How the steps k are cut for a width n1: baby = k mod n1. */
function cut(steps: readonly number[], width: number): { babies: number[]; giants: number[] } {
  const ascending = (set: Set<number>) => [...set].sort((a, b) => a - b);
  return {
    babies: ascending(new Set(steps.map((k) => k % width))),
    giants: ascending(new Set(steps.map((k) => k - (k % width)))),
  };
}

const moving = (steps: readonly number[]) => steps.filter((step) => step !== 0);

/** The cheapest plan with at most `maxKeys` rotation keys. Throws ParameterError where there is none. */
export function planTransform(form: DiagonalForm, maxKeys = Number.POSITIVE_INFINITY): TransformPlan {
  const steps = [...form.diagonals.keys()].sort((a, b) => a - b);
  let best: { babies: number[]; giants: number[]; width: number; cost: number } | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const width of widths(steps)) {
    const { babies, giants } = cut(steps, width);
    const [b, g] = [moving(babies), moving(giants)];
    const keys = new Set([...b, ...g, ...form.folds]).size;
    fewest = Math.min(fewest, keys);
    // One giant step for all has no more keys, and shares the digits.
    if (keys > maxKeys || (b.length === 0 && g.length > 0)) continue;
    const hoisting = b.length > 0 ? COST.digits + b.length * COST.hoisted : 0;
    const cost = hoisting + g.length * COST.rotation + keys * COST.key;
    if (!best || cost < best.cost) best = { babies, giants, width, cost };
  }
  if (!best) {
    throw new ParameterError({
      what: "maxKeys",
      expected: `at least ${fewest}`,
      got: String(maxKeys),
      remedy: "allow more rotation keys",
    });
  }
  const { babies, width } = best;
  const giants = best.giants.map((step) => ({
    step,
    terms: steps
      .filter((k) => k - (k % width) === step)
      .map((k) => ({ baby: k - step, diagonal: rotatedBack(form.diagonals.get(k)!, step) })),
  }));
  return { babies, giants, folds: form.folds };
}

/** Widths worth trying: all up to where babies outnumber giants by far, and one giant step for all. */
function widths(steps: readonly number[]): Set<number> {
  const last = (steps.at(-1) ?? 0) + 1;
  const far = Math.ceil(4 * Math.sqrt(last)) + 4;
  return new Set([...Array.from({ length: Math.min(far, last) }, (_, i) => i + 1), last]);
}

/** d_(i - step): what is multiplied before a rotation by `step`, so that it stands right after it. */
function rotatedBack(diagonal: Diagonal, step: number): Diagonal {
  const back = (values: Float64Array) =>
    values.map((_, i) => values[(((i - step) % values.length) + values.length) % values.length]);
  return diagonal.im ? { re: back(diagonal.re), im: back(diagonal.im) } : { re: back(diagonal.re) };
}

/** Every rotation that the plan makes, once, in ascending order: the keys it needs, and no others. */
export function rotationsOf(plan: TransformPlan): number[] {
  const all = [...plan.babies, ...plan.giants.map(({ step }) => step), ...plan.folds];
  return [...new Set(moving(all))].sort((a, b) => a - b);
}

export function transformCost(plan: TransformPlan): TransformCost {
  return {
    products: plan.giants.reduce((sum, { terms }) => sum + terms.length, 0),
    hoistedRotations: moving(plan.babies).length,
    rotations: moving(plan.giants.map(({ step }) => step)).length + plan.folds.length,
    keys: rotationsOf(plan).length,
  };
}

/**
 * What a plan runs on: V are values, R are rotations of one value, S sums of products before the rescaling. What is handed over
 * is the algebra's to dispose of, the input excepted.
 */
export interface TransformAlgebra<V, R, S> {
  /** The input rotated by each step, all from one decomposition; a step of 0 is the input itself. */
  rotations(input: V, steps: readonly number[]): R | Promise<R>;
  /** The sum of the diagonals of a giant step times the rotations that they name. */
  innerSum(rotated: R, giant: number): S | Promise<S>;
  rotateSum(sum: S, step: number): S | Promise<S>;
  addSums(a: S, b: S): S;
  rescale(sum: S): V;
  /** y + rotate(y, step). */
  fold(y: V, step: number): V | Promise<V>;
  /** Called with a sum that is needed no more, since a later one could not be made. */
  discard?(sum: S): void;
  /** Called when the last inner sum is made, or could not be. */
  release?(rotated: R): void;
}

/** Runs a plan on an input. All giant steps are added up before the one rescaling. */
export async function runTransform<V, R, S>(plan: TransformPlan, input: V, algebra: TransformAlgebra<V, R, S>): Promise<V> {
  const rotated = await algebra.rotations(input, plan.babies);
  let sum: S | undefined;
  try {
    for (const [i, { step }] of plan.giants.entries()) {
      const inner = await algebra.innerSum(rotated, i);
      const moved = step === 0 ? inner : await algebra.rotateSum(inner, step);
      const before = sum;
      sum = undefined;
      sum = before === undefined ? moved : algebra.addSums(before, moved);
    }
  } catch (error) {
    if (sum !== undefined) algebra.discard?.(sum);
    throw error;
  } finally {
    algebra.release?.(rotated);
  }
  let y = algebra.rescale(sum!);
  for (const step of plan.folds) y = await algebra.fold(y, step);
  return y;
}
