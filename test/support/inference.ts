/** The data sets and small models that the tests of inference share. */
import { readFileSync } from "node:fs";
import { InferenceCard, LinearModel, type Prediction } from "../../src/host/inference/index.js";
import { decodeContainer, encodeContainer } from "../../src/wire/index.js";

const data = (name: string) => readFileSync(new URL(`../../data/${name}`, import.meta.url), "utf8");
const cells = (name: string) =>
  data(name)
    .trim()
    .split("\n")
    .map((line) => line.split(","));

export type DataSet = "breast-cancer" | "digits" | "diabetes";

export const modelText = (name: DataSet) => data(`${name}.model.json`);
export const modelOf = (name: DataSet) => LinearModel.fromJSON(modelText(name));
export const rowsOf = (name: DataSet) =>
  cells(`${name}.csv`)
    .slice(1)
    .map((line) => line.map(Number));

/** Decisions and predictions that scikit-learn gave. */
export function expectedOf(name: DataSet): { decision: number[]; probability: number[]; prediction: string }[] {
  const [head, ...lines] = cells(`${name}.expected.csv`);
  const pick = (prefix: string) => head!.flatMap((column, i) => (column.startsWith(prefix) ? [i] : []));
  const decisions = pick("decision_");
  const label = head!.indexOf("prediction");
  return lines.map((line) => ({
    decision: (decisions.length > 0 ? decisions : [label]).map((i) => Number(line[i])),
    probability: pick("probability_").map((i) => Number(line[i])),
    prediction: line[label]!,
  }));
}

/** The largest |difference| / max(1, |decision|) against scikit-learn, and the number of equal labels. */
export function compareWithExpected(name: DataSet, predictions: readonly Prediction[]) {
  const expected = expectedOf(name);
  let worst = 0;
  let labels = 0;
  predictions.forEach(({ decision, prediction }, r) => {
    if (String(prediction) === expected[r]!.prediction) labels++;
    decision.forEach((d, o) => {
      const exact = expected[r]!.decision[o]!;
      worst = Math.max(worst, Math.abs(d - exact) / Math.max(1, Math.abs(exact)));
    });
  });
  return { worst, labels, rows: expected.length };
}

/** A valid small model; a part may be replaced. */
export const smallModel = {
  format: "linear-model/1",
  type: "LogisticRegression",
  feature_names: ["a", "b", "c"],
  coef: [[0.5, -1.25, 2]],
  intercept: [0.125],
  classes: ["no", "yes"],
  scaler: { mean: [1, 2, 3], scale: [1, 2, 4] },
} as const;

export const small = (change: object = {}) => LinearModel.fromJSON(JSON.stringify({ ...smallModel, ...change }));

/** A card with a part of its content replaced, read as a stranger's. */
export const changedCard = (card: InferenceCard, change: object) =>
  InferenceCard.fromJSON(JSON.stringify({ ...card.content, ...change }));

/** A container with metadata or sections replaced (undefined removes one), under a right checksum. */
export function forged(
  bytes: Uint8Array,
  {
    meta,
    sections = {},
    ...header
  }: {
    readonly meta?: (meta: Record<string, unknown>) => object;
    readonly sections?: Readonly<Record<string, Uint8Array | undefined>>;
    readonly parameterHash?: Uint8Array;
    readonly keyId?: Uint8Array;
    readonly kind?: "request" | "response";
  },
): Uint8Array {
  const container = decodeContainer(bytes, { what: "test", maxBytes: bytes.length });
  const all = new Map<string, Uint8Array | undefined>(container.sections);
  if (meta !== undefined) {
    const old = JSON.parse(new TextDecoder().decode(all.get("META"))) as Record<string, unknown>;
    all.set("META", new TextEncoder().encode(JSON.stringify(meta(old))));
  }
  for (const [tag, section] of Object.entries(sections)) all.set(tag, section);
  return encodeContainer({
    kind: container.kind,
    parameterHash: container.parameterHash,
    keyId: container.keyId,
    ...header,
    sections: [...all].flatMap(([tag, section]) => (section === undefined ? [] : [{ tag, bytes: section }])),
  });
}
