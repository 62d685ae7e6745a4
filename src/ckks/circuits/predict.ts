/** What is predicted of the results of circuits, from the predictions of single operations in noise.ts. */
import { fusedEstimate } from "../estimates.js";
import {
  droppedEstimate,
  type Estimate,
  plainProductEstimate,
  rescaledEstimate,
  sumEstimate,
  switchedEstimate,
  undividedEstimate,
} from "../noise.js";
import type { CkksParameters } from "../parameters.js";
import { rangeOf } from "../plaintext.js";
import { runTransform, type TransformPlan } from "./baby-giant.js";
import type { Schedule } from "./schedule.js";

/** Places at which values and derivatives are looked at. */
const POINTS = 257;

const nothing = (rms: number): Estimate => ({ magnitude: rms, rms, deviation: 0 });
const meanSquare = (values: Float64Array): number => values.reduce((sum, v) => sum + v * v, 0) / values.length;

/** Where the input may lie: within its declared magnitude and, as far as that leaves anything, within the interval. */
function gridOf(x: Estimate, interval: readonly [number, number] | undefined): Float64Array {
  let [a, b] = [-x.magnitude, x.magnitude];
  if (interval) {
    [a, b] = [Math.max(a, interval[0]), Math.min(b, interval[1])];
    if (!(a < b)) [a, b] = interval;
  }
  return Float64Array.from({ length: POINTS }, (_, i) => a + ((b - a) * i) / (POINTS - 1));
}

/**
 * The result of a schedule on an input at `level`, to first order: the error of the input times the derivative of the result, and
 * the rounding of every step times the derivative of the result with respect to that step, all in the mean over the input's
 * range.
 */
export function predictSchedule(
  p: CkksParameters,
  schedule: Schedule,
  level: number,
  x: Estimate,
  interval?: readonly [number, number],
): Estimate {
  const { steps, result } = schedule;
  const values: Float64Array[] = [gridOf(x, interval)];
  for (const { products, terms, constant } of steps) {
    const out = new Float64Array(POINTS).fill(constant);
    for (const { left, right, factor } of products)
      for (let g = 0; g < POINTS; g++) out[g] += factor * values[left][g] * values[right][g];
    for (const { value, weight } of terms) for (let g = 0; g < POINTS; g++) out[g] += weight * values[value][g];
    values.push(out);
  }
  // Backwards: slopes[k] is the derivative of the result with respect to value k.
  const slopes = values.map(() => new Float64Array(POINTS));
  slopes[result].fill(1);
  let variance = 0;
  for (let k = steps.length; k > 0; k--) {
    const { depth, products, terms } = steps[k - 1];
    const slope = slopes[k];
    const above = level - depth + 1;
    if (depth > 0) {
      const rounding = products.length > 0 ? fusedEstimate(p, above, nothing(0)) : rescaledEstimate(p, above, nothing(0));
      variance += rounding.deviation ** 2 * meanSquare(slope);
    }
    for (const { value, weight } of terms) for (let g = 0; g < POINTS; g++) slopes[value][g] += weight * slope[g];
    for (const { left, right, factor } of products) {
      for (const [operand, other] of [
        [left, right],
        [right, left],
      ]) {
        const through = slope.map((s, g) => factor * values[other][g] * s);
        for (let g = 0; g < POINTS; g++) slopes[operand][g] += through[g];
        const from = operand === 0 ? level : level - steps[operand - 1].depth;
        const dropped = droppedEstimate(p, from, above, nothing(Math.sqrt(meanSquare(values[operand]))));
        variance += dropped.deviation ** 2 * meanSquare(through);
      }
    }
  }
  variance += x.deviation ** 2 * meanSquare(slopes[0]);
  const magnitude = values[result].reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return { magnitude, rms: Math.sqrt(meanSquare(values[result])), deviation: Math.sqrt(variance) };
}

/** The result of a linear transform of an input at `level`. P is divided out of no rotation of the input alone, and of none of a sum. */
export function predictTransform(p: CkksParameters, plan: TransformPlan, level: number, x: Estimate): Promise<Estimate> {
  const switched = (a: Estimate, at: number, scaleDegree: 1 | 2) => switchedEstimate(p, at, scaleDegree, a);
  return runTransform<Estimate, Estimate, Estimate>(plan, x, {
    rotations: (input, steps) => (steps.some((step) => step !== 0) ? undividedEstimate(p, level, input) : input),
    innerSum: (rotated, giant) =>
      sumEstimate(
        plan.giants[giant].terms.map(({ baby, diagonal: { re, im } }) =>
          plainProductEstimate(p, level, baby === 0 ? x : rotated, rangeOf([im ? { re, im } : re])),
        ),
      ),
    rotateSum: (sum) => switched(sum, level, 2),
    addSums: (a, b) => sumEstimate([a, b]),
    rescale: (sum) => rescaledEstimate(p, level, sum),
    fold: (y) => sumEstimate([y, switched(y, level - 1, 1)]),
  });
}
