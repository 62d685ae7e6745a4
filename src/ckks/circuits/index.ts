/**
 * Circuits of CKKS: polynomials and matrices on encrypted vectors.
 *
 * A circuit is planned on plain data, once, before any ciphertext is there: {@link Polynomial} and {@link LinearTransform} say
 * which levels and keys they need, and what they cost. The planners run on plain numbers as well, which is how they are tested.
 */

export type { TransformCost } from "./baby-giant.js";
export type { Matrix, MatrixRows } from "./diagonals.js";
export {
  exponential,
  inverse,
  logarithm,
  READY_APPROXIMATIONS,
  type ReadyApproximation,
  type ReadyFunction,
  sigmoid,
  squareRoot,
  tanh,
} from "./functions.js";
export { LinearTransform, type LinearTransformOptions } from "./linear-transform.js";
export { type Interval, Polynomial } from "./polynomial.js";
export type { ScheduleCost } from "./schedule.js";
