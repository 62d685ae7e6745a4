import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncodingError } from "../../../src/errors.js";
import { decisionOf, groupCount, standardise, toColumns } from "../../../src/host/inference/rows.js";

const space = { features: ["a", "b"], scaler: { mean: [1, 10], scale: [2, 0.5] } };

describe("rows", () => {
  it("are standardised in scikit-learn's order of operations", () => {
    expect([...standardise([[0.1, 10.3]], space, { magnitude: 64 })]).toEqual([(0.1 - 1) / 2, (10.3 - 10) / 0.5]);
    const uneven = { features: ["a"], scaler: { mean: [0.1], scale: [0.7] } };
    for (const x of [0.3, 0.6, 1.1, 2.3]) expect([...standardise([[x]], uneven, { magnitude: 64 })]).toEqual([(x - 0.1) / 0.7]);
    expect([...standardise([Float32Array.of(3, 4)], { ...space, scaler: undefined }, { magnitude: 64 })]).toEqual([3, 4]);
  });

  it("are accepted up to the magnitude and refused beyond it, on either side", () => {
    const check = (z: number) => () => standardise([[1 + 2 * z, 10]], space, { magnitude: 4 });
    expect(check(4)).not.toThrow();
    expect(check(-4)).not.toThrow();
    expect(check(4.000001)).toThrow(EncodingError);
    expect(check(-4.000001)).toThrow(/row 0, column 'a': expected a magnitude of at most 4 after standardisation, got -4.000001/);
  });

  it("are refused where the scaler overflows", () => {
    const scaler = { mean: [-1e308, 0], scale: [1e-300, 1] };
    expect(() => standardise([[1e308, 0]], { ...space, scaler }, { magnitude: Number.MAX_VALUE })).toThrow(EncodingError);
  });

  it("are named as the caller names them", () => {
    const rowName = (row: number) => `line ${row + 2}`;
    expect(() =>
      standardise(
        [
          [1, 10],
          [1, 99],
        ],
        space,
        { magnitude: 4, rowName },
      ),
    ).toThrow(/line 3, column 'b'/);
  });

  it("go into columns of one feature each, group after group, and come back", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        (rows, features, slots) => {
          const values = Float64Array.from({ length: rows * features }, (_, i) => i + 1);
          const columns = toColumns(values, features, slots);
          expect(columns.length).toBe(groupCount(rows, slots) * features);
          for (let r = 0; r < rows; r++) {
            expect(decisionOf(columns, features, slots, r)).toEqual([...values.subarray(r * features, (r + 1) * features)]);
          }
        },
      ),
    );
  });
});
