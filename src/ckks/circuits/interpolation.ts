/**
 * Chebyshev interpolation of a function on an interval. All float64 operations come in one fixed order, and cosines are exact
 * to the last bit, so that one function gives the same coefficients in every engine, provided it does so itself.
 */
import { ParameterError, show } from "../../errors.js";
import { cosines } from "./cosines.js";

/** Coefficients below this share of the largest function value are rounding errors, and become 0: an odd function stays odd. */
const DUST = 2 ** -50;

/**
 * The coefficients c_0 .. c_degree of the interpolant in T_0 .. T_degree on [a, b], at the degree + 1 zeros of T_(degree+1).
 * The constant is whole: where OpenFHE's list begins with c, and means c / 2, ours begins with c / 2.
 * Throws ParameterError where the function has no finite value at a node.
 */
export function interpolate(f: (x: number) => number, a: number, b: number, degree: number): number[] {
  const n = degree + 1;
  const cos = cosines(n);
  const values = Float64Array.from({ length: n }, (_, k) => finiteValue(f, pointAt(a, b, cos(2 * k + 1))));
  const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += values[k] * cos(i * (2 * k + 1));
    const c = ((i === 0 ? 1 : 2) * sum) / n;
    return Math.abs(c) <= DUST * largest ? 0 : c;
  });
}

/** The largest |f(x) - p(x)| seen on [a, b], at `points` + 1 places as dense towards the ends as errors of interpolation are. */
export function measuredError(f: (x: number) => number, p: (x: number) => number, a: number, b: number, points: number): number {
  let worst = 0;
  for (let k = 0; k <= points; k++) {
    // Of no consequence for any coefficient, so the engine's own cosine will do.
    const x = pointAt(a, b, Math.cos((Math.PI * k) / points));
    worst = Math.max(worst, Math.abs(finiteValue(f, x) - p(x)));
  }
  return worst;
}

/** From [-1, 1] to [a, b], never beyond its ends. */
function pointAt(a: number, b: number, y: number): number {
  return Math.min(b, Math.max(a, a + ((b - a) / 2) * (1 + y)));
}

function finiteValue(f: (x: number) => number, x: number): number {
  const value = f(x);
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new ParameterError({
      what: `function at ${x}`,
      expected: "a finite number",
      got: show(value),
      remedy: "choose an interval on which the function is defined",
    });
  }
  return value;
}
