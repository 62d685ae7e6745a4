/** Parameters and vectors for tests of whole schemes. */
import { expect } from "vitest";
import {
  Ckks,
  type CkksCiphertext,
  CkksParameters,
  type CkksParametersLiteral,
  type CkksPublicKey,
  type CkksSecretKey,
} from "../../src/ckks/index.js";
import type { Engine } from "../../src/engine/index.js";
import type { ComplexSlots } from "../../src/math/embedding.js";
import { nttPrimes } from "../../src/math/primes.js";
import { chosenSeeds, SEED_SOURCE } from "../../src/math/random.js";
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

/** A scheme with one key owner, and what is encrypted for it. */
export interface Owner {
  readonly ckks: Ckks;
  readonly secret: CkksSecretKey;
  readonly publicKey: CkksPublicKey;
}

/** With a seed, everything is the same each time. */
export async function ownerOf(engine: Engine, parameters: CkksParameters, seed?: number): Promise<Owner> {
  const options = seed === undefined ? undefined : { [SEED_SOURCE]: chosenSeeds(new Uint8Array(32).fill(seed)) };
  const ckks = await Ckks.create(engine, parameters, options);
  const secret = await ckks.generateSecretKey();
  return { ckks, secret, publicKey: await ckks.publicKey(secret) };
}

/**
 * Holds decrypted slots against what they should be, by the prediction that the ciphertext carries: the worst of N parts within `most`
 * standard deviations (16 are exceeded once in 2^42), and their root mean square from `low` to `high` times the prediction.
 */
export async function expectPredicted(
  { ckks, secret }: Owner,
  ciphertext: CkksCiphertext,
  expected: readonly ComplexSlots[],
  { high = 1.5, low = 1 / high, most = 16 }: { high?: number; low?: number; most?: number } = {},
): Promise<void> {
  const opened = await ckks.decryptComplex(ciphertext, secret);
  expect(opened).toHaveLength(expected.length);
  const { deviation } = ciphertext.estimate!;
  let sum = 0;
  let count = 0;
  for (const [i, { re, im }] of expected.entries()) {
    for (const [got, wanted] of [
      [opened[i]!.re, re],
      [opened[i]!.im, im],
    ] as const) {
      expect(worst(got, wanted) / deviation, "worst error in standard deviations").toBeLessThan(most);
      got.forEach((x, j) => {
        sum += (x - (wanted[j] ?? 0)) ** 2;
      });
      count += got.length;
    }
  }
  const measured = Math.sqrt(sum / count);
  expect(measured / deviation, "measured over predicted deviation").toBeLessThan(high);
  if (low > 0) expect(measured / deviation, "measured over predicted deviation").toBeGreaterThan(low);
}

/** Plain complex arithmetic on slots. */
export const plain = {
  map: (a: ComplexSlots, f: (re: number, im: number) => readonly [number, number]): ComplexSlots => {
    const out = { re: new Float64Array(a.re.length), im: new Float64Array(a.re.length) };
    for (let i = 0; i < a.re.length; i++) [out.re[i], out.im[i]] = f(a.re[i]!, a.im[i]!) as [number, number];
    return out;
  },
  add: (a: ComplexSlots, b: ComplexSlots): ComplexSlots => ({
    re: zip(a.re, b.re, (x, y) => x + y),
    im: zip(a.im, b.im, (x, y) => x + y),
  }),
  subtract: (a: ComplexSlots, b: ComplexSlots): ComplexSlots => ({
    re: zip(a.re, b.re, (x, y) => x - y),
    im: zip(a.im, b.im, (x, y) => x - y),
  }),
  multiply: (a: ComplexSlots, b: ComplexSlots): ComplexSlots => {
    const out = { re: new Float64Array(a.re.length), im: new Float64Array(a.re.length) };
    for (let i = 0; i < a.re.length; i++) {
      out.re[i] = a.re[i]! * b.re[i]! - a.im[i]! * b.im[i]!;
      out.im[i] = a.re[i]! * b.im[i]! + a.im[i]! * b.re[i]!;
    }
    return out;
  },
  scale: (a: ComplexSlots, re: number, im = 0): ComplexSlots => plain.map(a, (x, y) => [x * re - y * im, x * im + y * re]),
  rotate: (a: ComplexSlots, step: number): ComplexSlots => ({ re: rotated(a.re, step), im: rotated(a.im, step) }),
  conjugate: (a: ComplexSlots): ComplexSlots => plain.map(a, (x, y) => [x, -y]),
  real: (re: Float64Array): ComplexSlots => ({ re, im: new Float64Array(re.length) }),
};
