/**
 * On which terms a decryption may be shown to others: how much noise has to flood it, and what is left to be released. Pure functions of the
 * parameters and of a trusted plan.
 *
 * The argument. Let e be the error of the integer coefficients, |e| its Euclidean norm, and X independent discrete Gaussians of deviation
 * sigma. The Kullback-Leibler divergence of e + X from X is exactly |e|^2 / (2 sigma^2), for X is symmetric and e is a vector of integers. With
 * |e| <= t, one release tells at most rho = t^2 / (2 sigma^2) more than the exact result, and tau releases at most tau rho, however
 * they were asked for one after the other. sigma = sqrt(12 tau) 2^(s/2) t makes that 2^-s / 24: the Gaussian mechanism of Li, Micciancio, Schultz,
 * Sorrell (CRYPTO 2022), sections 3 and 4, which is s bits of statistical security in their sense. By Pinsker's inequality no observer tells all tau
 * releases from exact results plus noise with an advantage above 2^(-s/2) / sqrt(48), at any cost of computation.
 */
import { ParameterError, SecurityError, show } from "../errors.js";
import { SIGMA } from "../math/gaussian.js";
import { product } from "../math/rns.js";
import type { Estimate } from "./noise.js";
import type { CkksParameters } from "./parameters.js";

/**
 * What the key owner knows of a result before it arrives: the circuit that was agreed on, and nothing that the ciphertext says of itself.
 */
export interface ReleasePlan {
  /**
   * The prediction for the agreed circuit by the functions of noise.ts, begun with `worstRange` so that no choice of values is worse, and
   * with `related` wherever terms or factors come of the same ciphertexts.
   */
  readonly estimate: Estimate;
  /** The level of the result. */
  readonly level: number;
  /** The scale degree of the result; 1 unless said otherwise. */
  readonly scaleDegree?: 1 | 2;
  /** Statistical security s, from 20 to 80 bits; 30 unless said otherwise, as in OpenFHE. It costs s/2 bits of the scale. */
  readonly statisticalBits?: number;
  /** tau: ciphertexts that will be released under this key in all, from 1 to 2^20; 1 unless said otherwise. It costs log2(tau)/2 bits. */
  readonly releases?: number;
  /** The least precision that is of use, as bits after the point; three bits below the magnitude unless said otherwise. */
  readonly precisionBits?: number;
}

/** What follows from a plan. */
export interface ReleaseTerms {
  readonly level: number;
  readonly scaleDegree: 1 | 2;
  readonly statisticalBits: number;
  readonly releases: number;
  /** The flooding noise is the sum of these multiples of Gaussians of deviation 3.2. */
  readonly weights: readonly bigint[];
  /** Its standard deviation, in units of the encoded integers. */
  readonly sigma: number;
  /** Standard deviation of the real part of a slot that is released, before it is rounded, in units of the values. */
  readonly deviation: number;
  /** Released values are multiples of this power of two, in units of the values: the smallest one that is not below the deviation. */
  readonly step: number;
  /** What any observer gains at most from all releases: a bound on the statistical distance from exact results with noise. */
  readonly advantage: number;
}

/**
 * The norm of an error stays below twice its root mean square: it sums N/2 squares of slots, each a product of two exponential variables (docs/architecture.md), and passes
 * four times its mean with a probability below 2^-100 from N = 1024 on.
 */
const NORM_TAIL = 2;
/** What a coefficient of the flooding noise does not pass: 16 deviations, once in 2^185. */
const COEFFICIENT_TAIL = 16;
/** Statistical distance of one term of the sampler in one coefficient, see {@link floodingWeights}. */
const SAMPLER_ERROR = 2 ** -54;

/**
 * Checks a plan. Throws ParameterError for a plan that makes no sense, or where scale or modulus leave no room for the noise, SecurityError for
 * an estimate that was not made for the worst values.
 */
export function releaseTerms(p: CkksParameters, plan: ReleasePlan): ReleaseTerms {
  const { estimate, level, scaleDegree, statisticalBits, releases, precisionBits } = checkPlan(plan);
  const scale = p.scale(level) ** scaleDegree;
  // Parseval: the norm of the coefficients is sqrt(2) x the deviation of a slot's real part; and exact results are rounded to integers.
  const norm = NORM_TAIL * Math.SQRT2 * estimate.deviation * scale + Math.sqrt(p.degree) / 2;
  const wanted = Math.sqrt(12 * releases) * powerOfSqrt2(statisticalBits) * norm;
  checkModulus(p, level, estimate.magnitude * scale + norm + COEFFICIENT_TAIL * wanted);
  const weights = floodingWeights(wanted);
  const sigma = SIGMA * Math.hypot(...weights.map(Number));
  const deviation = Math.hypot(estimate.deviation, (Math.sqrt(p.degree / 2) * sigma) / scale);
  const step = powerOfTwoFrom(deviation);
  const least = precisionBits === undefined ? estimate.magnitude / 8 : 2 ** -precisionBits;
  const lost = `steps of ${step.toPrecision(2)} after ${statisticalBits} bits of flooding`;
  const remedy = "use a larger scale (composite levels), a shallower circuit, fewer releases or fewer statistical bits";
  if (!(step <= least)) throw refusal("released precision", `steps of at most ${least.toPrecision(2)}`, lost, remedy);
  const sampler = releases * p.degree * weights.length * SAMPLER_ERROR;
  const mechanism = 1 / (powerOfSqrt2(statisticalBits) * Math.sqrt(48));
  if (sampler > mechanism)
    throw refusal("statisticalBits", "less than the sampler's own accuracy", `${statisticalBits}`, "ask for less");
  const advantage = mechanism + sampler;
  return { level, scaleDegree, statisticalBits, releases, weights, sigma, deviation, step, advantage };
}

/** Throws ParameterError unless coefficients up to `largest`, noise included, have a place in the modulus, with a bit to spare. */
function checkModulus(p: CkksParameters, level: number, largest: number): void {
  if (4 * largest < Number(product(p.basis(level)))) return;
  const expected = "room for values and flooding noise";
  const got = `coefficients of up to ${largest.toPrecision(2)}`;
  throw refusal("modulus of the released level", expected, got, "add a base prime, or release at a higher level");
}

/**
 * Weights w_i with which the sum of w_i g_i, for discrete Gaussians g_i of deviation 3.2, is a discrete Gaussian of at least the wanted deviation, by less
 * than a factor of 2: 1, 2, 4, ..., and a last one that is no larger than the next power of two. Each term added to a sum of deviation a is an application of
 * Peikert's convolution theorem (CRYPTO 2010, theorem 3.1; Micciancio, Walter, CRYPTO 2017, section 4): with weight w it asks that
 * a b / sqrt(a^2 + b^2), b = 3.2 w, is at least w times the smoothing parameter of the integers, as a deviation. It is 1.43 w or more, which is the
 * parameter for epsilon = 2^-57; a term then costs a statistical distance below 8 epsilon = 2^-54, with that of the table (2^-87) in it.
 */
export function floodingWeights(wanted: number): bigint[] {
  const weights: bigint[] = [1n];
  for (let power = 2, sigma = SIGMA; sigma < wanted; power *= 2) {
    const rest = Math.sqrt(wanted ** 2 - sigma ** 2);
    const isLast = rest <= SIGMA * power;
    weights.push(BigInt(isLast ? Math.ceil(rest / SIGMA) : power));
    if (isLast) break;
    sigma = Math.hypot(sigma, SIGMA * power);
  }
  return weights;
}

function checkPlan(plan: ReleasePlan): Required<Omit<ReleasePlan, "precisionBits">> & Pick<ReleasePlan, "precisionBits"> {
  if (typeof plan !== "object" || plan === null || typeof plan.estimate !== "object" || plan.estimate === null) {
    throw refusal("release plan", "{ estimate, level, ... }", show(plan), "plan the release from the circuit that was agreed on");
  }
  const { estimate, level, scaleDegree = 1, statisticalBits = 30, releases = 1, precisionBits } = plan;
  const { magnitude, rms, deviation } = estimate;
  if (![magnitude, rms, deviation].every((x) => Number.isFinite(x) && x > 0)) {
    throw refusal(
      "estimate of the release plan",
      "positive finite numbers",
      show(deviation),
      "make it with the functions of noise.ts",
    );
  }
  if (rms < magnitude) {
    throw new SecurityError({
      what: "estimate of the release plan",
      expected: "one for the worst values, with rms = magnitude",
      got: `rms ${rms.toPrecision(3)}, magnitude ${magnitude.toPrecision(3)}`,
      remedy: "begin it with worstRange: typical noise does not protect against chosen values",
    });
  }
  if (scaleDegree !== 1 && scaleDegree !== 2) throw refusal("scaleDegree", "1 or 2", show(scaleDegree), "leave it out for 1");
  if (!Number.isInteger(statisticalBits) || statisticalBits < 20 || statisticalBits > 80) {
    throw refusal("statisticalBits", "an integer from 20 to 80", show(statisticalBits), "leave it out for 30");
  }
  if (!Number.isInteger(releases) || releases < 1 || releases > 2 ** 20) {
    throw refusal("releases", "an integer from 1 to 2^20", show(releases), "count the ciphertexts that this key will release");
  }
  if (precisionBits !== undefined && !(Number.isFinite(precisionBits) && Math.abs(precisionBits) <= 100)) {
    throw refusal("precisionBits", "a number of at most 100 in magnitude", show(precisionBits), "leave it out");
  }
  return { estimate, level, scaleDegree, statisticalBits, releases, precisionBits };
}

const powerOfSqrt2 = (bits: number): number => Math.sqrt(2 ** bits);

/** The smallest power of two that is not below x > 0, by exact doubling. */
function powerOfTwoFrom(x: number): number {
  let step = 1;
  while (step < x) step *= 2;
  while (step / 2 >= x) step /= 2;
  return step;
}

function refusal(what: string, expected: string, got: string, remedy: string): ParameterError {
  return new ParameterError({ what, expected, got, remedy });
}
