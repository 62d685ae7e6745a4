/**
 * What is predicted of a ciphertext before anything is decrypted: how large its values are and how far they are off. Pure
 * functions of the parameters and of what was declared; nothing here ever sees a key or a value.
 *
 * A coefficient error of variance V gives the real part of a slot the variance N V / 2: a slot sums N coefficients, and its real part has half
 * of the energy. Secrets and the factors of public-key encryption are ternary, of variance 2/3; errors have sigma = 3.2. What is
 * predicted is the average over the slots: a single slot, in which the secret has a fixed value, deviates (docs/architecture.md, "What
 * is predicted, and how surely"). The estimates follow Cheon, Kim, Kim, Song (ASIACRYPT 2017), section 3, with variances in place
 * of bounds, as Costache, Curtis, Hales, Murphy, Ogilvie, Player (ePrint 2022/162) do.
 */
import { ParameterError, show } from "../errors.js";
import { SIGMA } from "../math/gaussian.js";
import type { CkksParameters } from "./parameters.js";

/** What the predictions read of parameters. */
export type NoiseParameters = Pick<
  CkksParameters,
  "degree" | "primesPerLevel" | "specialPrimes" | "digitSize" | "scale" | "levelModulus" | "basis"
>;

/** How large values are, in units of the values. */
export interface Range {
  /** The largest |value|, as declared. */
  readonly magnitude: number;
  /** The typical |value|, root mean square: magnitude / sqrt(3) for uniform values. */
  readonly rms: number;
}

/** What is predicted of the values of a ciphertext, in units of the values. Public: it never depends on data. */
export interface Estimate extends Range {
  /** Standard deviation of the error of the real part of a slot; of the imaginary part too. */
  readonly deviation: number;
}

/** Mean of -log2 |Z| for a standard normal Z: (Euler's constant + ln 2) / (2 ln 2). */
const MEAN_LOG_NORMAL = 0.9163;
/** Variance of a coefficient of a ternary secret. */
const TERNARY = 2 / 3;
/** Variance of the error of rounding to an integer. */
const ROUNDING = 1 / 12;
/** Encoding and decoding lose about a unit in the last place of a float64 in every second butterfly. */
const FLOAT64 = 2 ** -53;

/** Values uniform in [-magnitude, magnitude], for a finite magnitude >= 0. Throws ParameterError for any other. */
export function uniformRange(magnitude: number): Range {
  checkMagnitude(magnitude);
  return { magnitude, rms: magnitude / Math.sqrt(3) };
}

/** Values that may all be as large as the magnitude: predictions from these are for the worst values, as a release needs them. */
export function worstRange(magnitude: number): Range {
  checkMagnitude(magnitude);
  return { magnitude, rms: magnitude };
}

function checkMagnitude(magnitude: number): void {
  if (!(Number.isFinite(magnitude) && magnitude >= 0)) {
    throw new ParameterError({
      what: "magnitude",
      expected: "a finite number, at least 0",
      got: show(magnitude),
      remedy: "declare the largest |value|",
    });
  }
}

/**
 * A fresh encryption at a level of values in a range, or uniform up to a magnitude. A coefficient is off by the encoder's rounding and, under the secret key,
 * by e: sigma^2; under the public key by v e + e0 + e1 s: sigma^2 (1 + 4N/3).
 * Throws LevelError for a level that the parameters lack.
 */
export function freshEstimate(p: NoiseParameters, level: number, key: "secret" | "public", values: number | Range): Estimate {
  const range = typeof values === "number" ? uniformRange(values) : values;
  const encryption = slotDeviation(p, freshVariance(p, key) + ROUNDING, p.scale(level));
  return { ...range, deviation: Math.hypot(encryption, float64Error(p, range)) };
}

/** Variance of a coefficient's error under either key, in units of the encoded integers, without the encoder's rounding. */
export function freshVariance(p: NoiseParameters, key: "secret" | "public"): number {
  return SIGMA ** 2 * (key === "secret" ? 1 : 1 + 2 * p.degree * TERNARY);
}

/**
 * A sum or difference. Magnitudes add; typical values and errors add in squares, as those of independent terms do. Values at their bound
 * (rms = magnitude in all terms) stay at their bound. `related` says that the terms come of the same ciphertexts, whose errors then add as they
 * are; k times one ciphertext is {@link scaledEstimate}.
 */
export function sumEstimate(terms: readonly Estimate[], related = false): Estimate {
  const total = (of: (term: Estimate) => number) => terms.reduce((sum, term) => sum + of(term), 0);
  const worst = terms.every(({ magnitude, rms }) => rms === magnitude);
  return {
    magnitude: total(({ magnitude }) => magnitude),
    rms: worst ? total(({ rms }) => rms) : Math.hypot(...terms.map(({ rms }) => rms)),
    deviation: related ? total(({ deviation }) => deviation) : Math.hypot(...terms.map(({ deviation }) => deviation)),
  };
}

/** A plaintext of values within `plain` (or up to that magnitude) added at the scale in hand, to which it is rounded. */
export function plainSumEstimate(
  p: NoiseParameters,
  level: number,
  scaleDegree: 1 | 2,
  a: Estimate,
  plain: number | Range,
): Estimate {
  return sumEstimate([a, encodedEstimate(p, p.scale(level) ** scaleDegree, plain)]);
}

/** A product with a real constant, |constant| <= bound, rounded to the scale of the level; not rescaled. */
export function scaledEstimate(p: NoiseParameters, level: number, a: Estimate, bound: number): Estimate {
  const { magnitude } = uniformRange(Math.abs(bound));
  const rounding = (a.rms * Math.sqrt(ROUNDING)) / p.scale(level);
  return {
    magnitude: a.magnitude * magnitude,
    rms: a.rms * magnitude,
    deviation: Math.hypot(a.deviation * magnitude, rounding),
  };
}

/** A product with a plaintext of values within `plain` (or up to that magnitude), encoded at the scale of the level; not rescaled. */
export function plainProductEstimate(p: NoiseParameters, level: number, a: Estimate, plain: number | Range): Estimate {
  return productOf(a, encodedEstimate(p, p.scale(level), plain), false);
}

/**
 * A product of two ciphertexts before relinearisation, which {@link switchedEstimate} adds, and before rescaling: a e_b + b e_a + e_a e_b.
 * `related` says that the operands are the same ciphertext or come of one: their errors then add and do not only add in squares.
 */
export function productEstimate(p: NoiseParameters, level: number, a: Estimate, b: Estimate, related = a === b): Estimate {
  p.scale(level);
  return productOf(a, b, related);
}

/**
 * A product rescaled from `levelBefore` to the level below. The division rounds to nearest, however many primes a level has:
 * a variance of 1/12 (1 + 2N/3) in a coefficient.
 */
export function rescaledEstimate(p: NoiseParameters, levelBefore: number, a: Estimate): Estimate {
  return plus(a, slotDeviation(p, divisionVariance(p), p.scale(levelBefore - 1)));
}

/**
 * Values taken from one level down to another: a product with the integer that makes the scale right, and a rescaling. Equal levels change
 * nothing.
 */
export function droppedEstimate(p: NoiseParameters, from: number, to: number, a: Estimate): Estimate {
  const scale = p.scale(to);
  if (to >= from) return a;
  const factor = (scale * p.levelModulus(to + 1)) / p.scale(from);
  const constant = (a.rms * Math.sqrt(ROUNDING)) / factor;
  return plus(a, Math.hypot(slotDeviation(p, divisionVariance(p), scale), constant));
}

/** A key switch (relinearisation, rotation or conjugation) at a level, added to what is switched, at the scale in hand. */
export function switchedEstimate(p: NoiseParameters, level: number, scaleDegree: 1 | 2, a: Estimate): Estimate {
  const variance = keySwitchVariance(p, level) + divisionVariance(p);
  return plus(a, slotDeviation(p, variance, p.scale(level) ** scaleDegree));
}

/** A key switch out of which P is not divided yet, so that nothing is rounded, as {@link switchedEstimate} at scale degree 1. */
export function undividedEstimate(p: NoiseParameters, level: number, a: Estimate): Estimate {
  return plus(a, slotDeviation(p, keySwitchVariance(p, level), p.scale(level)));
}

/**
 * Variance that the errors of the key leave in a coefficient once P is divided out, in units of the encoded integers: with digits
 * of alpha primes and product D, converted centred and uncorrected, N alpha D^2 / (12 P^2) sigma^2 for each digit
 * (Han, Ki, CT-RSA 2020, section 3). Infinite where there is no special modulus.
 */
export function keySwitchVariance(p: NoiseParameters, level: number): number {
  const basis = p.basis(level);
  const special = p.specialPrimes.reduce((all, q) => all * q, 1);
  if (p.specialPrimes.length === 0) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let first = 0; first < basis.length; first += p.digitSize) {
    const digit = basis.slice(first, first + p.digitSize);
    sum += digit.length * (digit.reduce((all, q) => all * q, 1) / special) ** 2;
  }
  return sum * ROUNDING * p.degree * SIGMA ** 2;
}

/** Variance of a coefficient's error after a division, which rounds to nearest: the roundings of c0, and those of c1 times s. */
export function divisionVariance({ degree }: Pick<NoiseParameters, "degree">): number {
  return ROUNDING * (1 + degree * TERNARY);
}

/** The predicted mean of -log2 |error| over the real parts of the slots, in bits. */
export function precisionBits(e: Estimate): number {
  return MEAN_LOG_NORMAL - Math.log2(e.deviation);
}

/** A plaintext of its own: the encoder's rounding at a scale. */
function encodedEstimate(p: NoiseParameters, scale: number, plain: number | Range): Estimate {
  const range = typeof plain === "number" ? uniformRange(plain) : plain;
  return { ...range, deviation: Math.hypot(slotDeviation(p, ROUNDING, scale), float64Error(p, range)) };
}

function productOf(a: Estimate, b: Estimate, related: boolean): Estimate {
  const [x, y] = [a.rms * b.deviation, b.rms * a.deviation];
  // The product of two complex errors has two terms in its real part.
  const second = Math.SQRT2 * a.deviation * b.deviation;
  return {
    magnitude: a.magnitude * b.magnitude,
    rms: a.rms * b.rms,
    deviation: Math.hypot(related ? x + y : Math.hypot(x, y), second),
  };
}

const plus = (a: Estimate, deviation: number): Estimate => ({ ...a, deviation: Math.hypot(a.deviation, deviation) });

/** From the variance of a coefficient, in encoded integers, to the deviation of the real part of a slot, in values. */
function slotDeviation(p: NoiseParameters, variance: number, scale: number): number {
  return Math.sqrt((p.degree / 2) * variance) / scale;
}

function float64Error(p: NoiseParameters, { rms }: Range): number {
  return FLOAT64 * rms * Math.sqrt(Math.log2(p.degree));
}
