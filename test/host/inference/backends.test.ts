/** The same seeds make the same request and the same response on every backend, byte for byte. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { Engine } from "../../../src/engine/index.js";
import { InferenceClient, InferenceServer, planInference } from "../../../src/host/inference/index.js";
import { chosenSeeds, SEED_SOURCE } from "../../../src/math/random.js";
import { digest } from "../../support/digest.js";
import { compareWithExpected, modelOf, rowsOf } from "../../support/inference.js";

const seeds = (seed: number) => ({ [SEED_SOURCE]: chosenSeeds(new Uint8Array(32).fill(seed)) });

let engines: Engine[];
beforeAll(async () => {
  engines = await Promise.all((["bigint", "wasm", "webgpu"] as const).map((backend) => Engine.create({ backend })));
});
afterAll(async () => {
  for (const engine of engines) await engine.close();
});

it.each([
  ["ckks", "secret", "digits", {}, 719],
  ["ckks", "public", "diabetes", {}, 177],
  ["paillier", "public", "diabetes", { keyBits: 2048 }, 10],
] as const)("%s with the %s key: %s", async (scheme, key, name, options, count) => {
  const model = modelOf(name);
  const plan = planInference(model, { scheme, ...options });
  const owner = await InferenceClient.create(engines[0]!, plan.card, seeds(1));
  const keys = await owner.exportKeys();
  owner.dispose();
  const rows = rowsOf(name).slice(0, count);
  const requests: Uint8Array[] = [];
  const responses: Uint8Array[] = [];
  for (const engine of engines) {
    const client = await InferenceClient.create(engine, plan.card, { keys, ...seeds(2) });
    const server = await InferenceServer.create(engine, model, plan, seeds(3));
    requests.push(await client.encrypt(rows, { key }));
    responses.push(await server.predict(requests[0]!, keys.evaluationKey));
    const predictions = await client.decrypt(responses[0]!);
    const { worst } = compareWithExpected(name, predictions);
    expect(predictions.length).toBe(count);
    expect(worst).toBeLessThanOrEqual(scheme === "ckks" ? 1e-3 : 1e-9);
    client.dispose();
    server.dispose();
  }
  const digests = (made: readonly Uint8Array[]) => new Set(made.map((bytes) => digest(bytes)));
  expect([digests(requests).size, digests(responses).size]).toEqual([1, 1]);
});
