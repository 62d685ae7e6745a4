/** The line from rows to labels, with nothing but bytes between client and server, against scikit-learn. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/index.js";
import {
  InferenceCard,
  InferenceClient,
  InferencePlan,
  InferenceServer,
  planInference,
} from "../../../src/host/inference/index.js";
import { openTestEngine } from "../../support/engine.js";
import { compareWithExpected, modelOf, rowsOf, small } from "../../support/inference.js";
import { testRandom } from "../../support/random.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

describe.each(["breast-cancer", "digits", "diabetes"] as const)("%s under CKKS", (name) => {
  it.each(["secret", "public"] as const)("gives scikit-learn's labels with the %s key", async (key) => {
    const plan = planInference(modelOf(name));
    // The card travels as text, as it does between machines.
    const client = await InferenceClient.create(engine, InferenceCard.fromJSON(plan.card.toText()));
    const server = await InferenceServer.create(engine, modelOf(name), plan);
    const rows = rowsOf(name);
    const request = await client.encrypt(rows, { key });
    const response = await server.predict(request, client.evaluationKeys);
    const predictions = await client.decrypt(response);
    const { worst, labels, rows: expected } = compareWithExpected(name, predictions);
    expect(predictions.length).toBe(expected);
    expect(worst).toBeLessThanOrEqual(1e-3);
    if (name !== "diabetes") expect(labels).toBe(expected);
    // What the plan promises of the absolute error holds too.
    const { precision } = plan.explain().facts;
    const oracle = modelOf(name).predict(rows);
    predictions.forEach(({ decision }, r) => {
      decision.forEach((d, o) => {
        expect(Math.abs(d - oracle[r]!.decision[o]!)).toBeLessThan(precision[key]);
      });
    });
    client.dispose();
    server.dispose();
  });
});

describe("breast-cancer under Paillier", () => {
  it("gives scikit-learn's labels and nine digits with 3072 bits", async () => {
    const plan = planInference(modelOf("breast-cancer"), { scheme: "paillier" });
    const client = await InferenceClient.create(engine, plan.card);
    const server = await InferenceServer.create(engine, modelOf("breast-cancer"), plan);
    const response = await server.predict(await client.encrypt(rowsOf("breast-cancer")), client.evaluationKeys);
    const predictions = await client.decrypt(response);
    const { worst, labels, rows } = compareWithExpected("breast-cancer", predictions);
    expect(labels).toBe(rows);
    expect(worst).toBeLessThanOrEqual(1e-9);
    client.dispose();
    server.dispose();
  });
});

describe("any model", () => {
  const random = testRandom("any linear model");
  const models = [
    small(),
    small({ type: "LinearSVC", scaler: undefined }),
    small({ type: "Lasso", classes: undefined, coef: [[0, 0, 0]], intercept: [-7] }),
    small({
      coef: [
        [1, 2, 3],
        [-4, 0, 1],
        [0.001, 0, -100],
      ],
      intercept: [0, -1, 50],
      classes: ["a", "b", "c"],
    }),
  ];

  it.each([
    ["ckks", 1e-3, 2048 + 3],
    ["paillier", 1e-9, 30],
  ] as const)("agrees with the oracle over several groups of rows: %s", async (scheme, tolerance, count) => {
    // Magnitudes up to the bound, so that the slots are used to the last bit.
    const z = () => (random.below(8) === 0 ? 63.9 * (random.below(2) * 2 - 1) : random.real(-3, 3));
    let keys: { secretKey: Uint8Array } | undefined;
    for (const model of models) {
      const rows = Array.from({ length: count }, () =>
        model.features.map((_, f) => z() * (model.scaler?.scale[f] ?? 1) + (model.scaler?.mean[f] ?? 0)),
      );
      const plan = planInference(model, { scheme, batch: 2048, keyBits: scheme === "paillier" ? 2048 : undefined });
      const client = await InferenceClient.create(engine, plan.card, { keys });
      const server = await InferenceServer.create(engine, model, new InferencePlan(InferenceCard.fromJSON(plan.card.toText())));
      const predictions = await client.decrypt(await server.predict(await client.encrypt(rows), client.evaluationKeys));
      const oracle = model.predict(rows);
      expect(predictions.length).toBe(count);
      predictions.forEach(({ decision, prediction }, r) => {
        const margin = Math.min(...oracle[r]!.decision.map(Math.abs));
        decision.forEach((d, o) => {
          const exact = oracle[r]!.decision[o]!;
          expect(Math.abs(d - exact)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(exact)));
        });
        if (model.outputs === 1 && model.link !== "identity" && margin > 1e-2) expect(prediction).toBe(oracle[r]!.prediction);
      });
      if (scheme === "paillier") keys = { secretKey: (await client.exportKeys()).secretKey };
      client.dispose();
      server.dispose();
    }
  });
});
