import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/index.js";
import { EncodingError, KeyMismatchError, LifetimeError, ParameterError, SecurityError, WireError } from "../../../src/errors.js";
import { Participant, planAggregation } from "../../../src/host/aggregation/index.js";
import { chosenSeeds, SEED_SOURCE } from "../../../src/math/random.js";
import { openTestEngine } from "../../support/engine.js";
import { Parties, plans, sample, schema, weighted } from "./support.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

describe.each(["ckks", "paillier"] as const)("a participant with %s", (scheme) => {
  const plan = plans(schema)[scheme];
  let parties: Parties;
  let participant: Participant;
  beforeAll(async () => {
    parties = await Parties.create(engine, plan);
    participant = await parties.participant("a");
  });

  it("sends different bytes for the same values, as long as the plan says", async () => {
    const [a, b] = [await participant.contribute(sample()), await participant.contribute(sample())];
    expect(a).not.toEqual(b);
    const { contributionBytes } = plan.explain().facts;
    expect(a.length).toBeGreaterThan(contributionBytes);
    expect(a.length).toBeLessThan(contributionBytes + 1024);
  });

  it("sends the same bytes from the same seeds", async () => {
    const seeded = async () => {
      const seeds = { [SEED_SOURCE]: chosenSeeds(new Uint8Array(32).fill(3)) };
      const { publicKey } = parties;
      return (await Participant.create(engine, plan, { id: "a", publicKey, ...seeds })).contribute(sample());
    };
    expect(await seeded()).toEqual(await seeded());
  });

  it("refuses values that the schema does not allow, naming the field", async () => {
    await expect(participant.contribute(sample(Number.NaN))).rejects.toThrow(EncodingError);
    await expect(participant.contribute(sample(11))).rejects.toThrow("field 'load': expected a number from -2 to 10, got 11");
    await expect(participant.contribute({ load: 1 })).rejects.toThrow(ParameterError);
    await expect(participant.contribute(sample(), { weight: 1 })).rejects.toThrow(ParameterError);
    await expect(participant.contribute(sample(), { round: "a b" })).rejects.toThrow(ParameterError);
  });

  it("refuses a bad name and a bad public key", async () => {
    const open = (id: string, publicKey: Uint8Array, of = plan) => Participant.create(engine, of, { id, publicKey });
    await expect(open("a b", parties.publicKey)).rejects.toThrow(ParameterError);
    await expect(open("a", parties.publicKey.subarray(0, 99))).rejects.toThrow(WireError);
    const altered = parties.publicKey.slice();
    altered[200] ^= 4;
    await expect(open("a", altered)).rejects.toThrow(WireError);
    await expect(open("a", parties.holder.exportSecretKey())).rejects.toThrow("kind: expected publicKey");
    const other =
      scheme === "ckks"
        ? planAggregation(schema, { precisionBits: 20 })
        : planAggregation(schema, { scheme, keyBits: 640, unsafe: true });
    await expect(open("a", parties.publicKey, other)).rejects.toThrow(KeyMismatchError);
    await expect(open("a", parties.publicKey, plans(weighted)[scheme === "ckks" ? "paillier" : "ckks"])).rejects.toThrow();
  });

  it("refuses to work once disposed of", async () => {
    const short = await parties.participant("short");
    expect(short.keyId).toEqual(parties.holder.keyId);
    short.dispose();
    short.dispose();
    await expect(short.contribute(sample())).rejects.toThrow(LifetimeError);
  });
});

it("a participant that was not asked refuses a short Paillier key", async () => {
  const parties = await Parties.create(engine, plans(schema).paillier);
  const honest = planAggregation(schema, { scheme: "paillier" });
  await expect(Participant.create(engine, honest, { id: "a", publicKey: parties.publicKey })).rejects.toThrow(SecurityError);
});
