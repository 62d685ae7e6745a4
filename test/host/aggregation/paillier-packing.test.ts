import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncodingError, ParameterError } from "../../../src/errors.js";
import { columnsOf } from "../../../src/host/aggregation/columns.js";
import { type AggregationField, AggregationSchema } from "../../../src/host/aggregation/index.js";
import { packPaillier, paillierPacking, unpackPaillier } from "../../../src/host/aggregation/paillier-packing.js";
import { type ContributionValues, checkValues } from "../../../src/host/aggregation/values.js";

const integer = (low: number, high: number) => fc.integer({ min: low, max: high });

/** Fields with bounds that are multiples of their step 2^-e, so that drawn multiples of it are what arrives. */
const fieldCase = fc.record({
  kind: fc.constantFrom("sum" as const, "mean" as const),
  exponent: integer(-6, 12),
  low: integer(-5000, 5000),
  span: integer(1, 9000),
  length: fc.option(integer(1, 30), { nil: undefined }),
});

const roundCase = fc.record({
  fields: fc.array(fieldCase, { minLength: 1, maxLength: 4 }),
  participants: integer(3, 9),
  weights: fc.option(fc.tuple(integer(0, 50), integer(51, 300)), { nil: undefined }),
  keyBits: fc.constantFrom(128, 256, 514),
  draws: fc.infiniteStream(fc.nat({ max: 2 ** 31 - 1 })),
});

describe("packPaillier and unpackPaillier", () => {
  it("give the exact sums of all columns, whatever the schema", () => {
    fc.assert(
      fc.property(roundCase, ({ fields, participants, weights: range, keyBits, draws }) => {
        const draw = (span: number) => Number(draws.next().value) % (span + 1);
        const inputs: AggregationField[] = fields.map(({ kind, exponent, low, span, length }, i) => {
          const step = 2 ** -exponent;
          return { name: `f${i}`, kind, bounds: [low * step, (low + span) * step], length, precision: step };
        });
        const weight = range && { bounds: range, precision: 1 };
        const schema = new AggregationSchema({ fields: inputs, weight, maximumParticipants: participants });
        const columns = columnsOf(schema, 24);
        const packing = paillierPacking(keyBits, columns, participants);

        const plain = fields.map(({ length }) => new Array<bigint>(length ?? 1).fill(0n));
        const sums = new Array<bigint>(packing.ciphertexts).fill(0n);
        let weights = 0;
        for (let p = 0; p < participants; p++) {
          const w = range && range[0] + draw(range[1] - range[0]);
          weights += w ?? 0;
          const values: Record<string, ContributionValues[string]> = {};
          fields.forEach(({ kind, exponent, low, span, length }, i) => {
            const multiples = Array.from({ length: length ?? 1 }, () => low + draw(span));
            const factor = kind === "mean" ? BigInt(w ?? 1) : 1n;
            for (const [j, k] of multiples.entries()) plain[i][j] += factor * BigInt(k);
            const numbers = multiples.map((k) => k * 2 ** -exponent);
            values[`f${i}`] = length === undefined ? numbers[0] : numbers;
          });
          for (const [c, m] of packPaillier(packing, columns, checkValues(schema, values, w)).entries()) {
            expect(m >= 0n && m <= packing.plaintextBound).toBe(true);
            sums[c] += m;
          }
        }
        for (const m of sums) expect(m < 1n << BigInt(packing.plaintextBits)).toBe(true);

        const opened = unpackPaillier(packing, columns, sums);
        expect(opened.participants).toBe(participants);
        const first = range === undefined ? 1 : 2;
        if (range !== undefined) expect(opened.columns[1].values[0]).toBe(weights);
        fields.forEach(({ exponent }, i) => {
          expect([...opened.columns[first + i].values]).toEqual(plain[i].map((k) => Number(k) * 2 ** -exponent));
        });
      }),
      { numRuns: 200 },
    );
  });

  it("keeps the largest and the smallest sum of the largest round apart from its neighbours", () => {
    const schema = new AggregationSchema({
      fields: [{ name: "v", kind: "sum", bounds: [-1, 1], length: 40, precision: 2 ** -10 }],
      maximumParticipants: 1000,
    });
    const columns = columnsOf(schema, 24);
    const packing = paillierPacking(256, columns, 1000);
    const values = Float64Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const sums = packPaillier(packing, columns, checkValues(schema, { v: values })).map((m) => 1000n * m);
    expect(unpackPaillier(packing, columns, sums).columns[1].values).toEqual(values.map((x) => 1000 * x));
  });

  it("rounds a value between two steps to the nearest, also outside of bounds that are no steps", () => {
    const schema = new AggregationSchema({ fields: [{ name: "x", kind: "sum", bounds: [-0.4, 2.6], precision: 1 }] });
    const columns = columnsOf(schema, 24);
    const packing = paillierPacking(128, columns, 1000);
    const through = (x: number) =>
      unpackPaillier(packing, columns, packPaillier(packing, columns, checkValues(schema, { x }))).columns[1].values[0];
    expect([-0.4, 0.49, 0.51, 1.2, 2.6].map(through)).toEqual([0, 0, 1, 1, 3]);
  });

  it("refuses values out of bounds on the way in, and sums that no honest participants make on the way out", () => {
    const schema = new AggregationSchema({
      fields: [{ name: "x", kind: "sum", bounds: [0, 100], precision: 1 }],
      maximumParticipants: 100,
    });
    const columns = columnsOf(schema, 24);
    const packing = paillierPacking(128, columns, 100);
    const [count, x] = packing.runs.map(({ shift }) => BigInt(shift));
    const open = (m: bigint) => () => unpackPaillier(packing, columns, [m]);
    expect(open((4n << count) | (400n << x))().columns[1].values[0]).toBe(400);
    expect(open((4n << count) | (401n << x))).toThrow(EncodingError);
    expect(open((4n << count) | (401n << x))).toThrow("field 'x'");
    const hostile = { ...checkValues(schema, { x: 1 }), of: () => Float64Array.of(101) };
    expect(() => packPaillier(packing, columns, hostile)).toThrow(EncodingError);
    expect(open(-1n)).toThrow(EncodingError);
    expect(open(1n << BigInt(packing.plaintextBits))).toThrow(EncodingError);
  });

  it("refuses a field whose sums exceed a plaintext", () => {
    const schema = new AggregationSchema({ fields: [{ name: "x", kind: "mean", bounds: [0, 1] }], weight: { bounds: [0, 1] } });
    expect(() => paillierPacking(64, columnsOf(schema, 40), 1000)).toThrow(ParameterError);
    expect(() => paillierPacking(64, columnsOf(schema, 40), 1000)).toThrow("slot of 'x'");
  });
});
