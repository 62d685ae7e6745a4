/** Interpolation, and the table of ready approximations, on plain numbers. */
import { describe, expect, it } from "vitest";
import { cosines } from "../../../src/ckks/circuits/cosines.js";
import * as exact from "../../../src/ckks/circuits/exact.js";
import {
  exponential,
  inverse,
  logarithm,
  Polynomial,
  READY_APPROXIMATIONS,
  sigmoid,
  squareRoot,
  tanh,
} from "../../../src/ckks/circuits/index.js";
import { interpolate } from "../../../src/ckks/circuits/interpolation.js";
import { ParameterError } from "../../../src/errors.js";
import { text } from "../../structure/repository.js";
import { testRandom } from "../../support/random.js";

const random = testRandom("ckks functions");

describe("exact functions", () => {
  it.each([
    ["exp", exact.exp, Math.exp, -50, 50],
    ["sigmoid", exact.sigmoid, (x: number) => 1 / (1 + Math.exp(-x)), -30, 30],
    ["tanh", exact.tanh, Math.tanh, -20, 20],
    ["log", exact.log, Math.log, 1e-6, 1e6],
    ["sqrt", exact.sqrt, Math.sqrt, 0, 1e6],
  ] as const)("%s is the engine's own to a few units in the last place", (_name, ours, theirs, low, high) => {
    for (let i = 0; i < 300; i++) {
      const x = random.real(low, high);
      expect(Math.abs(ours(x) - theirs(x))).toBeLessThanOrEqual(4e-16 * Math.abs(theirs(x)) * (ours === exact.sqrt ? 1 : 2));
    }
  });

  it("know their special places", () => {
    expect([exact.exp(0), exact.sigmoid(0), exact.tanh(0), exact.log(1), exact.sqrt(0), exact.sqrt(1e-300)]).toEqual([
      1,
      0.5,
      0,
      0,
      0,
      Math.sqrt(1e-300),
    ]);
    expect([exact.sigmoid(1e9), exact.tanh(-1e9), exact.log(2 ** -1074)]).toEqual([1, -1, Math.log(2 ** -1074)]);
    expect(() => exact.exp(701)).toThrow(ParameterError);
    expect(() => exact.log(0)).toThrow("argument of log: expected a positive finite number, got 0");
    expect(() => exact.sqrt(-1)).toThrow(ParameterError);
  });

  it.each([1, 2, 3, 7, 64, 129])("cosines of pi j / 2 * %i are right all the way round", (n) => {
    const cos = cosines(n);
    for (let j = 0; j <= 9 * n; j++) expect(Math.abs(cos(j) - Math.cos((Math.PI * j) / (2 * n)))).toBeLessThan(5e-15);
    expect([cos(0), cos(n), cos(2 * n), cos(3 * n)].map((c) => c + 0)).toEqual([1, 0, -1, 0]);
  });
});

describe("interpolation", () => {
  it("gives a polynomial back", () => {
    const c = interpolate((x) => 4 * x * x * x - 3 * x + 2, -1, 1, 5);
    expect(c.map((v) => Math.round(v * 1e12) / 1e12)).toEqual([2, 0, 0, 1, 0, 0]);
  });

  it("keeps odd functions odd and even functions even", () => {
    expect(interpolate(exact.tanh, -8, 8, 31).filter((c, i) => i % 2 === 0 && c !== 0)).toEqual([]);
    expect(interpolate((x) => 1 / (1 + x * x), -5, 5, 30).filter((c, i) => i % 2 === 1 && c !== 0)).toEqual([]);
  });

  it("is OpenFHE's: 1/x on [1, 1024] at degree 128, and the logistic function on [-4, 4]", () => {
    // UnitTestPoly and the Chebyshev tests of OpenFHE (BSD-2), to the six digits that they print.
    const p = Polynomial.approximate((x) => 1 / x, [1, 1024], 128);
    const digits = [2, 16, 64, 128, 512].map((x) => Number(p.valueAt(x).toPrecision(6)));
    expect(digits).toEqual([0.500067, 0.0624609, 0.0156279, 0.00781142, 0.00195297]);
    const logistic = interpolate(exact.sigmoid, -4, 4, 15);
    const published = [1, 0.558971, 0, -0.0943712, 0, 0.0215023, 0, -0.00505348, 0, 0.00119324];
    // OpenFHE writes twice the constant, and another number of nodes: hence the tolerance.
    for (const [i, c] of published.entries()) expect(logistic[i]).toBeCloseTo(i === 0 ? c / 2 : c, 4);
  });

  it("refuses what it cannot interpolate", () => {
    expect(() => Polynomial.approximate((x) => 1 / x, [-1, 1], 4)).toThrow(
      "function at 0: expected a finite number, got Infinity",
    );
    expect(() => Polynomial.approximate((x) => x, [1, 1], 4)).toThrow(ParameterError);
    expect(() => Polynomial.approximate((x) => x, [0, 1], 1024)).toThrow(ParameterError);
    expect(() => Polynomial.approximate((x) => x, [0, 1], 1.5)).toThrow(ParameterError);
    expect(() => Polynomial.approximate(undefined as never, [0, 1], 3)).toThrow(ParameterError);
    expect(() => Polynomial.chebyshev([1, 2], [0, Number.NaN])).toThrow(ParameterError);
    expect(() => Polynomial.monomial([])).toThrow(ParameterError);
    expect(() => Polynomial.monomial([1, Number.POSITIVE_INFINITY])).toThrow("coefficient 1: expected a finite number");
  });
});

describe("ready approximations", () => {
  const makers = { sigmoid, tanh, exp: exponential, inverse, sqrt: squareRoot, log: logarithm };
  const truths: Record<string, (x: number) => number> = {
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    tanh: Math.tanh,
    exp: Math.exp,
    inverse: (x) => 1 / x,
    sqrt: Math.sqrt,
    log: Math.log,
  };

  it.each(READY_APPROXIMATIONS.map((r) => [`${r.name} on [${r.interval}]`, r] as const))(
    "%s has the degree, depth and error of the table",
    (_name, { name, interval, degree, depth, maxError }) => {
      const p = makers[name](interval);
      expect([p.degree, p.depth]).toEqual([degree, depth]);
      const [a, b] = interval;
      let worst = 0;
      for (let k = 0; k <= 20_000; k++) {
        const x = a + ((b - a) * k) / 20_000;
        worst = Math.max(worst, Math.abs(p.valueAt(x) - truths[name](x)));
      }
      expect(worst).toBeLessThanOrEqual(maxError);
      expect(p.maxError).toBeLessThanOrEqual(maxError);
      expect(p.maxError).toBeGreaterThan(0.9 * maxError);
      expect(worst).toBeGreaterThan(0.8 * maxError);
    },
  );

  it("stand in the table of the docstring", () => {
    const rows = [
      ...text("src/ckks/circuits/functions.ts").matchAll(/^ \* \| (\w+) +\| \[(.+?)\] *\| +(\d+) \| +(\d+) \| +(\S+) \|$/gm),
    ];
    const written = rows.map(([, name, interval, ...numbers]) => [
      name,
      ...interval.split(",").map(Number),
      ...numbers.map(Number),
    ]);
    expect(written).toEqual(
      READY_APPROXIMATIONS.map(({ name, interval, degree, depth, maxError }) => [name, ...interval, degree, depth, maxError]),
    );
  });

  it("take any other interval with a degree, and only so", () => {
    expect(sigmoid([-6, 6], 23).maxError).toBeLessThan(1e-4);
    expect(() => sigmoid([-6, 6])).toThrow(
      "interval of sigmoid: expected [-3,3], [-4,4], [-8,8], [-16,16], got [-6,6]; use one of these, or give a degree too",
    );
  });

  it("in powers of x save the level of the interval", () => {
    const p = sigmoid([-3, 3]);
    const q = p.toMonomial();
    expect([p.depth, q.depth, q.basis]).toEqual([4, 3, "power"]);
    for (const x of [-3, -1.1, 0, 0.4, 2.9]) expect(q.valueAt(x)).toBeCloseTo(p.valueAt(x), 12);
    expect(q.maxError).toBeCloseTo(p.maxError!, 10);
  });
});
