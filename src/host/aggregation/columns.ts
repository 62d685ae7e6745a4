/**
 * The columns of a contribution: how many of each number there are, how large they get and how finely they are told apart.
 * The first column counts participants, the second holds the weight where there is one, and the fields follow.
 */

import { powerOfTwo, splitFloat64 } from "../../math/float64.js";
import { bitLength } from "../../math/modular.js";
import { type AggregationSchema, lengthOf } from "./schema.js";

/** One column: all numbers of a field, or the count, or the weight. */
export interface Column {
  /** The field's name, or `#participants` or `#weight`, which no field can be called. */
  readonly name: string;
  readonly length: number;
  readonly bounds: readonly [low: number, high: number];
  /** Every |value| is at most 2^unit; the smallest such integer. */
  readonly unit: number;
  /** Values are told apart to 2^step. */
  readonly step: number;
  /** Whether participants multiply their values by their weight. */
  readonly weighted: boolean;
}

export const PARTICIPANTS = "#participants";
export const WEIGHT = "#weight";

/** The columns of a schema; fields without a precision get steps of 2^-precisionBits of their unit. */
export function columnsOf(schema: AggregationSchema, precisionBits: number): Column[] {
  const column = (
    name: string,
    { length = 1, bounds, precision }: { length?: number; bounds: readonly [number, number]; precision?: number },
    weighted: boolean,
  ): Column => {
    const unit = ceilLog2(Math.max(Math.abs(bounds[0]), Math.abs(bounds[1])));
    const step = precision === undefined ? unit - precisionBits : floorLog2(precision);
    return { name, length, bounds, unit, step, weighted };
  };
  return [
    column(PARTICIPANTS, { bounds: [0, 1], precision: 1 }, false),
    ...(schema.weight === undefined ? [] : [column(WEIGHT, schema.weight, false)]),
    ...schema.fields.map((field) =>
      column(field.name, { ...field, length: lengthOf(field) }, field.kind === "mean" && schema.weight !== undefined),
    ),
  ];
}

/** The largest e with 2^e <= x, for a finite x > 0; exact, where Math.log2 may be off by one. */
export function floorLog2(x: number): number {
  const { mantissa, exponent } = splitFloat64(x);
  return bitLength(mantissa) - 1 + exponent;
}

/** The smallest e with x <= 2^e, for a finite x > 0. */
export function ceilLog2(x: number): number {
  const floor = floorLog2(x);
  return powerOfTwo(floor) === x ? floor : floor + 1;
}
