/**
 * The canonical embedding of CKKS: a real polynomial of degree below N against its values in N/2 complex slots
 * (Cheon, Kim, Kim, Song, ASIACRYPT 2017, section 3.2). Slot i is the value at zeta^(g^i), zeta = exp(2 pi i / 2N),
 * g = {@link GALOIS_GENERATOR}: the slots of Microsoft SEAL.
 *
 * The polynomial a is folded to c_j = a_j + i a_(j + N/2) modulo X^(N/2) - i, which holds the values at zeta^(4k + 1);
 * every other value is the conjugate of one of these. Butterflies then split the modulus in two, as in the NTT.
 * All float64 operations come in one fixed order, so that the bits are the same everywhere.
 */
import { EncodingError, ParameterError, show } from "../errors.js";
import { log2Degree } from "./ntt.js";
import { type Twiddles, twiddles } from "./twiddles.js";

/** Rotation by one slot is X -> X^3, as in SEAL. */
export const GALOIS_GENERATOR = 3;

/**
 * The Galois element that moves slot i + steps to slot i: a rotation to the left for steps > 0, to the right for
 * steps < 0. Steps count modulo N/2.
 */
export function galoisElement(degree: number, steps: number): number {
  const slots = 2 ** (log2Degree(degree) - 1);
  if (!Number.isSafeInteger(steps)) {
    throw new ParameterError({
      what: "rotation",
      expected: "a whole number of slots",
      got: show(steps),
      remedy: "pass an integer",
    });
  }
  let element = 1;
  for (let i = ((steps % slots) + slots) % slots; i > 0; i--) element = (element * GALOIS_GENERATOR) % (2 * degree);
  return element;
}

/** The Galois element that conjugates every slot. */
export function conjugationElement(degree: number): number {
  return 2 * degree - 1;
}

/** Complex values, one per slot. */
export interface ComplexSlots {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** The embedding for one degree N. Holds scratch memory: not for use from two threads. */
export class Embedding {
  readonly degree: number;
  /** N / 2. */
  readonly slots: number;
  readonly #twiddles: Twiddles;
  /** Where slot i stands after the butterflies, and the sign of its imaginary part there. */
  readonly #place: Uint32Array;
  readonly #sign: Float64Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  /** Throws ParameterError unless the degree is a power of two from 2 to 2^17. */
  constructor(degree: number) {
    log2Degree(degree);
    this.degree = degree;
    this.slots = degree / 2;
    this.#twiddles = twiddles(degree);
    this.#place = new Uint32Array(this.slots);
    this.#sign = new Float64Array(this.slots);
    for (let i = 0, e = 1; i < this.slots; i++, e = (e * GALOIS_GENERATOR) % (2 * degree)) {
      const direct = e % 4 === 1;
      this.#place[i] = this.#twiddles.leaf[((direct ? e : 2 * degree - e) - 1) / 4];
      this.#sign[i] = direct ? 1 : -1;
    }
    this.#re = new Float64Array(this.slots);
    this.#im = new Float64Array(this.slots);
  }

  /**
   * The N real coefficients of the polynomial with these slots, times `factor`. Slots beyond the end of `re` are 0;
   * `im` has the length of `re`, or is null for real values. Writes into `out` [N] where given.
   * Throws EncodingError for too many values, NaN or infinity.
   */
  encode(
    re: ArrayLike<number>,
    im: ArrayLike<number> | null = null,
    factor = 1,
    out: Float64Array = new Float64Array(this.degree),
  ): Float64Array {
    const { slots } = this;
    this.#check(re, im);
    const xr = this.#re.fill(0);
    const xi = this.#im.fill(0);
    for (let i = 0; i < re.length; i++) {
      xr[this.#place[i]] = re[i];
      if (im) xi[this.#place[i]] = im[i] * this.#sign[i];
    }
    this.#inverse(xr, xi);
    const scale = factor / slots;
    for (let j = 0; j < slots; j++) {
      out[j] = xr[j] * scale;
      out[j + slots] = xi[j] * scale;
    }
    this.#wipe();
    return out;
  }

  /** The N/2 slots of a polynomial with N real coefficients: the inverse of {@link Embedding.encode} up to rounding. */
  decode(coefficients: ArrayLike<number>): ComplexSlots {
    const { slots } = this;
    if (coefficients.length !== this.degree) {
      throw new ParameterError({
        what: "coefficients",
        expected: `${this.degree} of them`,
        got: `${coefficients.length}`,
        remedy: "decode whole polynomials",
      });
    }
    const xr = this.#re;
    const xi = this.#im;
    for (let j = 0; j < slots; j++) {
      xr[j] = coefficients[j];
      xi[j] = coefficients[j + slots];
    }
    this.#forward(xr, xi);
    const re = new Float64Array(slots);
    const im = new Float64Array(slots);
    for (let i = 0; i < slots; i++) {
      re[i] = xr[this.#place[i]];
      im[i] = xi[this.#place[i]] * this.#sign[i];
    }
    this.#wipe();
    return { re, im };
  }

  /** Coefficients of c to its values, in bit-reversed order: Cooley-Tukey, from X^(N/2) - i down. */
  #forward(xr: Float64Array, xi: Float64Array): void {
    const { re: wr, im: wi } = this.#twiddles;
    for (let m = 1, t = this.slots >> 1; t > 0; m <<= 1, t >>= 1) {
      for (let i = 0; i < m; i++) {
        const cr = wr[m + i];
        const ci = wi[m + i];
        const end = (2 * i + 1) * t;
        for (let j = 2 * i * t; j < end; j++) {
          const vr = xr[j + t] * cr - xi[j + t] * ci;
          const vi = xr[j + t] * ci + xi[j + t] * cr;
          xr[j + t] = xr[j] - vr;
          xi[j + t] = xi[j] - vi;
          xr[j] += vr;
          xi[j] += vi;
        }
      }
    }
  }

  /** Values in bit-reversed order to N/2 times the coefficients of c: Gentleman-Sande with conjugate roots. */
  #inverse(xr: Float64Array, xi: Float64Array): void {
    const { re: wr, im: wi } = this.#twiddles;
    for (let m = this.slots >> 1, t = 1; m > 0; m >>= 1, t <<= 1) {
      for (let i = 0; i < m; i++) {
        const cr = wr[m + i];
        const ci = wi[m + i];
        const end = (2 * i + 1) * t;
        for (let j = 2 * i * t; j < end; j++) {
          const dr = xr[j] - xr[j + t];
          const di = xi[j] - xi[j + t];
          xr[j] += xr[j + t];
          xi[j] += xi[j + t];
          xr[j + t] = dr * cr + di * ci;
          xi[j + t] = di * cr - dr * ci;
        }
      }
    }
  }

  #check(re: ArrayLike<number>, im: ArrayLike<number> | null): void {
    if (re.length > this.slots) {
      throw new EncodingError({
        what: "values",
        expected: `at most ${this.slots}`,
        got: `${re.length}`,
        remedy: "split them over several plaintexts",
      });
    }
    if (im && im.length !== re.length) {
      throw new EncodingError({
        what: "imaginary parts",
        expected: `${re.length} of them`,
        got: `${im.length}`,
        remedy: "pass as many as real parts, or null",
      });
    }
    for (const part of [re, im]) {
      for (let i = 0; part && i < part.length; i++) {
        if (!Number.isFinite(part[i])) {
          throw new EncodingError({
            what: `value of slot ${i}`,
            expected: "a finite number",
            got: show(part[i]),
            remedy: "replace missing or infinite values before encoding",
          });
        }
      }
    }
  }

  /** The scratch memory has held plaintext. */
  #wipe(): void {
    this.#re.fill(0);
    this.#im.fill(0);
  }
}
