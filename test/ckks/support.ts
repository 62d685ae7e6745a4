/** Parameters and vectors for tests of whole schemes. */
import { CkksParameters, type CkksParametersLiteral } from "../../src/ckks/index.js";
import type { ComplexSlots } from "../../src/math/embedding.js";
import { nttPrimes } from "../../src/math/primes.js";
import type { TestRandom } from "../support/random.js";

export interface TestNeeds {
  readonly degree: number;
  readonly levels: number;
  readonly special: number;
  readonly digitSize?: number;
  readonly base?: number;
  readonly scaleBits?: number;
  readonly primesPerLevel?: 1 | 2;
}

/** Parameters of given sizes from primes of 30 bits. The scale of composite levels is that of two of them, 2^58 by default. */
export function parametersOf(needs: TestNeeds, changes: Partial<CkksParametersLiteral> = {}): CkksParameters {
  const { degree, levels, special, primesPerLevel = 1, digitSize = Math.max(1, special) } = needs;
  const { base = primesPerLevel === 1 ? 2 : 3, scaleBits = primesPerLevel === 1 ? 30 : 58 } = needs;
  const count = levels * primesPerLevel;
  const primes = nttPrimes({ degree, bits: 30, count: count + base + special });
  const wide = primesPerLevel === 2 ? nttPrimes({ degree, bits: 29, count }) : undefined;
  return CkksParameters.from({
    degree,
    basePrimes: primes.slice(count, count + base),
    levelPrimes: wide ?? primes.slice(0, count),
    specialPrimes: primes.slice(count + base),
    digitSize,
    primesPerLevel,
    scaleBits,
    ...changes,
  });
}

export const zip = (a: ArrayLike<number>, b: ArrayLike<number>, f: (x: number, y: number) => number): Float64Array =>
  Float64Array.from({ length: a.length }, (_, i) => f(a[i]!, b[i] ?? 0));

export const rotated = (a: Float64Array, step: number): Float64Array =>
  a.map((_, i) => a[(((i + step) % a.length) + a.length) % a.length]!);

export const complexVector = (random: TestRandom, length: number, most = 1): ComplexSlots => ({
  re: Float64Array.from({ length }, () => random.real(-most, most)),
  im: Float64Array.from({ length }, () => random.real(-most, most)),
});

/** The largest |difference|, slots that are not expected being 0. */
export const worst = (got: ArrayLike<number>, expected: ArrayLike<number>): number =>
  Array.from(got).reduce((most, x, i) => Math.max(most, Math.abs(x - (expected[i] ?? 0))), 0);
