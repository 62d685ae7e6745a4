/** The same seeds make the same aggregate on every backend, byte for byte. */
import { expect, it } from "vitest";
import { Engine } from "../../../src/engine/index.js";
import { Aggregator, KeyHolder, Participant } from "../../../src/host/aggregation/index.js";
import { chosenSeeds, SEED_SOURCE } from "../../../src/math/random.js";
import { plans, sample, schema } from "./support.js";

const seeds = () => ({ [SEED_SOURCE]: chosenSeeds(new Uint8Array(32).fill(3)) });

it.each(["ckks", "paillier"] as const)("%s aggregates are equal on every backend", async (scheme) => {
  const plan = plans(schema)[scheme];
  const engines = await Promise.all((["bigint", "wasm", "webgpu"] as const).map((backend) => Engine.create({ backend })));
  try {
    const owner = await KeyHolder.create(engines[0], plan, seeds());
    const { publicKey } = owner;
    const secretKey = owner.exportSecretKey();
    owner.dispose();
    const aggregates: Uint8Array[] = [];
    for (const engine of engines) {
      const aggregator = await Aggregator.create(engine, plan, { publicKey, ...seeds() });
      for (let i = 0; i < 3; i++) {
        const participant = await Participant.create(engine, plan, { id: `p${i}`, publicKey, ...seeds() });
        await aggregator.accept(await participant.contribute(sample(i)));
        participant.dispose();
      }
      aggregates.push(await aggregator.seal());
      aggregator.dispose();
      const holder = await KeyHolder.create(engine, plan, { secretKey, ...seeds() });
      const { participants, values } = await holder.open(aggregates[0]);
      expect(participants).toBe(3);
      expect(values.load).toBeCloseTo(1, 5);
      holder.dispose();
    }
    for (const aggregate of aggregates) expect(aggregate).toEqual(aggregates[0]);
  } finally {
    for (const engine of engines) await engine.close();
  }
});
