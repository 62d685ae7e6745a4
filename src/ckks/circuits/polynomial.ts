/** Polynomials that are evaluated on ciphertexts. */
import { ParameterError, show } from "../../errors.js";
import type { CkksCiphertext } from "../ciphertext.js";
import type { CkksEvaluationKeys } from "../evaluation-keys.js";
import { type KeyPlan, keysFor } from "../key-plan.js";
import type { CkksParameters } from "../parameters.js";
import type { Ckks } from "../scheme.js";
import { type PolynomialBasis, powersOfChebyshev, trimmed, valueAt } from "./basis.js";
import { evaluateSchedule, relinearisationLevel } from "./evaluate.js";
import { interpolate, measuredError } from "./interpolation.js";
import { type AffineChange, planPolynomial } from "./paterson-stockmeyer.js";
import { costOf, depthOf, type Schedule, type ScheduleCost } from "./schedule.js";

/** A closed interval [a, b], a < b. */
export type Interval = readonly [number, number];

/** The highest degree that is planned. */
const MAX_DEGREE = 1023;

/** What a polynomial was made from, for {@link Polynomial.maxError}. */
interface Source {
  readonly f: (x: number) => number;
}

/**
 * A real polynomial, with the plan of its evaluation: Paterson and Stockmeyer's, at the least depth, in the basis it is written
 * in. Powers suit small degrees; Chebyshev polynomials any: their values stay in [-1, 1], and coefficients stay small.
 */
export class Polynomial {
  readonly basis: PolynomialBasis;
  /** Of 1, x, x^2, .. or of T_0, T_1(y), T_2(y), ..; the last is not 0, unless it is the only one. */
  readonly coefficients: readonly number[];
  /** Where it is meant to be evaluated; in the Chebyshev basis y = (2 x - a - b) / (b - a) then lies in [-1, 1]. */
  readonly interval: Interval | undefined;
  /** The function that this approximates. */
  readonly #source: Source | undefined;
  #schedule: Schedule | undefined;
  #maxError: number | undefined;

  private constructor(basis: PolynomialBasis, coefficients: readonly number[], interval?: Interval, source?: Source) {
    this.basis = basis;
    this.coefficients = Object.freeze(trimmed(checkCoefficients(coefficients)));
    this.interval = interval && Object.freeze([checkInterval(interval)[0], interval[1]] as const);
    this.#source = source;
  }

  /** coefficients[i] x^i, of degree at most 1023; sensible up to about degree 15 and |x| not far above 1. */
  static monomial(coefficients: readonly number[]): Polynomial {
    return new Polynomial("power", coefficients);
  }

  /**
   * coefficients[i] T_i(y), where x in [a, b] is brought to y in [-1, 1]. The constant counts whole: OpenFHE writes twice
   * the constant, so halve the first entry of its lists.
   */
  static chebyshev(coefficients: readonly number[], interval: Interval = [-1, 1]): Polynomial {
    return new Polynomial("chebyshev", coefficients, interval);
  }

  /**
   * The interpolant of f on [a, b] at the zeros of T_(degree+1). {@link maxError} says how far from f it is. For the same
   * coefficients in every engine f must not call Math.exp, sin, cos, log or pow; the functions that come with this package do
   * not. Throws ParameterError where f has no finite value.
   */
  static approximate(f: (x: number) => number, interval: Interval, degree: number): Polynomial {
    if (typeof f !== "function") {
      throw refused("function", "a function of one number", show(f), "pass for example (x) => 1 / x");
    }
    const [a, b] = checkInterval(interval);
    if (!Number.isInteger(degree) || degree < 0 || degree > MAX_DEGREE) {
      throw refused(
        "degree",
        `an integer from 0 to ${MAX_DEGREE}`,
        show(degree),
        "split the interval, or ask for less precision",
      );
    }
    return new Polynomial("chebyshev", interpolate(f, a, b, degree), interval, { f });
  }

  get degree(): number {
    return this.coefficients.length - 1;
  }

  /** Levels that the evaluation uses: ceil(log2(degree + 1)), and 1 more for an interval other than [-1, 1] from degree 2 on. */
  get depth(): number {
    return depthOf(this.schedule, this.schedule.result);
  }

  /** Products, relinearisations and rescalings of one evaluation. */
  get cost(): ScheduleCost {
    return costOf(this.schedule);
  }

  /** The steps of the evaluation. */
  get schedule(): Schedule {
    if (this.#schedule) return this.#schedule;
    this.#schedule = planPolynomial(this.basis, this.coefficients, this.#change());
    return this.#schedule;
  }

  /**
   * The largest difference to the approximated function, measured on a grid dense enough to see it; undefined for any other
   * polynomial.
   */
  get maxError(): number | undefined {
    if (this.#source && this.interval && this.#maxError === undefined) {
      const [a, b] = this.interval;
      this.#maxError = measuredError(this.#source.f, (x) => this.valueAt(x), a, b, 16 * this.coefficients.length + 512);
    }
    return this.#maxError;
  }

  /** The value at x, in plain float64. */
  valueAt(x: number): number {
    if (this.basis === "power" || !this.interval) return valueAt(this.basis, this.coefficients, x);
    const [a, b] = this.interval;
    return valueAt(this.basis, this.coefficients, (2 * x - a - b) / (b - a));
  }

  /**
   * The same polynomial in powers of x. It saves the level of the change of interval, and is worth it up to degree 7 or so:
   * coefficients, and so errors, grow with the degree.
   */
  toMonomial(): Polynomial {
    if (this.basis === "power") return this;
    const { slope, offset } = this.#change() ?? { slope: 1, offset: 0 };
    return new Polynomial("power", powersOfChebyshev(this.coefficients, slope, offset), this.interval, this.#source);
  }

  /**
   * The keys of an evaluation on ciphertexts of a level, the top one unless said otherwise: a relinearisation key for the highest
   * product, or none where there is no product. Throws ParameterError for parameters without a special modulus.
   */
  keyPlan(parameters: CkksParameters, level: number = parameters.levels): KeyPlan {
    const needed = relinearisationLevel(this.schedule, level);
    return keysFor(parameters, needed === undefined ? { level } : { relinearise: true, level: Math.max(0, needed) });
  }

  /**
   * The values of the polynomial in every slot of a batch of ciphertexts, {@link depth} levels below: slots must lie in the
   * interval, where there is one. A product is rescaled first. Keys may be left out where the degree is at most 1. Throws
   * LevelError where levels are missing, and KeyMismatchError where the relinearisation key is, before anything is computed.
   */
  evaluate(ckks: Ckks, ciphertext: CkksCiphertext, keys?: CkksEvaluationKeys): Promise<CkksCiphertext> {
    return evaluateSchedule(ckks, ciphertext, this.schedule, keys, `polynomial of degree ${this.degree}`, this.interval);
  }

  /** From x to y; undefined where there is nothing to change. */
  #change(): AffineChange | undefined {
    if (this.basis === "power" || !this.interval) return undefined;
    const [a, b] = this.interval;
    return a === -1 && b === 1 ? undefined : { slope: 2 / (b - a), offset: -(a + b) / (b - a) };
  }
}

function refused(what: string, expected: string, got: string, remedy: string): ParameterError {
  return new ParameterError({ what, expected, got, remedy });
}

function checkCoefficients(coefficients: readonly number[]): readonly number[] {
  if (!Array.isArray(coefficients) || coefficients.length === 0 || coefficients.length > MAX_DEGREE + 1) {
    const remedy = "list the coefficients, the constant first";
    throw refused("coefficients", `an array of 1 to ${MAX_DEGREE + 1} numbers`, show(coefficients), remedy);
  }
  for (let i = 0; i < coefficients.length; i++) {
    const c = coefficients[i];
    if (typeof c === "number" && Number.isFinite(c)) continue;
    throw refused(`coefficient ${i}`, "a finite number", show(c), "remove NaN and infinite values");
  }
  return coefficients;
}

function checkInterval(interval: Interval): Interval {
  const fits =
    Array.isArray(interval) &&
    interval.length === 2 &&
    interval.every((x) => typeof x === "number" && Number.isFinite(x)) &&
    interval[0] < interval[1];
  if (!fits) throw refused("interval", "[a, b] with finite a < b", show(interval), "name the smallest and the largest x");
  return interval;
}
