/** The values of one contribution, checked against the schema before they are encrypted. */
import { EncodingError, ParameterError, show } from "../../errors.js";
import { type Column, PARTICIPANTS, WEIGHT } from "./columns.js";
import { type AggregationSchema, lengthOf } from "./schema.js";

/** What a participant contributes: a number, or a vector of the field's length, by field name. */
export type ContributionValues = Readonly<Record<string, number | ArrayLike<number>>>;

/** Checked copies of a contribution's values. */
export interface CheckedValues {
  /** 1 where the schema has no weight. */
  readonly weight: number;
  /** The numbers of a column, as long as the column. */
  of(column: Column): Float64Array;
  /** Overwrites the copies. */
  wipe(): void;
}

/**
 * Checks and copies values. Throws ParameterError for a missing or unknown field or another length, EncodingError naming the
 * field for NaN, an infinity or a value out of bounds. Nothing is clipped: a caller that wants clipping clips, and says so.
 */
export function checkValues(schema: AggregationSchema, values: ContributionValues, weight?: number): CheckedValues {
  if (typeof values !== "object" || values === null) {
    refuse("contribution", "an object of values by field name", show(values), "pass { field: value }");
  }
  const known = new Set(schema.fields.map((field) => field.name));
  for (const name of Object.keys(values)) {
    if (!known.has(name))
      refuse(`field ${show(name)}`, `one of ${[...known].join(", ")}`, "an unknown field", "remove or rename it");
  }
  const copies = new Map<string, Float64Array>([[PARTICIPANTS, Float64Array.of(1)]]);
  for (const field of schema.fields) {
    const what = `field '${field.name}'`;
    if (!Object.hasOwn(values, field.name)) refuse(what, "a value", "none", "contribute to every field of the schema");
    copies.set(field.name, copyNumbers(what, values[field.name], lengthOf(field), field.length !== undefined, field.bounds));
  }
  if (schema.weight === undefined) {
    if (weight !== undefined)
      refuse("weight", "none: the schema has no weight", show(weight), "remove it, or add a weight to the schema");
  } else {
    if (weight === undefined) refuse("weight", "a number", "none", "pass { weight } with the contribution");
    copies.set(WEIGHT, copyNumbers("weight", weight, 1, false, schema.weight.bounds));
  }
  return {
    weight: weight ?? 1,
    of: (column) => copies.get(column.name)!,
    wipe: () => {
      for (const copy of copies.values()) copy.fill(0);
    },
  };
}

function copyNumbers(
  what: string,
  value: number | ArrayLike<number> | undefined,
  length: number,
  isVector: boolean,
  [low, high]: readonly [number, number],
): Float64Array {
  if (!isVector && typeof value !== "number")
    refuse(what, "a number", show(value), "pass one number, or give the field a length");
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  if (isVector && !isList) refuse(what, `a vector of ${length} numbers`, show(value), "pass an array or a typed array");
  const source = (isVector ? value : [value]) as ArrayLike<number>;
  if (source.length !== length)
    refuse(what, `${length} numbers`, `${source.length}`, "contribute vectors of the schema's length");
  const copy = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const x = source[i];
    if (typeof x !== "number" || !(x >= low && x <= high)) {
      const where = isVector ? `${what}, value ${i}` : what;
      const isNumber = typeof x === "number" && Number.isFinite(x);
      throw new EncodingError({
        what: where,
        expected: `a number from ${low} to ${high}`,
        got: show(x),
        remedy: isNumber ? "clip it to the bounds, or agree on wider ones" : "remove NaN, infinite and missing values",
      });
    }
    copy[i] = x;
  }
  return copy;
}

function refuse(what: string, expected: string, got: string, remedy: string): never {
  throw new ParameterError({ what, expected, got, remedy });
}
