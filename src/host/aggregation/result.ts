/** From the sums of columns to the sums and means of a schema. */
import { EncodingError, SecurityError } from "../../errors.js";
import { type Column, WEIGHT } from "./columns.js";
import { type AggregationSchema, lengthOf } from "./schema.js";

/** What a packing finds in a decrypted aggregate. */
export interface ColumnSums {
  /** The decrypted count, a whole number. */
  readonly participants: number;
  /** One entry a column, in order; `error` bounds how far every sum may be off. */
  readonly columns: readonly { readonly values: Float64Array; readonly error: number }[];
}

/** What {@link KeyHolder.open} returns. */
export interface AggregationResult {
  /** The number of contributions, as decrypted. */
  readonly participants: number;
  /** The sum of weights, where the schema has a weight. */
  readonly totalWeight?: number;
  /** A number, or a vector for a field with a length, by field name. */
  readonly values: Readonly<Record<string, number | Float64Array>>;
  /**
   * By field name, a bound on how far each value may be off through encryption: 0 for Paillier, whose sums are exact
   * (of values rounded to the plan's steps, and then rounded once to float64); the noise of CKKS.
   */
  readonly errors: Readonly<Record<string, number>>;
}

/**
 * Turns sums into a result. Throws SecurityError where fewer took part than the schema asks for, EncodingError for more
 * than it allows or for a total weight too small to divide by.
 */
export function toResult(
  schema: AggregationSchema,
  columns: readonly Column[],
  { participants, columns: sums }: ColumnSums,
): AggregationResult {
  if (participants < schema.minimumParticipants) {
    throw new SecurityError({
      what: "participants in the aggregate",
      expected: `at least ${schema.minimumParticipants}`,
      got: `${participants}`,
      remedy: "wait for more contributions and aggregate them together",
    });
  }
  if (participants > schema.maximumParticipants) {
    throw new EncodingError({
      what: "participants in the aggregate",
      expected: `at most ${schema.maximumParticipants}`,
      got: `${participants}`,
      remedy: "aggregate in several rounds: sums of more may have overflowed",
    });
  }
  const weight = sums[columns.findIndex((column) => column.name === WEIGHT)];
  const values: [string, number | Float64Array][] = [];
  const errors: [string, number][] = [];
  for (const field of schema.fields) {
    const index = columns.findIndex((column) => column.name === field.name);
    const sum = sums[index];
    let value = sum.values;
    let error = sum.error;
    if (field.kind === "mean") {
      const divisor = columns[index].weighted
        ? { value: weight.values[0], error: weight.error }
        : { value: participants, error: 0 };
      // A quotient of two uncertain numbers means nothing once the divisor may be near 0.
      if (!(divisor.value > 2 * divisor.error)) {
        throw new EncodingError({
          what: `total weight of the mean '${field.name}'`,
          expected: `above ${2 * divisor.error}`,
          got: `${divisor.value}`,
          remedy: "wait for contributions with a positive weight",
        });
      }
      value = sum.values.map((x) => x / divisor.value);
      const largest = value.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      error = (sum.error + largest * divisor.error) / (divisor.value - divisor.error);
    }
    values.push([field.name, field.length === undefined ? value[0] : value.subarray(0, lengthOf(field))]);
    errors.push([field.name, error]);
  }
  return {
    participants,
    ...(weight === undefined ? {} : { totalWeight: weight.values[0] }),
    values: Object.fromEntries(values),
    errors: Object.fromEntries(errors),
  };
}
