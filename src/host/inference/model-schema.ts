/** The file format `linear-model/1`: scikit-learn's fitted attributes as plain JSON (no pickle: a pickle is a program). */
import { z } from "zod";
import type { Link } from "./link.js";

/** Model types that are known, and how their decisions are read. */
export const MODEL_TYPES = {
  LogisticRegression: "classifier",
  LinearSVC: "classifier",
  LinearRegression: "regression",
  Ridge: "regression",
  Lasso: "regression",
} as const;

export type ModelType = keyof typeof MODEL_TYPES;

/** Bounds on what a file may ask for; a request of this many features would fill any machine. */
export const MAX_FEATURES = 4096;
export const MAX_OUTPUTS = 1024;

const names = Object.keys(MODEL_TYPES) as [ModelType, ...ModelType[]];

export const modelType = z.enum(names, { error: (issue) => `expected one of ${names.join(", ")}, got ${quote(issue.input)}` });

/** zod refuses NaN and infinities by itself. */
const finite = z.number();

export const label = z.union([finite, z.string().max(200), z.boolean()]);

export const featureNames = z
  .array(z.string().min(1).max(200))
  .min(1)
  .max(MAX_FEATURES)
  .refine((list) => new Set(list).size === list.length, "feature names must differ");

export const classLabels = z
  .array(label)
  .min(2)
  .max(MAX_OUTPUTS)
  .refine((list) => new Set(list).size === list.length, "classes must differ");

export const scalerShape = z.strictObject({
  mean: z.array(finite).max(MAX_FEATURES),
  scale: z.array(finite.refine((s) => s > 0, "a scale must be above 0")).max(MAX_FEATURES),
});

/** The content of a model file. */
export interface LinearModelContent {
  readonly format: "linear-model/1";
  readonly type: ModelType;
  readonly feature_names: readonly string[];
  /** [outputs][features]. */
  readonly coef: readonly (readonly number[])[];
  /** [outputs]. */
  readonly intercept: readonly number[];
  /** Of classifiers: one label a decision, or two labels for one decision. */
  readonly classes?: readonly (number | string | boolean)[];
  /** z = (x - mean) / scale, feature by feature, before the weights are applied. */
  readonly scaler?: { readonly mean: readonly number[]; readonly scale: readonly number[] };
}

export const modelSchema: z.ZodType<LinearModelContent> = z
  .strictObject({
    format: z.literal("linear-model/1"),
    type: modelType,
    feature_names: featureNames,
    coef: z.array(z.array(finite).max(MAX_FEATURES)).min(1).max(MAX_OUTPUTS),
    intercept: z.array(finite).max(MAX_OUTPUTS),
    classes: classLabels.optional(),
    scaler: scalerShape.optional(),
  })
  .superRefine((model, context) => {
    const features = model.feature_names.length;
    const outputs = model.coef.length;
    const need = (condition: boolean, path: PropertyKey[], message: string) => {
      if (!condition) context.addIssue({ code: "custom", path, message });
    };
    model.coef.forEach((row, o) => {
      need(row.length === features, ["coef", o], `expected ${features} weights as there are feature names, got ${row.length}`);
    });
    need(
      model.intercept.length === outputs,
      ["intercept"],
      `expected ${outputs} as coef has rows, got ${model.intercept.length}`,
    );
    for (const key of ["mean", "scale"] as const) {
      const length = model.scaler?.[key].length ?? features;
      need(length === features, ["scaler", key], `expected ${features} numbers as there are feature names, got ${length}`);
    }
    if (MODEL_TYPES[model.type] === "regression") {
      need(model.classes === undefined, ["classes"], "a regression has no classes");
      need(outputs === 1, ["coef"], `expected one output of a regression, got ${outputs}: make one model a target`);
      return;
    }
    const expected = outputs === 1 ? 2 : outputs;
    const classes = model.classes?.length ?? 0;
    need(classes === expected, ["classes"], `expected ${expected} labels for ${outputs} decisions, got ${classes}`);
  });

/** How the decisions of a model are read. Logistic models of several classes are multinomial, as scikit-learn fits them. */
export function linkOf(type: ModelType, outputs: number): Link {
  if (MODEL_TYPES[type] === "regression") return "identity";
  if (type === "LinearSVC") return "margin";
  return outputs === 1 ? "logistic" : "softmax";
}

function quote(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : typeof value;
}
