/** How a schema is encrypted: scheme, parameters and packing. All parties hold the same plan, and files carry its hash. */
import { z } from "zod";
import { CkksParameters, type CkksParametersLiteral } from "../../ckks/index.js";
import { ParameterError, show, WireError } from "../../errors.js";
import { checkKeyBits } from "../../math/paillier.js";
import { DEFAULT_KEY_BITS } from "../../paillier/index.js";
import { canonicalJson, hashParts } from "../../wire/index.js";
import { type CkksPacking, chooseCkks, ckksPacking } from "./ckks-packing.js";
import { type Column, columnsOf } from "./columns.js";
import { type Explanation, explainPlan } from "./explain.js";
import { type PaillierPacking, paillierPacking } from "./paillier-packing.js";
import { AggregationSchema, type AggregationSchemaInput, parseJson } from "./schema.js";

/** A fixed point of 24 bits below the largest bound: what a float32 distinguishes. */
const DEFAULT_PRECISION_BITS = 24;
const FORMAT = "webhe-aggregation/1";

/** What {@link planAggregation} takes beside the schema. */
export interface PlanOptions {
  /** `"paillier"`: exact sums, larger and slower for long vectors. `"ckks"` (the default): approximate sums of long vectors. */
  readonly scheme?: "ckks" | "paillier";
  /** Paillier key length: 3072 by default. */
  readonly keyBits?: number;
  /** Fields without a precision of their own are told apart to 2^-precisionBits of their largest bound: 8 to 48, 24 by default. */
  readonly precisionBits?: number;
  /** Allows Paillier keys below 2048 bits: for tests and teaching only. It is no part of the plan; every party says it for itself. */
  readonly unsafe?: boolean;
}

const optionsShape = z.strictObject({
  scheme: z.enum(["ckks", "paillier"]).default("ckks"),
  keyBits: z.int().optional(),
  precisionBits: z.int().min(8).max(48).default(DEFAULT_PRECISION_BITS),
  unsafe: z.boolean().default(false),
});

const fileShape = z.strictObject({
  format: z.literal(FORMAT),
  schema: z.unknown(),
  scheme: z.enum(["ckks", "paillier"]),
  precisionBits: z.int().min(8).max(48),
  keyBits: z.int().optional(),
  parameters: z.unknown().optional(),
});

/** The cryptographic side of a plan. */
type Setting = { readonly parameters: CkksParameters } | { readonly keyBits: number };

/** A checked plan; made by {@link planAggregation} or read with {@link AggregationPlan.fromJSON}. */
export class AggregationPlan {
  readonly schema: AggregationSchema;
  readonly scheme: "ckks" | "paillier";
  readonly precisionBits: number;
  /** Whether this party accepts Paillier keys below 2048 bits. */
  readonly unsafe: boolean;
  /** SHA-256 of the canonical JSON: contributions and aggregates of other plans are refused by it. */
  readonly hash: Uint8Array;
  /** @internal */
  readonly columns: readonly Column[];
  /** @internal */
  readonly packing: CkksPacking | PaillierPacking;

  /** @internal Use {@link planAggregation}. */
  constructor(schema: AggregationSchema, precisionBits: number, setting: Setting, unsafe: boolean) {
    this.schema = schema;
    this.precisionBits = precisionBits;
    this.unsafe = unsafe;
    this.columns = Object.freeze(columnsOf(schema, precisionBits));
    if ("parameters" in setting) {
      this.scheme = "ckks";
      this.packing = ckksPacking(setting.parameters, this.columns, schema.maximumParticipants);
    } else {
      checkKeyBits(setting.keyBits, unsafe);
      this.scheme = "paillier";
      this.packing = paillierPacking(setting.keyBits, this.columns, schema.maximumParticipants);
    }
    this.hash = hashParts("webhe aggregation plan 1", [new TextEncoder().encode(canonicalJson(this.toJSON()))]);
    Object.freeze(this);
  }

  /**
   * Reads a plan from text of anywhere, and checks everything in it as if it were new: security, room for the sums, precision.
   * Throws WireError, ParameterError or SecurityError.
   */
  static fromJSON(text: string, { unsafe = false }: { readonly unsafe?: boolean } = {}): AggregationPlan {
    const checked = fileShape.safeParse(parseJson(text, "plan"));
    if (!checked.success) {
      const { path, message } = checked.error.issues[0];
      throw new WireError({
        what: path.length === 0 ? "plan" : `plan, ${path.join(".")}`,
        expected: `a plan of format ${FORMAT}`,
        got: message,
        remedy: "pass the file that was published",
      });
    }
    const { scheme, precisionBits, keyBits, parameters } = checked.data;
    if ((scheme === "ckks") !== (parameters !== undefined) || (scheme === "paillier") !== (keyBits !== undefined)) {
      throw new WireError({
        what: "plan",
        expected: "parameters with ckks, keyBits with paillier",
        got: "another combination",
        remedy: "pass the file that was published",
      });
    }
    const schema = new AggregationSchema(checked.data.schema as AggregationSchemaInput);
    const setting =
      keyBits === undefined ? { parameters: CkksParameters.from(parameters as CkksParametersLiteral) } : { keyBits };
    return new AggregationPlan(schema, precisionBits, setting, unsafe);
  }

  /** Plain data; `JSON.stringify(plan)` is what the parties exchange. */
  toJSON(): Record<string, unknown> {
    const { schema, scheme, precisionBits, packing } = this;
    const setting = packing.scheme === "ckks" ? { parameters: packing.parameters.toLiteral() } : { keyBits: packing.keyBits };
    return { format: FORMAT, schema: schema.toJSON(), scheme, precisionBits, ...setting };
  }

  /** Packing, parameters, security, bytes, head-room and precision, in words and as data. */
  explain(): Explanation {
    return explainPlan(this);
  }
}

/**
 * Makes the plan of a schema: a pure function of its arguments. Throws ParameterError where the precision, the bounds and the
 * number of participants do not fit, SecurityError for short keys.
 */
export function planAggregation(schema: AggregationSchema, options: PlanOptions = {}): AggregationPlan {
  if (!(schema instanceof AggregationSchema)) {
    throw new ParameterError({
      what: "schema",
      expected: "an AggregationSchema",
      got: show(schema),
      remedy: "make one with new AggregationSchema({ fields })",
    });
  }
  const checked = optionsShape.safeParse(options);
  if (!checked.success) {
    const { path, message } = checked.error.issues[0];
    throw new ParameterError({
      what: path.length === 0 ? "plan options" : `plan option ${path.join(".")}`,
      expected: "scheme, keyBits, precisionBits or unsafe as documented",
      got: message,
      remedy: "correct or remove the option",
    });
  }
  const { scheme, keyBits, precisionBits, unsafe } = checked.data;
  if (scheme === "paillier") return new AggregationPlan(schema, precisionBits, { keyBits: keyBits ?? DEFAULT_KEY_BITS }, unsafe);
  if (keyBits !== undefined) {
    throw new ParameterError({
      what: "plan option keyBits",
      expected: 'none with scheme "ckks"',
      got: `${keyBits}`,
      remedy: 'remove it, or choose scheme "paillier"',
    });
  }
  const parameters = chooseCkks(columnsOf(schema, precisionBits), schema.maximumParticipants);
  return new AggregationPlan(schema, precisionBits, { parameters }, unsafe);
}
