/** The file format `webhe-card/1`: everything that a client needs, and nothing that only the server may know. */
import { z } from "zod";
import type { Bounds } from "./bounds.js";
import type { Label, Link } from "./link.js";
import {
  classLabels,
  featureNames,
  linkOf,
  MAX_OUTPUTS,
  MODEL_TYPES,
  type ModelType,
  modelType,
  scalerShape,
} from "./model-schema.js";
import type { Scaler } from "./rows.js";

/** CKKS: the parameters as a literal, checked against the security table when the card is read. */
export interface CkksCard {
  readonly name: "ckks";
  readonly degree: number;
  readonly basePrimes: readonly number[];
  readonly levelPrimes: readonly number[];
  readonly scaleBits: number;
  readonly security: 128 | 192 | 256;
}

/** Paillier: key length, how plaintexts are cut, and the fractional bits of features and weights. */
export interface PaillierCard {
  readonly name: "paillier";
  readonly keyBits: number;
  readonly slots: number;
  readonly slotBits: number;
  readonly featureBits: number;
  readonly weightBits: number;
}

/** The content of a card: plain data. A pure function of a model and of the options of the plan. */
export interface CardContent {
  readonly format: "webhe-card/1";
  readonly model: ModelType;
  readonly link: Link;
  readonly features: readonly string[];
  readonly outputs: number;
  readonly classes?: readonly Label[];
  readonly scaler?: Scaler;
  /** Rows that a request is planned for; more are cut into groups. */
  readonly batch: number;
  readonly bounds: Bounds;
  readonly scheme: CkksCard | PaillierCard;
}

const positive = z.number().gt(0);
const primes = z
  .array(
    z
      .int()
      .min(2)
      .max(2 ** 30),
  )
  .max(64);

const ckks = z.strictObject({
  name: z.literal("ckks"),
  degree: z.int().min(1024).max(65536),
  basePrimes: primes,
  levelPrimes: primes,
  scaleBits: z.int().min(16).max(45),
  security: z.union([z.literal(128), z.literal(192), z.literal(256)]),
});

const paillier = z.strictObject({
  name: z.literal("paillier"),
  keyBits: z.int().min(64).max(4096),
  slots: z.int().min(1).max(4096),
  slotBits: z.int().min(2).max(4096),
  featureBits: z.int().min(0).max(1024),
  weightBits: z.int().min(0).max(1024),
});

export const MAX_BATCH = 2 ** 24;

export const cardSchema: z.ZodType<CardContent> = z
  .strictObject({
    format: z.literal("webhe-card/1"),
    model: modelType,
    link: z.enum(["identity", "margin", "logistic", "softmax"]),
    features: featureNames,
    outputs: z.int().min(1).max(MAX_OUTPUTS),
    classes: classLabels.optional(),
    scaler: scalerShape.optional(),
    batch: z.int().min(1).max(MAX_BATCH),
    bounds: z.strictObject({ feature: positive, decision: positive, weightNorm: positive }),
    scheme: z.discriminatedUnion("name", [ckks, paillier]),
  })
  .superRefine((card, context) => {
    const need = (condition: boolean, path: PropertyKey[], message: string) => {
      if (!condition) context.addIssue({ code: "custom", path, message });
    };
    const link = linkOf(card.model, card.outputs);
    need(card.link === link, ["link"], `expected ${link} for this model`);
    for (const key of ["mean", "scale"] as const) {
      const length = card.scaler?.[key].length ?? card.features.length;
      need(length === card.features.length, ["scaler", key], `expected ${card.features.length} numbers as there are features`);
    }
    const regression = MODEL_TYPES[card.model] === "regression";
    const classes = card.classes?.length ?? 0;
    const expected = regression ? 0 : card.outputs === 1 ? 2 : card.outputs;
    need(classes === expected, ["classes"], `expected ${expected} labels, got ${classes}`);
    need(!regression || card.outputs === 1, ["outputs"], "expected one output of a regression");
  });
