import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Ckks, chooseParameters } from "../../../src/ckks/index.js";
import { EncodingError, ParameterError } from "../../../src/errors.js";
import { chooseCkks, ckksPacking, packCkks, slotNoise, unpackCkks } from "../../../src/host/aggregation/ckks-packing.js";
import { columnsOf } from "../../../src/host/aggregation/columns.js";
import { AggregationSchema } from "../../../src/host/aggregation/index.js";
import { checkValues } from "../../../src/host/aggregation/values.js";
import { chosenSeeds, SEED_SOURCE } from "../../../src/math/random.js";
import { openTestEngine } from "../../support/engine.js";
import { testRandom } from "../../support/random.js";
import { weighted } from "./support.js";

const random = testRandom("ckks packing");

describe("packCkks and unpackCkks", () => {
  it("give the sums of all columns over several ciphertexts, in slots within [-1, 1]", () => {
    const schema = new AggregationSchema({
      fields: [
        { name: "a", kind: "sum", bounds: [-3000, 1], length: 3000 },
        { name: "b", kind: "mean", bounds: [0, 0.001], length: 1200 },
      ],
      weight: { bounds: [0, 9] },
    });
    const columns = columnsOf(schema, 24);
    const packing = ckksPacking(chooseCkks(columns, 1000), columns, 1000);
    expect(packing.ciphertexts).toBe(3);
    const sums = Array.from({ length: 3 }, () => new Float64Array(2048));
    const a = new Float64Array(3000);
    const b = new Float64Array(1200);
    for (let p = 0; p < 4; p++) {
      const values = { a: a.map(() => random.real(-3000, 1)), b: b.map(() => random.real(0, 0.001)) };
      const weight = random.real(0, 9);
      for (const [i, x] of values.a.entries()) a[i] += x;
      for (const [i, x] of values.b.entries()) b[i] += weight * x;
      for (const [c, vector] of packCkks(packing, columns, checkValues(schema, values, weight)).entries()) {
        expect(vector.every((x) => Math.abs(x) <= 1)).toBe(true);
        for (const [i, x] of vector.entries()) sums[c][i] += x;
      }
    }
    const opened = unpackCkks(packing, columns, sums);
    expect(opened.participants).toBe(4);
    expect(opened.columns[2].values.every((x, i) => Math.abs(x - a[i]) < 1e-9)).toBe(true);
    expect(opened.columns[3].values.every((x, i) => Math.abs(x - b[i]) < 1e-15)).toBe(true);
  });

  it("bounds noise whose tail is that of Laplace variables, not a normal one", async () => {
    const engine = await openTestEngine();
    const parameters = chooseParameters({ slots: 512, levels: 0, scaleBits: 20, magnitude: 1 });
    const ckks = await Ckks.create(engine, parameters, { [SEED_SOURCE]: chosenSeeds(new Uint8Array(32).fill(5)) });
    const bound = slotNoise(parameters.degree, parameters.scale(0), 1);
    let beyond = 0;
    let largest = 0;
    for (let k = 0; k < 24; k++) {
      const secret = await ckks.generateSecretKey();
      const zeros = await ckks.encrypt(new Array<number[]>(16).fill([]), await ckks.publicKey(secret));
      for (const slots of await ckks.decrypt(zeros, secret)) {
        for (const x of slots) {
          largest = Math.max(largest, Math.abs(x));
          // Five standard deviations: 6 exp(-10) of the slots, where a normal variable would leave 6e-7 of them.
          if (Math.abs(x) > (5 / 16) * bound) beyond++;
        }
      }
    }
    const count = 24 * 16 * parameters.slots;
    expect(beyond / count).toBeGreaterThan(1e-4);
    expect(beyond / count).toBeLessThan(6e-4);
    expect(largest).toBeLessThan(bound);
    await engine.close();
  });

  it("refuses parameters with levels, which contributions would be encrypted at and aggregates not", () => {
    const columns = columnsOf(weighted, 8);
    const parameters = chooseParameters({ slots: 512, levels: 1, magnitude: 16 });
    expect(() => ckksPacking(parameters, columns, 16)).toThrow(/expected no level/);
  });

  it("refuses a count that is no whole number, and sums out of bounds by more than the noise", () => {
    const columns = columnsOf(weighted, 24);
    const packing = ckksPacking(chooseCkks(columns, 16), columns, 16);
    // Count, weight over 512, five weighted values, steps over 1024.
    const open = (count: number, weight: number, model: number, steps: number) => () =>
      unpackCkks(packing, columns, [Float64Array.of(count, weight / 512, model / 512, 0, 0, 0, 0, steps / 1024)]);
    expect(open(3, 1200, -1200, 3000)().columns[2].values[0]).toBe(-1200);
    for (const count of [2.6, -3, Number.NaN]) expect(open(count, 1, 0, 0)).toThrow("participants");
    expect(open(3, 1201, 0, 0)).toThrow(EncodingError);
    expect(open(3, -1, 0, 0)).toThrow("'#weight'");
    expect(open(3, 600, 601, 0)).toThrow("'model' of the aggregate, value 0");
    expect(open(3, 600, Number.NaN, 0)).toThrow(EncodingError);
    expect(open(3, 600, 0, 3001)).toThrow("'steps'");
    const noise = packing.noise(3);
    expect(open(3, 1200 + 511 * noise, 0, 0)().participants).toBe(3);
    expect(open(3, 1200 + 513 * noise, 0, 0)).toThrow(EncodingError);
  });
});

describe("chooseCkks", () => {
  it("grows the scale with the precision asked for, and the noise stays below it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 26 }), fc.integer({ min: 3, max: 2 ** 20 }), (bits, participants) => {
        const schema = new AggregationSchema({
          fields: [{ name: "x", kind: "sum", bounds: [-1, 1] }],
          maximumParticipants: participants,
        });
        const columns = columnsOf(schema, bits);
        const parameters = chooseCkks(columns, participants);
        expect(slotNoise(parameters.degree, 2 ** parameters.scaleBits, 1)).toBeLessThanOrEqual(2 ** -bits);
        expect(parameters.maxMagnitude(0)).toBeGreaterThanOrEqual(participants);
        expect(ckksPacking(parameters, columns, participants).noise(participants)).toBeLessThan(0.25);
        if (parameters.scaleBits > 30)
          expect(slotNoise(parameters.degree, 2 ** (parameters.scaleBits - 1), 1)).toBeGreaterThan(2 ** -bits);
      }),
      { numRuns: 200 },
    );
  });

  it("refuses a precision beyond CKKS, naming the field, and parameters that do not hold the sums", () => {
    const schema = new AggregationSchema({
      fields: [
        { name: "coarse", kind: "sum", bounds: [0, 1] },
        { name: "fine", kind: "sum", bounds: [0, 1], precision: 2 ** -40 },
      ],
    });
    const columns = columnsOf(schema, 24);
    expect(() => chooseCkks(columns, 1000)).toThrow(ParameterError);
    // Scale 2^45 less 16 standard deviations of the noise at N = 4096, which are 2^17.4.
    expect(() => chooseCkks(columns, 1000)).toThrow(
      "precision of 'fine': expected at most 27 bits below its largest bound with CKKS, got 40 bits",
    );
    const small = chooseParameters({ slots: 16, levels: 0, scaleBits: 45, magnitude: 16 });
    expect(() => ckksPacking(small, columns.slice(0, 2), 2 ** 20)).toThrow(ParameterError);
  });
});
