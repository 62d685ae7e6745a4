import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/index.js";
import { ParameterError } from "../../../src/errors.js";
import { type AggregationPlan, Aggregator, KeyHolder, Participant } from "../../../src/host/aggregation/index.js";
import { openTestEngine } from "../../support/engine.js";
import { plans, schema } from "./support.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

describe("every role", () => {
  it.each(["ckks", "paillier"] as const)("refuses the mere text of a plan, which nothing has checked (%s)", async (scheme) => {
    const text = JSON.parse(JSON.stringify(plans(schema)[scheme])) as AggregationPlan;
    const publicKey = new Uint8Array(0);
    for (const plan of [text, null as unknown as AggregationPlan]) {
      await expect(KeyHolder.create(engine, plan)).rejects.toThrow(ParameterError);
      await expect(Aggregator.create(engine, plan, { publicKey })).rejects.toThrow(ParameterError);
      await expect(Participant.create(engine, plan, { id: "a", publicKey })).rejects.toThrow(ParameterError);
    }
  });
});
