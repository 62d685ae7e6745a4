import { describe, expect, it } from "vitest";
import { ParameterError, SecurityError, WireError } from "../../../src/errors.js";
import { AggregationSchema, type AggregationSchemaInput } from "../../../src/host/aggregation/index.js";

const field = { name: "load", kind: "mean", bounds: [0, 10] } as const;
const make = (input: unknown) => new AggregationSchema(input as AggregationSchemaInput);

describe("AggregationSchema", () => {
  it("fills in defaults and survives JSON with the same hash", () => {
    const schema = make({ fields: [field, { ...field, name: "v", length: 3, precision: 0.5 }], weight: { bounds: [1, 9] } });
    expect(schema.minimumParticipants).toBe(3);
    expect(schema.maximumParticipants).toBe(1000);
    const again = AggregationSchema.fromJSON(JSON.stringify(schema));
    expect(again).toEqual(schema);
    expect(again.hash).toEqual(schema.hash);
  });

  it("has another hash where anything differs", () => {
    const inputs: AggregationSchemaInput[] = [
      { fields: [field] },
      { fields: [{ ...field, name: "loads" }] },
      { fields: [{ ...field, kind: "sum" }] },
      { fields: [{ ...field, bounds: [0, 11] }] },
      { fields: [{ ...field, length: 1 }] },
      { fields: [{ ...field, precision: 1 }] },
      { fields: [field], weight: { bounds: [0, 1] } },
      { fields: [field], minimumParticipants: 4 },
      { fields: [field], maximumParticipants: 4 },
    ];
    expect(new Set(inputs.map((input) => make(input).hash.join())).size).toBe(inputs.length);
  });

  it("is not changed by what it was made from", () => {
    const fields = [{ ...field, bounds: [0, 10] as [number, number] }];
    const schema = make({ fields });
    fields[0].bounds[1] = 99;
    fields.push(fields[0]);
    expect(schema.fields).toEqual([field]);
    expect(Object.isFrozen(schema.fields)).toBe(true);
  });

  it.each<[string, unknown, string]>([
    ["no object", 7, "schema"],
    ["no fields", { fields: [] }, "fields"],
    ["a name with spaces", { fields: [{ ...field, name: "a b" }] }, "fields.0.name"],
    ["a name of the prototype", { fields: [{ ...field, name: "__proto__" }] }, "fields.0.name"],
    ["a name twice", { fields: [field, field] }, "field name"],
    ["an unknown kind", { fields: [{ ...field, kind: "median" }] }, "fields.0.kind"],
    ["an unknown property", { fields: [{ ...field, clip: true }] }, "fields.0"],
    ["bounds upside down", { fields: [{ ...field, bounds: [1, 1] }] }, "fields.0.bounds"],
    ["NaN bounds", { fields: [{ ...field, bounds: [0, Number.NaN] }] }, "fields.0.bounds"],
    ["infinite bounds", { fields: [{ ...field, bounds: [0, Number.POSITIVE_INFINITY] }] }, "fields.0.bounds"],
    ["huge bounds", { fields: [{ ...field, bounds: [0, 1e300] }] }, "fields.0.bounds"],
    ["tiny bounds", { fields: [{ ...field, bounds: [0, 1e-300] }] }, "bounds of 'load'"],
    ["a length of 0", { fields: [{ ...field, length: 0 }] }, "fields.0.length"],
    ["a length of 2.5", { fields: [{ ...field, length: 2.5 }] }, "fields.0.length"],
    ["too many numbers", { fields: ["a", "b"].map((name) => ({ ...field, name, length: 2 ** 24 })) }, "schema"],
    ["a negative precision", { fields: [{ ...field, precision: -1 }] }, "fields.0.precision"],
    ["a precision above the range", { fields: [{ ...field, precision: 11 }] }, "precision of 'load'"],
    ["a precision below float64", { fields: [{ ...field, precision: 1e-16 }] }, "precision of 'load'"],
    ["negative weights", { fields: [field], weight: { bounds: [-1, 1] } }, "weight.bounds"],
    ["a maximum below the minimum", { fields: [field], minimumParticipants: 9, maximumParticipants: 8 }, "maximumParticipants"],
    ["too many participants", { fields: [field], maximumParticipants: 2 ** 21 }, "maximumParticipants"],
  ])("refuses %s", (_, input, where) => {
    expect(() => make(input)).toThrow(ParameterError);
    expect(() => make(input)).toThrow(where);
  });

  it("refuses a minimum of two, which would hide nothing from either", () => {
    expect(() => make({ fields: [field], minimumParticipants: 2 })).toThrow(SecurityError);
  });

  it.each(["", "{", "\u0000", "x".repeat(1 << 19)])("refuses text that is no JSON", (text) => {
    expect(() => AggregationSchema.fromJSON(text)).toThrow(WireError);
  });
});
