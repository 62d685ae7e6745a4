/**
 * Polynomials on ciphertexts: the programs of other systems with the values that they expect (public test data of Microsoft SEAL,
 * MIT, OpenFHE, BSD-2, TenSEAL and HEIR, both Apache-2.0), at a hundredth of their tolerances.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CkksCiphertext, Polynomial, sigmoid } from "../../../src/ckks/index.js";
import type { Engine } from "../../../src/engine/index.js";
import { KeyMismatchError, LevelError, ParameterError } from "../../../src/errors.js";
import { openTestEngine } from "../../support/engine.js";
import { parametersOf, worst } from "../support.js";
import { type Parties, partiesOf } from "./support.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

/** SEAL's coefficient is pi to nine digits, which is all that its printed values show. */
const cubic = Polynomial.monomial([1, 0.4, 0, Math.PI]);

async function opened({ ckks, secret }: Parties, ciphertext: CkksCiphertext, count: number): Promise<Float64Array> {
  const [slots] = await ckks.decrypt(ciphertext, secret);
  return slots.slice(0, count);
}

describe("SEAL's pi x^3 + 0.4 x + 1 on 4096 points of [0, 1]", () => {
  it("at N = 8192 uses two levels, and matches its printed values", async () => {
    const parameters = parametersOf({ degree: 8192, levels: 2, special: 2 });
    const all = await partiesOf(engine, parameters, cubic);
    const x = Float64Array.from({ length: 4096 }, (_, i) => i / 4095);
    const result = await cubic.evaluate(all.ckks, await all.encrypt(x), all.keys);
    expect([result.level, result.scaleDegree, cubic.depth]).toEqual([0, 1, 2]);
    const y = await opened(all, result, 4096);
    const printed = [1, 1.0000977, 1.0001954, 4.5367965, 4.539194, 4.5415926];
    expect(worst([...y.slice(0, 3), ...y.slice(-3)], printed)).toBeLessThan(1e-4);
    expect(
      worst(
        y,
        x.map((v) => cubic.valueAt(v)),
      ),
    ).toBeLessThan(1e-4);
  });

  it("at a scale of 58 bits to ten digits", async () => {
    const parameters = parametersOf({ degree: 16384, levels: 2, special: 2, primesPerLevel: 2 });
    const all = await partiesOf(engine, parameters, cubic);
    const x = Float64Array.from({ length: 4096 }, (_, i) => i / 4095);
    const y = await opened(all, await cubic.evaluate(all.ckks, await all.encrypt(x), all.keys), 4096);
    expect(
      worst(
        y,
        x.map((v) => cubic.valueAt(v)),
      ),
    ).toBeLessThan(1e-12);
  });
});

describe("a deep chain", () => {
  let all: Parties;
  beforeAll(async () => {
    all = await partiesOf(engine, parametersOf({ degree: 16384, levels: 7, special: 2 }), cubic, sigmoid([-16, 16]));
  });

  it.each([
    [[0, 1, 2, 3, 4], [0]],
    [
      [0, 1, 2, 3, 4],
      [1, 1],
    ],
    [
      [0, 1, 2, 3, 4],
      [0, 1, 1, 0, 1],
    ],
    [
      [0, 1, 2, 3, 4],
      [-4, -2, 5],
    ],
    [
      [0, 1, 2, 3, 4],
      [3, 2, 4, 5],
    ],
    [
      [0, -1, -2, -3, -4],
      [-3, -2, -4, -5, 1],
    ],
  ])("holds TenSEAL's polyval of %j with %j", async (x, coefficients) => {
    const polynomial = Polynomial.monomial(coefficients);
    const y = await opened(all, await polynomial.evaluate(all.ckks, await all.encrypt(x), all.keys), 5);
    expect(
      worst(
        y,
        x.map((v) => polynomial.valueAt(v)),
      ),
    ).toBeLessThan(2e-3);
  });

  it("holds HEIR's sigmoid on 1024 points of [-3, 3], within four levels", async () => {
    const x = Float64Array.from({ length: 1024 }, (_, i) => -3 + (6 * i) / 1023);
    const polynomial = sigmoid([-3, 3]);
    const result = await polynomial.evaluate(all.ckks, await all.encrypt(x), all.keys);
    expect(result.level).toBeGreaterThanOrEqual(7 - 4);
    expect(
      worst(
        await opened(all, result, 1024),
        x.map((v) => 1 / (1 + Math.exp(-v))),
      ),
    ).toBeLessThan(5e-4);
  });

  it("evaluates batches, at any level that is deep enough, and leaves its input as it is", async () => {
    const { ckks, secret, keys } = all;
    const polynomial = sigmoid([-8, 8]);
    const x = [-7, 3, 8].map((end) => Float64Array.from({ length: 100 }, (_, i) => (end * i) / 99));
    const ciphertext = await ckks.encrypt(x, secret, { level: 6 });
    const bytes = async () => Buffer.concat((await ckks.exportCiphertext(ciphertext)).sections.map((section) => section.bytes));
    const before = await bytes();
    const result = await polynomial.evaluate(ckks, ciphertext, keys);
    expect([result.level, result.batch]).toEqual([0, 3]);
    for (const [i, slots] of (await ckks.decrypt(result, secret)).entries()) {
      expect(
        worst(
          slots.slice(0, 100),
          x[i].map((v) => 1 / (1 + Math.exp(-v))),
        ),
      ).toBeLessThan(1e-4);
    }
    expect(before.equals(await bytes())).toBe(true);
  });

  it("takes a product as it comes, and hands out a product's scale never", async () => {
    const { ckks, keys } = all;
    const [x, y] = [await all.encrypt([0.5, 0.25]), await all.encrypt([0.5, 2])];
    for (const product of [ckks.multiply(x, y), ckks.multiply(x, y, keys)]) {
      const result = await cubic.evaluate(ckks, product, keys);
      expect([result.scaleDegree, result.level]).toEqual([1, 7 - 1 - 2]);
      expect(worst(await opened(all, result, 2), [cubic.valueAt(0.25), cubic.valueAt(0.5)])).toBeLessThan(1e-4);
    }
  });

  it("gives x back for the polynomial x, as a ciphertext of its own", async () => {
    const x = await all.encrypt([0.5, -3]);
    const result = await Polynomial.monomial([0, 1]).evaluate(all.ckks, x);
    x.dispose();
    expect(worst(await opened(all, result, 2), [0.5, -3])).toBeLessThan(1e-5);
  });

  it("refuses what has too few levels before anything is computed", async () => {
    const low = all.ckks.dropLevel(await all.encrypt([0.5]), 2);
    await expect(sigmoid([-3, 3]).evaluate(all.ckks, low, all.keys)).rejects.toThrow(LevelError);
    await expect(sigmoid([-3, 3]).evaluate(all.ckks, low, all.keys)).rejects.toThrow(
      "polynomial of degree 7: expected 4 levels left, got 2; choose parameters with 2 more, or a circuit that is less deep",
    );
  });

  it("refuses missing and foreign keys before anything is computed", async () => {
    const x = await all.encrypt([0.5]);
    await expect(cubic.evaluate(all.ckks, x)).rejects.toThrow(ParameterError);
    const other = await partiesOf(engine, all.ckks.parameters, Polynomial.monomial([1, 1]));
    await expect(cubic.evaluate(all.ckks, x, other.keys)).rejects.toThrow(KeyMismatchError);
    await expect(cubic.evaluate(all.ckks, await other.encrypt([0.5]), all.keys)).rejects.toThrow(KeyMismatchError);
    const keysBelow = await all.ckks.generateEvaluationKeys(all.secret, cubic.keyPlan(all.ckks.parameters, 3));
    await expect(cubic.evaluate(all.ckks, x, keysBelow)).rejects.toThrow(LevelError);
    const y = await cubic.evaluate(all.ckks, all.ckks.dropLevel(x, 3), keysBelow);
    expect(worst(await opened(all, y, 1), [cubic.valueAt(0.5)])).toBeLessThan(1e-4);
  });

  it("plans one key, for the level of its first product", () => {
    const { parameters } = all.ckks;
    expect(cubic.keyPlan(parameters)).toMatchObject({ relinearisation: 7, count: 1 });
    // The change of interval takes a level before the first product.
    expect(sigmoid([-3, 3]).keyPlan(parameters)).toMatchObject({ relinearisation: 6, count: 1 });
    expect(Polynomial.monomial([1, 1]).keyPlan(parameters).count).toBe(0);
  });
});

describe("at a scale of 58 bits, a deep chain", () => {
  const reciprocal = Polynomial.approximate((x) => 1 / x, [1, 1024], 128);
  let all: Parties;
  beforeAll(async () => {
    const parameters = parametersOf({ degree: 32768, levels: reciprocal.depth, special: 3, primesPerLevel: 2 });
    all = await partiesOf(engine, parameters, reciprocal);
  });

  it.each([
    [
      "a polynomial",
      [0.15, 0.75, 0, 1.25, 0, 0, 1, 0, 1, 2, 0, 1, 0, 0, 0, 0, 1],
      [0.705191, 1.38285, 3.97211, 5.60216, 4.86358],
    ],
    [
      "another",
      [0.15, -0.75, 0, 1.25, 0, 0, 1, 0, -1, 2, 0, 1, 0, 0, 0, 0, 1],
      [-0.0526215, 0.217555, 1.76118, 2.85032, 2.34941],
    ],
    ["x^16", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [1.52588e-5, 0.00332329, 0.185302, 0.440127, 0.313132]],
    [
      "a fourth",
      [0.15, -1.75, 0, 1.25, 0, -1.25, 1, 0, -1, 2, 0, 1, 0, 0, 0, 0, 1],
      [-0.59168396, -0.69253274, 0.12306489, 0.93308964, 0.54980166],
    ],
    ["x + x^2 - x^3", [0, 1, 1, -1], [0.625, 0.847, 0.981, 0.995125, 0.990543]],
  ])("holds OpenFHE's UnitTestPoly: %s", async (_name, coefficients, expected) => {
    const x = [0.5, 0.7, 0.9, 0.95, 0.93];
    const { ckks, secret, keys } = all;
    const polynomial = Polynomial.monomial(coefficients);
    const result = await polynomial.evaluate(ckks, await ckks.encrypt([x], secret, { level: polynomial.depth }), keys);
    expect(result.level).toBe(0);
    expect(worst(await opened(all, result, 5), expected)).toBeLessThan(1e-5);
  });

  it("holds OpenFHE's logistic function on [-4, 4], whose constant is half of its list's", async () => {
    const list = [
      1, 0.558971, 0, -0.0943712, 0, 0.0215023, 0, -0.00505348, 0, 0.00119324, 0, -0.000281928, 0, 0.0000664347, 0, -0.0000148709,
    ];
    const polynomial = Polynomial.chebyshev([list[0] / 2, ...list.slice(1)], [-4, 4]);
    const x = [-4, -3, -2, -1, 0, 1, 2, 3, 4];
    const result = await polynomial.evaluate(all.ckks, await all.encrypt(x), all.keys);
    expect(result.level).toBe(9 - 5);
    const expected = [0.0179885, 0.0474289, 0.119205, 0.268936, 0.5, 0.731064, 0.880795, 0.952571, 0.982011];
    expect(worst(await opened(all, result, 9), expected)).toBeLessThan(1e-6);
  });

  it("holds OpenFHE's polynomial in Chebyshev form on [-3, 3]", async () => {
    const polynomial = Polynomial.chebyshev([9 / 2, -17.25, 4.5, -6.75, 0], [-3, 3]);
    const result = await polynomial.evaluate(all.ckks, await all.encrypt([-3, -2, -1, 0, 1, 2, 3]), all.keys);
    expect(worst(await opened(all, result, 7), [33, 10, 1, 0, 1, -2, -15])).toBeLessThan(1e-9);
  });

  it("holds OpenFHE's 1/x on [1, 1024] at degree 128", async () => {
    const x = [2, 16, 64, 128, 512, 1, 1024];
    const y = await opened(all, await reciprocal.evaluate(all.ckks, await all.encrypt(x), all.keys), 7);
    expect(worst(y.slice(0, 5), [0.500067, 0.0624609, 0.0156279, 0.00781142, 0.00195297])).toBeLessThan(1e-6);
    expect(
      worst(
        y,
        x.map((v) => reciprocal.valueAt(v)),
      ),
    ).toBeLessThan(1e-9);
  });
});
