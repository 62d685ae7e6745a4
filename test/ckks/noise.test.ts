/** Predictions held against measurements: the mean of -log2 |error| of every operation within two bits, for values in [-1, 1]. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Ckks, type CkksCiphertext, CkksParameters, type CkksSecretKey, chooseParameters } from "../../src/ckks/index.js";
import {
  divisionVariance,
  droppedEstimate,
  type Estimate,
  freshEstimate,
  freshVariance,
  keySwitchVariance,
  plainProductEstimate,
  plainSumEstimate,
  precisionBits,
  productEstimate,
  rescaledEstimate,
  scaledEstimate,
  sumEstimate,
  switchedEstimate,
  uniformRange,
} from "../../src/ckks/noise.js";
import type { Engine } from "../../src/engine/index.js";
import { ParameterError } from "../../src/errors.js";
import { nttPrimes } from "../../src/math/primes.js";
import { openTestEngine } from "../support/engine.js";
import { testRandom } from "../support/random.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

const meanBits = (got: Float64Array, expected: ArrayLike<number>) =>
  got.reduce((sum, x, i) => sum - Math.log2(Math.abs(x - expected[i]) + 2 ** -70), 0) / got.length;

describe.each([2048, 8192])("with %i slots", (slots) => {
  const p = chooseParameters({ slots, levels: 1, magnitude: 16, scaleBits: 22 });
  const random = testRandom(`noise ${slots}`);
  const [x, y, w] = [0, 1, 2].map(() => Float64Array.from({ length: slots }, () => random.real(-1, 1)));
  let ckks: Ckks;
  let secret: CkksSecretKey;
  beforeAll(async () => {
    ckks = await Ckks.create(engine, p);
    secret = await ckks.generateSecretKey();
  });

  async function holds(ciphertext: CkksCiphertext, expected: ArrayLike<number>, estimate: Estimate): Promise<void> {
    const [got] = await ckks.decrypt(ciphertext, secret);
    const bits = meanBits(got, expected);
    expect(Math.abs(bits - precisionBits(estimate))).toBeLessThan(2);
  }

  it.each(["secret", "public"] as const)(
    "predicts encryption, sums, products with plaintexts and levels: %s key",
    async (kind) => {
      const { levels } = p;
      const key = kind === "secret" ? secret : await ckks.publicKey(secret);
      const both = await ckks.encrypt([x, y], key);
      const fresh = freshEstimate(p, levels, kind, 1);
      const [cx, cy] = [ckks.slice(both, 0, 1), ckks.slice(both, 1, 1)];
      await holds(cx, x, fresh);
      await holds(
        ckks.add(cx, cy),
        x.map((v, i) => v + y[i]),
        sumEstimate([fresh, fresh]),
      );
      const shifted = await ckks.addPlain(cx, [w]);
      await holds(
        shifted,
        x.map((v, i) => v + w[i]),
        plainSumEstimate(p, levels, 1, fresh, 1),
      );
      const product = await ckks.multiplyPlain(cx, [w]);
      const predicted = plainProductEstimate(p, levels, fresh, 1);
      const expected = x.map((v, i) => v * w[i]);
      await holds(product, expected, predicted);
      await holds(ckks.rescale(product), expected, rescaledEstimate(p, levels, predicted));
      const tenfold = ckks.rescale(ckks.multiplyConstants(cx, [10]));
      await holds(
        tenfold,
        x.map((v) => 10 * v),
        rescaledEstimate(p, levels, scaledEstimate(p, levels, fresh, 10)),
      );
      const dropped = droppedEstimate(p, levels, 0, fresh);
      await holds(ckks.dropLevel(cx, 0), x, dropped);
    },
  );
});

describe("estimates", () => {
  const primes = nttPrimes({ degree: 8192, bits: 30, count: 7 });
  const literal = { degree: 8192, basePrimes: primes.slice(0, 2), levelPrimes: primes.slice(2, 5), scaleBits: 30 };
  const p = CkksParameters.from({ ...literal, specialPrimes: primes.slice(5, 7) });

  it("are Lattigo's rule and more for fresh ciphertexts", () => {
    for (const key of ["secret", "public"] as const) {
      expect(precisionBits(freshEstimate(p, 3, key, 1))).toBeGreaterThan(30 - (13 + 2));
    }
    // By hand: sqrt(N/2 sigma^2 (1 + 4N/3)) / 2^30.
    const expected = Math.sqrt(4096 * (3.2 ** 2 * (1 + (4 * 8192) / 3) + 1 / 12)) / 2 ** 30;
    expect(freshEstimate(p, 0, "public", 1).deviation / expected).toBeCloseTo(1, 6);
    expect(freshVariance(p, "secret")).toBeCloseTo(10.24, 6);
  });

  it("follow the digits and the special modulus of key switching", () => {
    const q = 2 ** 30;
    // Level 3: digits of two, two and one primes against P = q^2.
    const full = (2 + 2) * (1 / 12) * 8192 * 3.2 ** 2;
    expect(keySwitchVariance(p, 3) / full).toBeCloseTo(1, 1);
    expect(keySwitchVariance(p, 0) / (full / 2)).toBeCloseTo(1, 1);
    const narrow = CkksParameters.from({ ...literal, specialPrimes: primes.slice(5, 7), digitSize: 1 });
    expect(keySwitchVariance(narrow, 3) / ((5 / 12) * 8192 * 3.2 ** 2 * q ** -2)).toBeCloseTo(1, 1);
    expect(keySwitchVariance(CkksParameters.from(literal), 3)).toBe(Number.POSITIVE_INFINITY);
    expect(divisionVariance(p)).toBeCloseTo((1 / 12) * (1 + (2 * 8192) / 3), 9);
    const e = freshEstimate(p, 3, "public", 1);
    expect(switchedEstimate(p, 3, 1, e).deviation).toBeGreaterThan(e.deviation);
    expect(switchedEstimate(p, 3, 2, { ...e, deviation: 0 }).deviation).toBeLessThan(2 ** -40);
  });

  it("tell a square from a product of strangers", () => {
    const e = freshEstimate(p, 3, "public", 4);
    const square = productEstimate(p, 3, e, e);
    const product = productEstimate(p, 3, e, { ...e });
    expect(square.deviation / product.deviation).toBeCloseTo(Math.SQRT2, 6);
    expect(square.magnitude).toBe(16);
    expect(square.rms).toBeCloseTo(16 / 3, 12);
    expect(productEstimate(p, 3, e, { ...e }, true).deviation).toBe(square.deviation);
    expect(rescaledEstimate(p, 3, product).deviation).toBeGreaterThan(product.deviation);
  });

  it("leave what is not touched, and refuse what is no magnitude", () => {
    const e = freshEstimate(p, 2, "secret", 1);
    expect(droppedEstimate(p, 2, 2, e)).toBe(e);
    for (const magnitude of [-1, Number.NaN, Number.POSITIVE_INFINITY, "1" as unknown as number]) {
      expect(() => uniformRange(magnitude)).toThrow(ParameterError);
    }
    expect(() => freshEstimate(p, 4, "secret", 1)).toThrow(/level/);
  });

  it("count the rounding of a constant, which values multiply", () => {
    const exact = { magnitude: 2, rms: 1, deviation: 0 };
    expect(scaledEstimate(p, 3, exact, -0.5).deviation * p.scale(3)).toBeCloseTo(Math.sqrt(1 / 12), 9);
    expect(scaledEstimate(p, 3, exact, -0.5)).toMatchObject({ magnitude: 1, rms: 0.5 });
  });

  it("do not promise more than float64 gives", () => {
    const none = freshEstimate(p, 3, "secret", 2 ** 26);
    expect(none.deviation).toBeGreaterThan(freshEstimate(p, 3, "secret", 1).deviation);
  });
});
