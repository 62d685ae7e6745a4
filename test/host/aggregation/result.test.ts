import { describe, expect, it } from "vitest";
import { EncodingError, SecurityError } from "../../../src/errors.js";
import { columnsOf } from "../../../src/host/aggregation/columns.js";
import { toResult } from "../../../src/host/aggregation/result.js";
import { schema, weighted } from "./support.js";

const column = (values: number[], error = 0) => ({ values: Float64Array.from(values), error });

describe("toResult", () => {
  const read = (participants: number) =>
    toResult(schema, columnsOf(schema, 24), {
      participants,
      columns: [column([participants]), column([10], 0.5), column([1, 2, 3, 4, 5, 6], 0.25)],
    });

  it("divides means by the count, and their errors too; sums stay", () => {
    expect(read(4)).toEqual({
      participants: 4,
      values: { load: 2.5, counts: Float64Array.of(1, 2, 3, 4, 5, 6) },
      errors: { load: 0.125, counts: 0.25 },
    });
  });

  it("refuses too few and too many participants", () => {
    for (const few of [0, 1, 2]) expect(() => read(few)).toThrow(SecurityError);
    expect(read(3).participants).toBe(3);
    expect(read(8).participants).toBe(8);
    expect(() => read(9)).toThrow(EncodingError);
  });

  const readWeighted = (weight: number, error: number) =>
    toResult(weighted, columnsOf(weighted, 24), {
      participants: 3,
      columns: [column([3]), column([weight], error), column([10, -20, 0, 5, 40], 0.5), column([7])],
    });

  it("divides weighted means by the total weight, with the error of both", () => {
    expect(readWeighted(100, 0)).toEqual({
      participants: 3,
      totalWeight: 100,
      values: { model: Float64Array.of(0.1, -0.2, 0, 0.05, 0.4), steps: 7 },
      errors: { model: 0.005, steps: 0 },
    });
    const { model } = readWeighted(100, 1).errors;
    // The worst case: the sum off by 0.5 and the divisor by 1, in the direction that adds up.
    for (const ds of [-0.5, 0.5])
      for (const dw of [-1, 1]) expect(Math.abs((40 + ds) / (100 + dw) - 0.4)).toBeLessThanOrEqual(model + 1e-15);
  });

  it("refuses to divide by a weight that may be nothing", () => {
    for (const [weight, error] of [
      [0, 0],
      [0.001, 0.001],
      [-1, 0],
    ])
      expect(() => readWeighted(weight, error)).toThrow(EncodingError);
  });
});
