import { describe, expect, it } from "vitest";
import { EncodingError, ParameterError } from "../../../src/errors.js";
import { columnsOf } from "../../../src/host/aggregation/columns.js";
import { type ContributionValues, checkValues } from "../../../src/host/aggregation/values.js";
import { sample, schema, weighted } from "./support.js";

const columns = columnsOf(schema, 24);
const check =
  (values: unknown, weight?: number, of = schema) =>
  () =>
    checkValues(of, values as ContributionValues, weight);

describe("checkValues", () => {
  it("copies the values, so that the caller may change its own", () => {
    const counts = Float64Array.of(1, 2, 3, 4, 5, 6);
    const checked = checkValues(schema, { load: -2, counts });
    counts.fill(9);
    expect(columns.map((column) => [...checked.of(column)])).toEqual([[1], [-2], [1, 2, 3, 4, 5, 6]]);
    checked.wipe();
    expect([...checked.of(columns[2])]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it.each([[[1, 2, 3, 4, 5, 6]], [Float32Array.of(1, 2, 3, 4, 5, 6)], [Uint8Array.of(1, 2, 3, 4, 5, 6)]])(
    "takes %s",
    (counts) => {
      expect([...checkValues(schema, { load: 0, counts }).of(columns[2])]).toEqual([1, 2, 3, 4, 5, 6]);
    },
  );

  it.each<[string, unknown, string]>([
    ["no object", null, "contribution"],
    ["a missing field", { load: 1 }, "field 'counts'"],
    ["a field that only the prototype has", Object.create({ load: 1, counts: [1, 2, 3, 4, 5, 6] }), "field 'load'"],
    ["an unknown field", { ...sample(), volt: 1 }, 'field "volt"'],
    ["a vector where a number is due", { ...sample(), load: [1] }, "field 'load'"],
    ["a text where a number is due", { ...sample(), load: "1" }, "field 'load'"],
    ["a number where a vector is due", { ...sample(), counts: 1 }, "field 'counts'"],
    ["a text where a vector is due", { ...sample(), counts: "123456" }, "field 'counts'"],
    ["bytes where a vector is due", { ...sample(), counts: new DataView(new ArrayBuffer(6)) }, "field 'counts'"],
    ["a vector too short", { ...sample(), counts: [1, 2, 3] }, "6 numbers, got 3"],
  ])("refuses %s", (_, values, where) => {
    expect(check(values)).toThrow(ParameterError);
    expect(check(values)).toThrow(where);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 10.000001, -2.000001, 1e300])(
    "refuses %s, by name",
    (x) => {
      expect(check(sample(x))).toThrow(EncodingError);
      expect(check(sample(x))).toThrow("field 'load'");
      expect(check({ load: 1, counts: [0, 0, 0, 0, x > 1e6 ? x : x * 1e3, 0] })).toThrow("field 'counts', value 4");
    },
  );

  it("refuses holes and things that only convert to numbers", () => {
    for (const bad of [undefined, null, "1", 1n, true]) {
      expect(check({ load: 1, counts: [0, bad, 0, 0, 0, 0] })).toThrow(EncodingError);
    }
  });

  it("wants a weight where the schema has one, and none where it has none", () => {
    const values = { model: [0, 0, 0, 0, 0], steps: 1 };
    expect(check(values, undefined, weighted)).toThrow("weight: expected a number");
    for (const bad of [Number.NaN, -1, 401]) expect(check(values, bad, weighted)).toThrow(EncodingError);
    expect(check(values, 400, weighted)().weight).toBe(400);
    expect(check(sample(), 2)).toThrow("the schema has no weight");
  });
});
