/** One encrypted prediction with chosen seeds: digests of all bytes that would travel, and the labels. Runs in Node and in the page. */
import type { Engine } from "../../../src/engine/index.js";
import { InferenceClient, InferenceServer, LinearModel, planInference } from "../../../src/host/inference/index.js";
import { chosenSeeds, SEED_SOURCE } from "../../../src/math/random.js";
import { digest } from "../../support/digest.js";

/** Plain data, fit to cross into a page. */
export interface PredictionCase {
  /** A `linear-model/1` file. */
  readonly model: string;
  readonly rows: readonly (readonly number[])[];
  readonly key: "secret" | "public";
}

export interface PredictionDigests {
  readonly evaluationKeys: string;
  readonly request: string;
  readonly response: string;
  readonly decisions: string;
  readonly labels: readonly string[];
}

export async function predictionDigests(engine: Engine, { model: text, rows, key }: PredictionCase): Promise<PredictionDigests> {
  const model = LinearModel.fromJSON(text);
  const plan = planInference(model, { scheme: "ckks", batch: rows.length });
  const seeds = { [SEED_SOURCE]: chosenSeeds(Uint8Array.from({ length: 32 }, (_, i) => 3 * i + 1)) };
  const client = await InferenceClient.create(engine, plan.card, seeds);
  const server = await InferenceServer.create(engine, model, plan, seeds);
  const { evaluationKeys } = client;
  const request = await client.encrypt(rows, { key });
  const response = await server.predict(request, evaluationKeys);
  const predictions = await client.decrypt(response);
  client.dispose();
  server.dispose();
  return {
    evaluationKeys: digest(evaluationKeys),
    request: digest(request),
    response: digest(response),
    decisions: digest(Float64Array.from(predictions.flatMap(({ decision }) => decision))),
    labels: predictions.map(({ prediction }) => String(prediction)),
  };
}
