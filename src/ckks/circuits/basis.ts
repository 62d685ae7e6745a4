/** The two bases that polynomials are written in: powers of x, and Chebyshev polynomials T_n(x) = cos(n arccos x). */

export type PolynomialBasis = "power" | "chebyshev";

/** p = quotient * b_g + remainder, where b_g is the g-th element of the basis. */
export interface Division {
  readonly quotient: readonly number[];
  readonly remainder: readonly number[];
}

/** The coefficients without the zeros after the last that is not 0; at least one. */
export function trimmed(coefficients: readonly number[]): number[] {
  let length = coefficients.length;
  while (length > 1 && coefficients[length - 1] === 0) length--;
  return coefficients.length === 0 ? [0] : coefficients.slice(0, length);
}

/**
 * Divides by the g-th element of the basis, 0 < g <= degree. For Chebyshev polynomials by T_i = 2 T_(i-g) T_g - T_|i-2g| (Chen,
 * Chillotti, Song: Improved bootstrapping for approximate homomorphic encryption, EUROCRYPT 2019 (ePrint 2018/1043), section 5).
 */
export function divide(basis: PolynomialBasis, coefficients: readonly number[], g: number): Division {
  if (basis === "power") return { quotient: trimmed(coefficients.slice(g)), remainder: trimmed(coefficients.slice(0, g)) };
  const rest = [...coefficients];
  const quotient = new Array<number>(coefficients.length - g).fill(0);
  // From the top: |i - 2g| < i, so that what is subtracted is met again.
  for (let i = rest.length - 1; i > g; i--) {
    quotient[i - g] = 2 * rest[i];
    rest[Math.abs(i - 2 * g)] -= rest[i];
    rest[i] = 0;
  }
  quotient[0] = rest[g];
  rest[g] = 0;
  return { quotient: trimmed(quotient), remainder: trimmed(rest) };
}

/** The value at x, by Horner's rule or Clenshaw's recurrence. */
export function valueAt(basis: PolynomialBasis, coefficients: readonly number[], x: number): number {
  if (basis === "power") return coefficients.reduceRight((sum, c) => sum * x + c, 0);
  let [b1, b2] = [0, 0];
  for (let i = coefficients.length - 1; i > 0; i--) [b1, b2] = [2 * x * b1 - b2 + coefficients[i], b1];
  return x * b1 - b2 + coefficients[0];
}

/** The same polynomial of y = slope x + offset, given in Chebyshev polynomials of y, in powers of x. */
export function powersOfChebyshev(coefficients: readonly number[], slope: number, offset: number): number[] {
  // T_n by its recurrence, as a polynomial of x.
  const timesY = (p: readonly number[], factor: number): number[] => {
    const out = new Array<number>(p.length + 1).fill(0);
    for (const [i, c] of p.entries()) {
      out[i] += factor * offset * c;
      out[i + 1] += factor * slope * c;
    }
    return out;
  };
  const out = new Array<number>(coefficients.length).fill(0);
  let [previous, current] = [[0], [1]];
  for (const [n, c] of coefficients.entries()) {
    for (const [i, t] of current.entries()) out[i] += c * t;
    const next = timesY(current, n === 0 ? 1 : 2);
    if (n > 0) for (const [i, t] of previous.entries()) next[i] -= t;
    [previous, current] = [current, next];
  }
  return trimmed(out);
}
