/** What is predicted of a circuit's result, held against what is measured over all slots. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateSchedule } from "../../../src/ckks/circuits/evaluate.js";
import { type CkksPublicKey, exponential, inverse, LinearTransform, Polynomial, sigmoid } from "../../../src/ckks/index.js";
import type { Engine } from "../../../src/engine/index.js";
import { openTestEngine } from "../../support/engine.js";
import { testRandom } from "../../support/random.js";
import { parametersOf } from "../support.js";
import { type Parties, partiesOf } from "./support.js";

const random = testRandom("predictions of circuits");
let engine: Engine;
let all: Parties;
let publicKey: CkksPublicKey;
const matrix = Array.from({ length: 32 }, () => Array.from({ length: 64 }, () => random.real(-2, 2)));
const transform = LinearTransform.fromMatrix(matrix);

beforeAll(async () => {
  engine = await openTestEngine();
  all = await partiesOf(
    engine,
    parametersOf({ degree: 16384, levels: 7, special: 2 }),
    sigmoid([-16, 16]),
    Polynomial.monomial([0, 0, 1]),
    transform,
  );
  publicKey = await all.ckks.publicKey(all.secret);
});
afterAll(() => engine.close());

const deviation = (got: Float64Array, expected: (i: number) => number) =>
  Math.sqrt(got.reduce((sum, y, i) => sum + (y - expected(i)) ** 2, 0) / got.length);

describe("the predicted deviation", () => {
  it.each([
    ["sigmoid on [-4, 4]", sigmoid([-4, 4]), -4, 4],
    ["sigmoid on [-16, 16]", sigmoid([-16, 16], 63), -16, 16],
    ["exp on [-1, 1]", exponential(), -1, 1],
    ["1/x on [1, 16]", inverse([1, 16]), 1, 16],
    ["x^5 - x^2", Polynomial.monomial([0, 0, -1, 0, 0, 1]), -1, 1],
    ["3 x - 1", Polynomial.monomial([-1, 3]), -1, 1],
  ])("of %s is what is measured, to a quarter of a bit", async (_name, polynomial, a, b) => {
    const { ckks, secret, keys } = all;
    const x = Float64Array.from({ length: 8192 }, () => random.real(a, b));
    // Fresh errors of the public key are larger than all that follows, those of the secret key smaller.
    const key = a < -1 ? secret : publicKey;
    const ciphertext = await ckks.encrypt([x], key, { magnitude: Math.max(-a, b) });
    const result = await polynomial.evaluate(ckks, ciphertext, keys);
    const [slots] = await ckks.decrypt(result, secret);
    const measured = deviation(slots, (i) => polynomial.valueAt(x[i]));
    expect(Math.abs(Math.log2(measured / result.estimate!.deviation))).toBeLessThan(0.25);
    const largest = x.reduce((most, v) => Math.max(most, Math.abs(polynomial.valueAt(v))), 0);
    expect(result.estimate!.magnitude).toBeGreaterThan(0.99 * largest);
    expect(result.estimate!.magnitude).toBeLessThan(1.1 * largest);
  });

  it("counts what operands lose on their way down to the level of their partners", async () => {
    // 100 x^2 as (100 x) x, where x comes down two levels: its rounding there meets values of up to 100, and all others of up to 1.
    const linear = (depth: number, weight: number) => ({
      depth,
      products: [],
      terms: [{ value: depth - 1, weight }],
      constant: 0,
    });
    const last = { depth: 3, products: [{ left: 2, right: 0, factor: 1 }], terms: [], constant: 0 } as const;
    const schedule = { steps: [linear(1, 100), linear(2, 1), last], result: 3 };
    const { ckks, secret, keys } = all;
    const x = Float64Array.from({ length: 8192 }, () => random.real(-1, 1));
    const result = await evaluateSchedule(ckks, await all.encrypt(x), schedule, keys, "100 x^2");
    const [slots] = await ckks.decrypt(result, secret);
    const measured = deviation(slots, (i) => 100 * x[i] ** 2);
    expect(Math.abs(Math.log2(measured / result.estimate!.deviation))).toBeLessThan(0.25);
  });

  it("of a matrix product is what is measured, to a quarter of a bit", async () => {
    const { ckks, secret, keys } = all;
    const x = Float64Array.from({ length: 64 }, () => random.real(-1, 1));
    const ciphertext = await ckks.encrypt([transform.pack(x, 8192)], secret);
    const result = await transform.apply(ckks, ciphertext, keys);
    const [slots] = await ckks.decrypt(result, secret);
    const y = matrix.map((row) => row.reduce((sum, c, j) => sum + c * x[j], 0));
    const measured = deviation(slots, (i) => y[i % 32]);
    expect(Math.abs(Math.log2(measured / result.estimate!.deviation))).toBeLessThan(0.25);
    const { magnitude, rms } = result.estimate!;
    expect(magnitude).toBeGreaterThan(Math.max(...y.map(Math.abs)));
    expect(Math.abs(Math.log2(rms / deviation(slots, () => 0)))).toBeLessThan(1.5);
  });
});
