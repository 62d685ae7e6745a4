/** Encrypted predictions of the data sets on an engine, held against what scikit-learn predicts. */
import { type DataSetName, dataSet, expectedLabels } from "../data.js";
import { type Engine, InferenceClient, InferenceServer, planInference } from "../package-under-test.js";
import type { Outcome } from "./check.js";
import { compare } from "./check.js";

export interface Prediction {
  readonly name: DataSetName;
  readonly scheme: "ckks" | "paillier";
  readonly keyBits?: number;
  /** Rows that are predicted; all unless given. */
  readonly rows?: number;
}

/** Largest difference of a decision from the clear, relative where a decision is above 1. */
const TOLERANCE = { ckks: 1e-3, paillier: 1e-9 } as const;

export const predictions = (quick: boolean): Prediction[] =>
  quick
    ? [{ name: "breast-cancer", scheme: "ckks" }]
    : [
        ...(["breast-cancer", "digits", "diabetes"] as const).map((name) => ({ name, scheme: "ckks" as const })),
        ...[2048, 3072].flatMap((keyBits) =>
          (["breast-cancer", "diabetes"] as const).map((name) => ({ name, scheme: "paillier" as const, keyBits })),
        ),
        { name: "digits", scheme: "paillier", keyBits: 2048, rows: 50 },
      ];

export const labelOf = ({ name, scheme, keyBits, rows }: Prediction): string =>
  `inference, ${name}, ${scheme}${keyBits === undefined ? "" : ` ${keyBits}`}${rows === undefined ? "" : `, ${rows} rows`}`;

/** Encrypts with the public key, predicts, decrypts; labels must be equal, and decisions within the tolerance of the scheme. */
export async function predict(engine: Engine, prediction: Prediction): Promise<Outcome> {
  const { name, scheme, keyBits } = prediction;
  const head = { label: labelOf(prediction), reference: "committed" } as const;
  try {
    const data = dataSet(name);
    const rows = data.rows.slice(0, prediction.rows);
    const plan = planInference(data.model, { scheme, batch: rows.length, ...(keyBits !== undefined && { keyBits }) });
    const client = await InferenceClient.create(engine, plan.card);
    const server = await InferenceServer.create(engine, data.model, plan);
    const request = await client.encrypt(rows, { key: "public" });
    const found = await client.decrypt(await server.predict(request, client.evaluationKeys));
    client.dispose();
    server.dispose();
    const strays = found.flatMap(({ decision }, i) =>
      decision
        .map((x, j) => Math.abs(x - data.decisions[i]![j]!) / Math.max(1, Math.abs(data.decisions[i]![j]!)))
        .filter((distance) => !(distance <= TOLERANCE[scheme])),
    );
    const labels = (list: readonly unknown[]) => new Map([["labels", list.map(String)]]);
    // A regression's label is its decision, in other digits.
    const isRegression = name === "diabetes";
    const { equal, different } = isRegression
      ? { equal: 1, different: [] }
      : compare(labels(found.map((p) => p.prediction)), labels(expectedLabels(name).slice(0, rows.length)));
    if (strays.length > 0) different.push(`decisions: ${strays.length} stray, the farthest by ${Math.max(...strays)}`);
    const isWhole = found.length === rows.length;
    if (!isWhole) different.push(`rows: ${found.length} instead of ${rows.length}`);
    return { ...head, equal: equal + Number(strays.length === 0), different };
  } catch (error) {
    return { ...head, equal: 0, different: [`all of it: ${error instanceof Error ? error.message : String(error)}`] };
  }
}
