/** What is aggregated: named fields with bounds, agreed on by all parties before anything is encrypted. */
import { z } from "zod";
import { ParameterError, SecurityError, show, WireError } from "../../errors.js";
import { canonicalJson, hashParts } from "../../wire/index.js";

/** Bounds keep the powers of two that scale a field well inside the range of float64. */
const LARGEST_BOUND = 2 ** 100;
/** No value and no grid is finer than this. */
const SMALLEST_STEP = 2 ** -100;
const MAX_FIELDS = 256;
/** Numbers in one contribution, over all fields. */
const MAX_VALUES = 2 ** 24;
/** The count must be told from its noise, and sums must fit; more participants than this aggregate in rounds. */
const MAX_PARTICIPANTS = 2 ** 20;
/** With two participants each subtracts its own value and reads the other's. */
const LEAST_MINIMUM = 3;
/** Bound on the text of a schema or a plan. */
const MAX_TEXT = 1 << 18;

const bound = z.number().min(-LARGEST_BOUND).max(LARGEST_BOUND);
const bounds = z.tuple([bound, bound]).refine(([low, high]) => low < high, "the lower bound must be below the upper one");
const step = z.number().min(SMALLEST_STEP).max(LARGEST_BOUND);

const fieldShape = z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, "a name is 1 to 64 of A-Z a-z 0-9 _ . -, a letter first"),
  kind: z.enum(["sum", "mean"]),
  bounds,
  length: z.int().min(1).max(MAX_VALUES).optional(),
  precision: step.optional(),
});

const schemaShape = z.strictObject({
  fields: z.array(fieldShape).min(1).max(MAX_FIELDS),
  weight: z
    .strictObject({ bounds: bounds.refine(([low]) => low >= 0, "weights are not negative"), precision: step.optional() })
    .optional(),
  minimumParticipants: z.int().min(1).max(MAX_PARTICIPANTS).default(LEAST_MINIMUM),
  maximumParticipants: z.int().min(1).max(MAX_PARTICIPANTS).default(1000),
});

/** One field of a schema. */
export interface AggregationField {
  readonly name: string;
  /** A sum, or a mean over participants (weighted where the schema has a weight). */
  readonly kind: "sum" | "mean";
  /** Every single value lies in [low, high]; a participant refuses to encrypt anything else. */
  readonly bounds: readonly [low: number, high: number];
  /** Numbers in a vector field; a field without length is one number. */
  readonly length?: number;
  /** The largest step between two values that are told apart; the plan's precision where not given. 1 keeps integers exact. */
  readonly precision?: number;
}

/** The weight that each participant gives its mean fields, for example its number of examples; it stays encrypted. */
export interface AggregationWeight {
  /** [low, high] with low >= 0. */
  readonly bounds: readonly [low: number, high: number];
  /** As in a field. */
  readonly precision?: number;
}

/** What {@link AggregationSchema} is made from. */
export interface AggregationSchemaInput {
  readonly fields: readonly AggregationField[];
  readonly weight?: AggregationWeight;
  /** No aggregate of fewer contributions is opened; 3 by default, and never less. */
  readonly minimumParticipants?: number;
  /** No aggregate of more contributions is made, so that no sum overflows; 1000 by default, at most 2^20. */
  readonly maximumParticipants?: number;
}

/** A checked, frozen schema. Two schemas of equal content have the same hash. */
export class AggregationSchema {
  readonly fields: readonly AggregationField[];
  readonly weight: AggregationWeight | undefined;
  readonly minimumParticipants: number;
  readonly maximumParticipants: number;
  /** SHA-256 of the canonical JSON. */
  readonly hash: Uint8Array;

  /** Throws ParameterError naming the first field that is wrong, and SecurityError for a minimum below 3. */
  constructor(input: AggregationSchemaInput) {
    const checked = schemaShape.safeParse(input);
    if (!checked.success) {
      const { path, message } = checked.error.issues[0];
      refuse(path.length === 0 ? "schema" : `schema, ${path.join(".")}`, "the documented shape", message, "correct the schema");
    }
    const { fields, weight, minimumParticipants, maximumParticipants } = checked.data;
    checkNames(fields);
    checkSteps([...fields, ...(weight === undefined ? [] : [{ name: "weight", ...weight }])]);
    checkParticipants(minimumParticipants, maximumParticipants);
    this.fields = Object.freeze(fields.map((field) => Object.freeze(field)));
    this.weight = weight && Object.freeze(weight);
    this.minimumParticipants = minimumParticipants;
    this.maximumParticipants = maximumParticipants;
    this.hash = hashParts("webhe aggregation schema 1", [new TextEncoder().encode(canonicalJson(this.toJSON()))]);
    Object.freeze(this);
  }

  /** Reads a schema from text of anywhere. Throws WireError for anything but JSON, else as the constructor. */
  static fromJSON(text: string): AggregationSchema {
    return new AggregationSchema(parseJson(text, "schema") as AggregationSchemaInput);
  }

  /** Plain data, defaults filled in. */
  toJSON(): AggregationSchemaInput {
    const { fields, weight, minimumParticipants, maximumParticipants } = this;
    return {
      fields: fields.map(withoutUndefined),
      ...(weight === undefined ? {} : { weight: withoutUndefined(weight) }),
      minimumParticipants,
      maximumParticipants,
    };
  }
}

/** Numbers that a field takes in a contribution. */
export function lengthOf(field: AggregationField): number {
  return field.length ?? 1;
}

/** Hostile text as JSON of bounded size. Throws WireError. */
export function parseJson(text: string, what: string): unknown {
  if (typeof text !== "string" || text.length > MAX_TEXT) {
    throw new WireError({
      what,
      expected: `JSON text of at most ${MAX_TEXT} characters`,
      got: typeof text === "string" ? `${text.length} characters` : show(text),
      remedy: "pass the file that was published",
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WireError({ what, expected: "JSON text", got: show(text), remedy: "pass the file that was published" }, { cause });
  }
}

function checkNames(fields: readonly AggregationField[]): void {
  const names = new Set<string>();
  let values = 0;
  for (const field of fields) {
    if (names.has(field.name)) refuse("schema, field name", "different names", `${show(field.name)} twice`, "rename one");
    names.add(field.name);
    values += lengthOf(field);
  }
  if (values > MAX_VALUES)
    refuse("schema", `at most ${MAX_VALUES} numbers in all`, `${values}`, "split the vector into several schemas");
}

/** A step is useless above the range it divides, and a float64 has no bits for one below 2^-52 of the largest bound. */
function checkSteps(columns: readonly { name: string; bounds: readonly [number, number]; precision?: number }[]): void {
  for (const { name, bounds, precision } of columns) {
    const largest = Math.max(Math.abs(bounds[0]), Math.abs(bounds[1]));
    if (largest < SMALLEST_STEP) {
      refuse(`schema, bounds of '${name}'`, `a bound of at least ${SMALLEST_STEP}`, `${largest}`, "use a larger unit");
    }
    if (precision === undefined) continue;
    const least = largest * 2 ** -51;
    const most = bounds[1] - bounds[0];
    if (precision < least || precision > most) {
      const expected = `a step from ${least.toPrecision(3)} to ${most.toPrecision(3)}`;
      refuse(`schema, precision of '${name}'`, expected, `${precision}`, "change the precision or the bounds");
    }
  }
}

function checkParticipants(minimum: number, maximum: number): void {
  if (minimum < LEAST_MINIMUM) {
    throw new SecurityError({
      what: "schema, minimumParticipants",
      expected: `at least ${LEAST_MINIMUM}`,
      got: `${minimum}`,
      remedy: "wait for more participants: the sum of two shows each the other's value",
    });
  }
  if (maximum < minimum) refuse("schema, maximumParticipants", `at least the minimum of ${minimum}`, `${maximum}`, "raise it");
}

function refuse(what: string, expected: string, got: string, remedy: string): never {
  throw new ParameterError({ what, expected, got, remedy });
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}
