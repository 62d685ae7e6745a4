/**
 * Fixed-point encoding: real coefficients to integers at a scale, integers to RNS residues, and back.
 * Rounding is to the nearest integer, ties away from zero (as in SEAL). Nothing here depends on the engine.
 */
import { EncodingError, ParameterError, show } from "../errors.js";
import type { Embedding } from "./embedding.js";
import { divideToFloat64 } from "./float64.js";
import { invMod } from "./modular.js";
import { product } from "./rns.js";

/** Integers in typed memory; those of a Float64Array may have any size. */
export type Integers = Float64Array | Int32Array | Int8Array;

/** Rounds every entry in place to the nearest integer, ties away from zero. From 2^52 on, float64 are integers already. */
export function roundInPlace(coefficients: Float64Array): void {
  for (let i = 0; i < coefficients.length; i++) {
    const x = coefficients[i];
    const whole = Math.trunc(x);
    coefficients[i] = whole + Math.trunc(2 * (x - whole));
  }
}

/** Refuses a scale that is not a positive finite number. */
export function checkScale(scale: number): void {
  if (typeof scale !== "number" || !(scale > 0) || !Number.isFinite(scale)) {
    throw new ParameterError({
      what: "scale",
      expected: "a positive finite number",
      got: show(scale),
      remedy: "use the scale of a level",
    });
  }
}

/**
 * The integer coefficients [N] of slots at a scale: round(scale * embedding^-1(re + i im)), as float64, exact at any size.
 * Writes into `out` where given. Throws EncodingError for too many values, NaN or infinity.
 */
export function encodeToIntegers(
  embedding: Embedding,
  re: ArrayLike<number>,
  im: ArrayLike<number> | null,
  scale: number,
  out?: Float64Array,
): Float64Array {
  checkScale(scale);
  const coefficients = embedding.encode(re, im, scale, out);
  roundInPlace(coefficients);
  return coefficients;
}

/** The largest |value| that every vector may hold at this scale: coefficients must stay below Q / 2 in magnitude. */
export function largestEncodable(basis: readonly number[], scale: number): number {
  return divideToFloat64(product(basis) / 2n, scale);
}

/**
 * Residues [limb, N] of integer coefficients, written to
 * `out` from `offset` on. Primes are below 2^30. Throws EncodingError where a coefficient is not a finite number or
 * reaches Q / 2; the error speaks of values at `scale`.
 */
export function toResidues(
  coefficients: Integers,
  basis: readonly number[],
  scale = 1,
  out: Uint32Array = new Uint32Array(coefficients.length * basis.length),
  offset = 0,
): Uint32Array {
  let largest = 0;
  for (let i = 0; i < coefficients.length; i++) largest = Math.max(largest, Math.abs(coefficients[i]));
  if (!Number.isFinite(largest) || 2n * BigInt(Math.ceil(largest)) >= product(basis)) {
    throw new EncodingError({
      what: "values",
      expected: `magnitudes up to ${largestEncodable(basis, scale)}`,
      got: `a coefficient of ${largest / scale}`,
      remedy: "scale the values down, use a smaller scale or a larger modulus",
    });
  }
  // One path for the whole polynomial, chosen by its largest coefficient: how many digits of 22 bits to split off
  // until the rest is below 2^52, where a quotient in float64 is off by at most one.
  let digits = 0;
  for (let rest = largest; rest >= TWO_52; rest /= TWO_22) digits++;
  for (let l = 0; l < basis.length; l++) {
    const target = out.subarray(offset + l * coefficients.length, offset + (l + 1) * coefficients.length);
    if (digits === 0) reduceSmall(coefficients, basis[l], target);
    else reduceLarge(coefficients, basis[l], target, digits);
  }
  return out;
}

const TWO_22 = 4194304;
const TWO_52 = 4503599627370496;

/** A remainder r in [0, q], brought to [0, q) without a branch. */
function normalise(r: number, q: number): number {
  const below = r - q;
  return below + (q & (below >> 31));
}

/**
 * x mod q for integers |x| < 2^52. The float64 quotient is off by less than (|x| / q) 2^-52 < 1 / q, so that its floor can
 * only be wrong for a multiple of q, and then by one downward: the remainder, exact below 2^53, lies in [0, q].
 */
function reduceSmall(x: Integers, q: number, out: Uint32Array): void {
  const inverse = 1 / q;
  for (let i = 0; i < x.length; i++) out[i] = normalise(x[i] - Math.floor(x[i] * inverse) * q, q);
}

/** The same for |x| < 2^(52 + 22 digits): Horner's rule over digits of 22 bits, each cut off exactly. */
function reduceLarge(x: Integers, q: number, out: Uint32Array, digits: number): void {
  const inverse = 1 / q;
  for (let i = 0; i < x.length; i++) {
    let power = 1;
    for (let d = 0; d < digits; d++) power *= TWO_22;
    let high = Math.floor(x[i] / power);
    let r = normalise(high - Math.floor(high * inverse) * q, q);
    for (let d = 0; d < digits; d++) {
      power /= TWO_22;
      const next = Math.floor(x[i] / power);
      const v = r * TWO_22 + (next - high * TWO_22);
      high = next;
      r = normalise(v - Math.floor(v * inverse) * q, q);
    }
    out[i] = r;
  }
}

/** What {@link fromResidues} needs of a basis. */
interface Composition {
  readonly q: bigint;
  /** (Q / q_i) [(Q / q_i)^-1 mod q_i]. */
  readonly cofactors: readonly bigint[];
  /** q_0^-1 mod q_1, where the first two primes are wide enough for the fast path; else 0. */
  readonly inverse: number;
}

const compositions = new Map<string, Composition>();

function compositionOf(basis: readonly number[]): Composition {
  const key = basis.join();
  let known = compositions.get(key);
  if (!known) {
    const q = product(basis);
    const cofactors = basis.map((p) => (q / BigInt(p)) * invMod(q / BigInt(p), BigInt(p)));
    const wide = basis.length > 1 && basis[0] * basis[1] > 4 * TWO_52;
    known = { q, cofactors, inverse: wide ? Number(invMod(BigInt(basis[0]), BigInt(basis[1]))) : 0 };
    compositions.set(key, known);
  }
  return known;
}

/** a b mod q for a, b < q < 2^30, in float64: b in two halves of 15 bits, so that products stay below 2^46. */
function multiplySmall(a: number, b: number, q: number): number {
  const high = b >> 15;
  return ((((a * high) % q) * 32768 + a * (b & 32767)) % q) | 0;
}

/**
 * The centred integers with these residues [limb, N], divided by the scale: exact composition, then one correctly
 * rounded division. Writes into `out` [N] where given. Throws ParameterError where the lengths do not fit.
 */
export function fromResidues(residues: Uint32Array, basis: readonly number[], scale: number, out?: Float64Array): Float64Array {
  checkScale(scale);
  const count = residues.length / basis.length;
  if (!Number.isInteger(count) || (out && out.length !== count)) {
    throw new ParameterError({
      what: "residues",
      expected: `a multiple of ${basis.length} limbs`,
      got: show(residues),
      remedy: "pass one polynomial",
    });
  }
  const values = out ?? new Float64Array(count);
  const composition = compositionOf(basis);
  for (let i = 0; i < count; i++) {
    const small = composeSmall(residues, i, count, basis, composition);
    values[i] = Number.isNaN(small) ? composeLarge(residues, i, count, basis.length, composition, scale) : small / scale;
  }
  return values;
}

/** The centred integer where it lies within about 2^52, which the first two limbs decide and the others confirm; else NaN. */
function composeSmall(
  residues: Uint32Array,
  i: number,
  count: number,
  basis: readonly number[],
  { inverse }: Composition,
): number {
  const q0 = basis[0];
  const r0 = residues[i];
  if (basis.length === 1) return r0 > q0 / 2 ? r0 - q0 : r0;
  if (inverse === 0) return Number.NaN;
  const q1 = basis[1];
  const difference = (((residues[count + i] - r0) % q1) + q1) % q1;
  const digit = multiplySmall(difference, inverse, q1);
  const centredDigit = digit > q1 / 2 ? digit - q1 : digit;
  if (Math.abs(centredDigit) >= TWO_22) return Number.NaN;
  const x = r0 + q0 * centredDigit;
  for (let l = 2; l < basis.length; l++) {
    if (((x % basis[l]) + basis[l]) % basis[l] !== residues[l * count + i]) return Number.NaN;
  }
  return x;
}

function composeLarge(
  residues: Uint32Array,
  i: number,
  count: number,
  limbs: number,
  { q, cofactors }: Composition,
  scale: number,
): number {
  let x = 0n;
  for (let l = 0; l < limbs; l++) x += BigInt(residues[l * count + i]) * cofactors[l];
  x %= q;
  return divideToFloat64(2n * x > q ? x - q : x, scale);
}
