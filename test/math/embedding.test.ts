import { describe, expect, it } from "vitest";
import { EncodingError, ParameterError } from "../../src/errors.js";
import { conjugationElement, Embedding, GALOIS_GENERATOR, galoisElement } from "../../src/math/embedding.js";
import { type FixedAngle, fixedRoot } from "../../src/math/fixed.js";
import { automorphismMaps } from "../../src/math/ntt.js";
import { testRandom } from "../support/random.js";

/** Powers of zeta = exp(2 pi i / 2N), k = 0 .. 2N - 1, from 200-bit fixed point. */
function powersOfZeta(degree: number): { re: number; im: number }[] {
  const zeta: FixedAngle = fixedRoot(Math.log2(degree) + 1, 200);
  const powers = [{ re: 1n << 200n, im: 0n }];
  for (let k = 1; k < 2 * degree; k++) {
    const { re, im } = powers[k - 1];
    powers.push({ re: (re * zeta.cos - im * zeta.sin) >> 200n, im: (re * zeta.sin + im * zeta.cos) >> 200n });
  }
  return powers.map(({ re, im }) => ({ re: Number(re) / 2 ** 200, im: Number(im) / 2 ** 200 }));
}

/** The definition: slot i is a(zeta^(g^i)). */
function naiveDecode(coefficients: Float64Array): { re: number; im: number }[] {
  const degree = coefficients.length;
  const zeta = powersOfZeta(degree);
  const slots = [];
  for (let i = 0, e = 1; i < degree / 2; i++, e = (e * GALOIS_GENERATOR) % (2 * degree)) {
    let [re, im] = [0, 0];
    for (let j = 0; j < degree; j++) {
      re += coefficients[j] * zeta[(e * j) % (2 * degree)].re;
      im += coefficients[j] * zeta[(e * j) % (2 * degree)].im;
    }
    slots.push({ re, im });
  }
  return slots;
}

const reals = (name: string, length: number, bound = 1) => {
  const random = testRandom(name);
  return Float64Array.from({ length }, () => random.real(-bound, bound));
};
const distance = (a: Float64Array, b: ArrayLike<number>) => a.reduce((max, x, i) => Math.max(max, Math.abs(x - (b[i] ?? 0))), 0);

describe("the canonical embedding", () => {
  it("decodes to the values at the powers of zeta", () => {
    for (const degree of [8, 16, 64, 256]) {
      const coefficients = reals(`naive ${degree}`, degree);
      const { re, im } = new Embedding(degree).decode(coefficients);
      const expected = naiveDecode(coefficients);
      const bound = degree * 2 ** -51;
      expect(
        distance(
          re,
          expected.map((z) => z.re),
        ),
      ).toBeLessThan(bound);
      expect(
        distance(
          im,
          expected.map((z) => z.im),
        ),
      ).toBeLessThan(bound);
    }
  });

  it("returns what was encoded, for every degree", () => {
    for (let degree = 2; degree <= 1 << 16; degree *= 2) {
      const embedding = new Embedding(degree);
      const re = reals(`re ${degree}`, degree / 2, 100);
      const im = reals(`im ${degree}`, degree / 2, 100);
      const back = embedding.decode(embedding.encode(re, im));
      expect(distance(back.re, re)).toBeLessThan(100 * 2 ** -48);
      expect(distance(back.im, im)).toBeLessThan(100 * 2 ** -48);
    }
  });

  it("gives real slots for real values, and conjugates under the conjugation element", () => {
    const degree = 512;
    const embedding = new Embedding(degree);
    const re = reals("conj re", degree / 2);
    const im = reals("conj im", degree / 2);
    expect(distance(embedding.decode(embedding.encode(re)).im, [])).toBeLessThan(2 ** -48);
    const conjugate = embedding.decode(automorphism(embedding.encode(re, im), conjugationElement(degree)));
    expect(distance(conjugate.re, re)).toBeLessThan(2 ** -48);
    expect(
      distance(
        conjugate.im,
        im.map((x) => -x),
      ),
    ).toBeLessThan(2 ** -48);
  });

  it("is linear, and turns products of polynomials into products of slots", () => {
    const degree = 64;
    const embedding = new Embedding(degree);
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => reals(`mul ${name}`, degree / 2));
    const p = embedding.encode(a, b);
    const q = embedding.encode(c, d);
    const sum = embedding.decode(p.map((x, i) => 3 * x - q[i]));
    expect(
      distance(
        sum.re,
        a.map((x, i) => 3 * x - c[i]),
      ),
    ).toBeLessThan(2 ** -48);
    const product = new Float64Array(degree);
    for (let i = 0; i < degree; i++)
      for (let j = 0; j < degree; j++) product[(i + j) % degree] += (i + j >= degree ? -1 : 1) * p[i] * q[j];
    const slots = embedding.decode(product);
    expect(
      distance(
        slots.re,
        a.map((x, i) => x * c[i] - b[i] * d[i]),
      ),
    ).toBeLessThan(2 ** -46);
    expect(
      distance(
        slots.im,
        a.map((x, i) => x * d[i] + b[i] * c[i]),
      ),
    ).toBeLessThan(2 ** -46);
  });

  it("encodes a constant exactly, and pads short vectors with zeros", () => {
    const embedding = new Embedding(1024);
    const constant = embedding.encode(new Float64Array(512).fill(2.5));
    expect(constant[0]).toBe(2.5);
    expect(constant.subarray(1).every((x) => x === 0)).toBe(true);
    const values = reals("short", 5);
    const padded = new Float64Array(512);
    padded.set(values);
    expect(embedding.encode(values)).toEqual(embedding.encode(padded));
    expect(embedding.encode([...values])).toEqual(embedding.encode(padded));
    expect(embedding.encode([]).every((x) => x === 0)).toBe(true);
  });

  it("multiplies by the factor and writes where it is told", () => {
    const embedding = new Embedding(64);
    const values = reals("factor", 32);
    const out = new Float64Array(64).fill(7);
    expect(embedding.encode(values, null, 2 ** 30, out)).toBe(out);
    expect(out).toEqual(embedding.encode(values).map((x) => x * 2 ** 30));
  });

  it("refuses NaN, infinity, too many values and other lengths", () => {
    const embedding = new Embedding(16);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => embedding.encode([1, bad])).toThrow(EncodingError);
      expect(() => embedding.encode([1, 1], [0, bad])).toThrow(/slot 1/);
    }
    expect(() => embedding.encode([undefined as never])).toThrow(EncodingError);
    expect(() => embedding.encode(["1" as never])).toThrow(EncodingError);
    expect(() => embedding.encode(new Float64Array(9))).toThrow(/at most 8/);
    expect(() => embedding.encode([1, 2], [1])).toThrow(/imaginary/);
    expect(() => embedding.decode(new Float64Array(8))).toThrow(ParameterError);
    for (const degree of [0, 1, 3, 1 << 18, 2.5]) expect(() => new Embedding(degree)).toThrow(ParameterError);
  });
});

/** X -> X^element on float64 coefficients. */
function automorphism(a: Float64Array, element: number): Float64Array {
  const { target, negate } = automorphismMaps(a.length, element);
  const out = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) out[target[i]] = negate[i] ? -a[i] : a[i];
  return out;
}

describe("Galois elements", () => {
  it("rotate the slots to the left, and to the right for negative steps", () => {
    const degree = 128;
    const embedding = new Embedding(degree);
    const re = reals("rotate re", 64);
    const im = reals("rotate im", 64);
    const encoded = embedding.encode(re, im);
    for (const steps of [0, 1, 2, 17, 63, 64, 65, -1, -30]) {
      const turned = embedding.decode(automorphism(encoded, galoisElement(degree, steps)));
      const from = (i: number) => (((i + steps) % 64) + 64) % 64;
      expect(
        distance(
          turned.re,
          re.map((_, i) => re[from(i)]),
        ),
      ).toBeLessThan(2 ** -46);
      expect(
        distance(
          turned.im,
          im.map((_, i) => im[from(i)]),
        ),
      ).toBeLessThan(2 ** -46);
    }
    expect(galoisElement(degree, 0)).toBe(1);
    expect(galoisElement(degree, 1)).toBe(3);
    for (const bad of [0.5, Number.NaN, 2 ** 60]) expect(() => galoisElement(degree, bad)).toThrow(ParameterError);
  });
});
