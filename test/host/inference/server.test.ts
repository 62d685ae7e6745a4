import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Engine } from "../../../src/engine/index.js";
import { KeyMismatchError, LifetimeError, ParameterError } from "../../../src/errors.js";
import { checkModel, InferenceClient, InferencePlan, InferenceServer, planInference } from "../../../src/host/inference/index.js";
import { PaillierPublicKey } from "../../../src/paillier/index.js";
import { openTestEngine } from "../../support/engine.js";
import { changedCard, small } from "../../support/inference.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

describe("InferenceServer", () => {
  const model = small();
  const plan = planInference(model);

  it("serves the model that its card was made from, and no other", async () => {
    expect(() => checkModel(model, plan.card)).not.toThrow();
    // Another order of magnitude, another intercept far away, other features: all of these show in the card.
    for (const change of [
      { coef: [[50, -125, 200]] },
      { intercept: [1e6] },
      { feature_names: ["x", "y", "z"] },
      { classes: [0, 1] },
    ]) {
      await expect(InferenceServer.create(engine, small(change), plan)).rejects.toThrow(KeyMismatchError);
    }
    const loose = changedCard(plan.card, { bounds: { ...plan.card.content.bounds, weightNorm: 1024 } });
    await expect(InferenceServer.create(engine, model, new InferencePlan(loose))).rejects.toThrow(KeyMismatchError);
  });

  it("refuses what is no model and no plan", async () => {
    await expect(InferenceServer.create(engine, {} as never, plan)).rejects.toThrow(ParameterError);
    await expect(InferenceServer.create(engine, model, plan.card as never)).rejects.toThrow(ParameterError);
  });

  it("reads the key of a client once, however many requests come under it", async () => {
    const paillier = planInference(model, { scheme: "paillier", keyBits: 2048, batch: 1 });
    const server = await InferenceServer.create(engine, model, paillier);
    const client = await InferenceClient.create(engine, paillier.card);
    const request = await client.encrypt([[1, 2, 3]]);
    const read = vi.spyOn(PaillierPublicKey, "fromModulusAsync");
    for (let i = 0; i < 3; i++) await server.predict(request, client.evaluationKeys);
    expect(read).toHaveBeenCalledTimes(1);
    read.mockRestore();
    client.dispose();
    server.dispose();
  });

  it("serves several clients at once", async () => {
    const paillier = planInference(model, { scheme: "paillier", keyBits: 2048, batch: 1 });
    const server = await InferenceServer.create(engine, model, paillier);
    const clients = await Promise.all(Array.from({ length: 6 }, () => InferenceClient.create(engine, paillier.card)));
    const exact = model.predict([[1, 2, 3]])[0]!.decision[0]!;
    // At once, so that more keys are in use than are kept.
    const answers = await Promise.all(
      [...clients, ...clients].map(async (client) => {
        const response = await server.predict(await client.encrypt([[1, 2, 3]]), client.evaluationKeys);
        return (await client.decrypt(response))[0]!.decision[0]!;
      }),
    );
    for (const answer of answers) expect(Math.abs(answer - exact)).toBeLessThan(1e-9);
    for (const client of clients) client.dispose();
    server.dispose();
    server.dispose();
    await expect(server.predict(new Uint8Array(0), new Uint8Array(0))).rejects.toThrow(LifetimeError);
  });
});
