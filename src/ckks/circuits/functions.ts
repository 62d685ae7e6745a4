/**
 * Approximations that are ready to use: interpolants at Chebyshev nodes, from function values in exact arithmetic, so that their
 * coefficients are the same bits in every engine. The error is the largest on the interval, of the polynomial itself; the noise
 * of encryption comes on top. Outside its interval an approximation means nothing.
 *
 * | function  | interval  | degree | levels | error  |
 * | --------- | --------- | -----: | -----: | -----: |
 * | sigmoid   | [-3, 3]   |      7 |      4 | 4.3e-4 |
 * | sigmoid   | [-4, 4]   |     15 |      5 | 6.2e-6 |
 * | sigmoid   | [-8, 8]   |     31 |      6 | 3.1e-6 |
 * | sigmoid   | [-16, 16] |     63 |      7 | 2.5e-6 |
 * | tanh      | [-1, 1]   |      7 |      3 | 6.0e-5 |
 * | tanh      | [-2, 2]   |     15 |      5 | 1.3e-5 |
 * | tanh      | [-4, 4]   |     31 |      6 | 6.1e-6 |
 * | tanh      | [-8, 8]   |     63 |      7 | 4.9e-6 |
 * | exp       | [-1, 1]   |      7 |      3 | 2.3e-7 |
 * | exp       | [-4, 4]   |     15 |      5 | 1.0e-8 |
 * | exp       | [-8, 0]   |     15 |      5 | 1.9e-10 |
 * | exp       | [-16, 0]  |     15 |      5 | 5.5e-7 |
 * | inverse   | [0.5, 2]  |     15 |      5 | 9.3e-8 |
 * | inverse   | [1, 16]   |     31 |      6 | 1.6e-7 |
 * | inverse   | [1, 64]   |     63 |      7 | 2.1e-7 |
 * | inverse   | [1, 1024] |    255 |      9 | 2.3e-7 |
 * | sqrt      | [0.015625, 1] |  31 |      6 | 2.6e-6 |
 * | log       | [0.25, 4] |     31 |      6 | 1.9e-8 |
 */
import { ParameterError } from "../../errors.js";
import * as exact from "./exact.js";
import { type Interval, Polynomial } from "./polynomial.js";

export type ReadyFunction = "sigmoid" | "tanh" | "exp" | "inverse" | "sqrt" | "log";

/** A row of the table above. */
export interface ReadyApproximation {
  readonly name: ReadyFunction;
  readonly interval: Interval;
  readonly degree: number;
  /** Levels that the evaluation uses. */
  readonly depth: number;
  /** An upper bound of |f(x) - p(x)| on the interval, rounded up to two digits. */
  readonly maxError: number;
}

const row = (name: ReadyFunction, a: number, b: number, degree: number, depth: number, maxError: number): ReadyApproximation =>
  Object.freeze({ name, interval: Object.freeze([a, b] as const), degree, depth, maxError });

/** The table above. */
export const READY_APPROXIMATIONS: readonly ReadyApproximation[] = Object.freeze([
  row("sigmoid", -3, 3, 7, 4, 4.3e-4),
  row("sigmoid", -4, 4, 15, 5, 6.2e-6),
  row("sigmoid", -8, 8, 31, 6, 3.1e-6),
  row("sigmoid", -16, 16, 63, 7, 2.5e-6),
  row("tanh", -1, 1, 7, 3, 6.0e-5),
  row("tanh", -2, 2, 15, 5, 1.3e-5),
  row("tanh", -4, 4, 31, 6, 6.1e-6),
  row("tanh", -8, 8, 63, 7, 4.9e-6),
  row("exp", -1, 1, 7, 3, 2.3e-7),
  row("exp", -4, 4, 15, 5, 1.0e-8),
  row("exp", -8, 0, 15, 5, 1.9e-10),
  row("exp", -16, 0, 15, 5, 5.5e-7),
  row("inverse", 0.5, 2, 15, 5, 9.3e-8),
  row("inverse", 1, 16, 31, 6, 1.6e-7),
  row("inverse", 1, 64, 63, 7, 2.1e-7),
  row("inverse", 1, 1024, 255, 9, 2.3e-7),
  row("sqrt", 1 / 64, 1, 31, 6, 2.6e-6),
  row("log", 1 / 4, 4, 31, 6, 1.9e-8),
]);

const VALUES: Readonly<Record<ReadyFunction, (x: number) => number>> = {
  sigmoid: exact.sigmoid,
  tanh: exact.tanh,
  exp: exact.exp,
  inverse: (x) => 1 / x,
  sqrt: exact.sqrt,
  log: exact.log,
};

function ready(name: ReadyFunction, interval: Interval, degree: number | undefined): Polynomial {
  if (degree !== undefined) return Polynomial.approximate(VALUES[name], interval, degree);
  const rows = READY_APPROXIMATIONS.filter((r) => r.name === name);
  const found = rows.find((r) => r.interval[0] === interval?.[0] && r.interval[1] === interval?.[1]);
  if (!found) {
    throw new ParameterError({
      what: `interval of ${name}`,
      expected: rows.map((r) => `[${r.interval}]`).join(", "),
      got: Array.isArray(interval) ? `[${interval}]` : String(interval),
      remedy: "use one of these, or give a degree too",
    });
  }
  return Polynomial.approximate(VALUES[name], found.interval, found.degree);
}

/**
 * 1 / (1 + e^-x) on [-3, 3], [-4, 4], [-8, 8] or [-16, 16], or on any interval with a degree. Odd but for its constant: half of
 * the terms are 0. Throws ParameterError for an interval that is not in the table where no degree is given.
 */
export function sigmoid(interval: Interval = [-8, 8], degree?: number): Polynomial {
  return ready("sigmoid", interval, degree);
}

/** The hyperbolic tangent on [-1, 1], [-2, 2], [-4, 4] or [-8, 8], or with a degree; errors as {@link sigmoid}. */
export function tanh(interval: Interval = [-4, 4], degree?: number): Polynomial {
  return ready("tanh", interval, degree);
}

/** e^x on [-1, 1], [-4, 4], [-8, 0] or [-16, 0], or with a degree; errors as {@link sigmoid}. */
export function exponential(interval: Interval = [-1, 1], degree?: number): Polynomial {
  return ready("exp", interval, degree);
}

/** 1 / x on [0.5, 2], [1, 16], [1, 64] or [1, 1024], or with a degree; errors as {@link sigmoid}. */
export function inverse(interval: Interval = [1, 16], degree?: number): Polynomial {
  return ready("inverse", interval, degree);
}

/** The square root on [1/64, 1], or with a degree; near 0 no polynomial is close. Errors as {@link sigmoid}. */
export function squareRoot(interval: Interval = [1 / 64, 1], degree?: number): Polynomial {
  return ready("sqrt", interval, degree);
}

/** The natural logarithm on [1/4, 4], or with a degree; errors as {@link sigmoid}. */
export function logarithm(interval: Interval = [1 / 4, 4], degree?: number): Polynomial {
  return ready("log", interval, degree);
}
