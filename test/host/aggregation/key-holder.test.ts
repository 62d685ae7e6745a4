import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/index.js";
import { EncodingError, KeyMismatchError, LifetimeError, SecurityError, WireError } from "../../../src/errors.js";
import { openCarrier } from "../../../src/host/aggregation/carrier.js";
import { encodeMessage } from "../../../src/host/aggregation/containers.js";
import { AggregationSchema, KeyHolder, planAggregation } from "../../../src/host/aggregation/index.js";
import { checkValues } from "../../../src/host/aggregation/values.js";
import { openTestEngine } from "../../support/engine.js";
import { Parties, plans, sample, schema } from "./support.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

describe.each(["ckks", "paillier"] as const)("a key holder of %s", (scheme) => {
  const plan = plans(schema)[scheme];
  let parties: Parties;
  beforeAll(async () => {
    parties = await Parties.create(engine, plan);
  });

  /** What an aggregator could send that follows no rules: the sum of any contributions, under any claim. */
  async function forge(loads: readonly number[], claim: number, round = "forged"): Promise<Uint8Array> {
    const carrier = await openCarrier(engine, plan, parties.publicKey);
    const payloads = [];
    for (const load of loads) payloads.push(await carrier.encrypt(checkValues(schema, sample(load)), {}));
    const sum = payloads.length === 1 ? payloads[0] : carrier.sum(payloads);
    return encodeMessage("aggregate", plan, carrier.keyId, { participants: claim, round }, await carrier.export(sum, {}));
  }

  it("counts what is inside the ciphertexts, whatever the metadata claims", async () => {
    await expect(parties.holder.open(await forge([1], 3))).rejects.toThrow(SecurityError);
    await expect(parties.holder.open(await forge([1], 3))).rejects.toThrow("expected at least 3, got 1");
    await expect(parties.holder.open(await forge([1, 2], 3))).rejects.toThrow("got 2");
    await expect(parties.holder.open(await forge([1, 2, 3], 4))).rejects.toThrow("a claim of 4");
    await expect(parties.holder.open(await forge([1, 2, 3], 3))).resolves.toMatchObject({ participants: 3 });
  });

  it("refuses a contribution that passes for an aggregate", async () => {
    await expect(parties.holder.open(await parties.contribution("a", sample()))).rejects.toThrow("kind: expected aggregate");
  });

  it("refuses a second aggregate of a round, and opens the same one again", async () => {
    const first = await forge([1, 2, 3], 3, "once");
    const second = await forge([1, 2, 3, 4], 4, "once");
    const result = await parties.holder.open(first);
    await expect(parties.holder.open(second)).rejects.toThrow(SecurityError);
    await expect(parties.holder.open(second)).rejects.toThrow('a second one of round "once"');
    expect(await parties.holder.open(first)).toEqual(result);
    await expect(parties.holder.open(await forge([1, 2, 3, 4], 4, "another"))).resolves.toMatchObject({ participants: 4 });
  });

  it("refuses other keys, other plans, cut and altered bytes", async () => {
    const aggregate = await forge([1, 2, 3], 3, "bytes");
    const stranger = await KeyHolder.create(engine, plan);
    await expect(stranger.open(aggregate)).rejects.toThrow(KeyMismatchError);
    const renamed = new AggregationSchema({ ...schema.toJSON(), minimumParticipants: 4 });
    const other = await KeyHolder.create(engine, plans(renamed)[scheme], { secretKey: parties.holder.exportSecretKey() });
    await expect(other.open(aggregate)).rejects.toThrow("parameter hash");
    for (const length of [0, 1, 80, 300, aggregate.length - 1]) {
      await expect(parties.holder.open(aggregate.subarray(0, length))).rejects.toThrow(WireError);
    }
    const altered = aggregate.slice();
    altered[400] ^= 1;
    await expect(parties.holder.open(altered)).rejects.toThrow("checksum");
  });

  it("refuses a secret key file that is none, or of another plan", async () => {
    const open = (secretKey: Uint8Array, of = plan) => KeyHolder.create(engine, of, { secretKey });
    const file = parties.holder.exportSecretKey();
    await expect(open(parties.publicKey)).rejects.toThrow(/^secret key/);
    await expect(open(file.subarray(0, file.length - 1))).rejects.toThrow(WireError);
    const short = { scheme, keyBits: 640, unsafe: true } as const;
    const other = planAggregation(schema, scheme === "ckks" ? { precisionBits: 20 } : short);
    await expect(open(file, other)).rejects.toThrow(KeyMismatchError);
  });

  it("refuses to work once disposed of", async () => {
    const holder = await KeyHolder.create(engine, plan, { secretKey: parties.holder.exportSecretKey() });
    const aggregate = await forge([1, 2, 3], 3, "late");
    holder.dispose();
    holder.dispose();
    await expect(holder.open(aggregate)).rejects.toThrow(LifetimeError);
    expect(() => holder.exportSecretKey()).toThrow(LifetimeError);
  });
});

it("sums that the bounds do not allow are refused, not returned", async () => {
  // A participant of another mind: its own plan has wider bounds, but the same parameters and key.
  const plan = plans(schema).ckks;
  const parties = await Parties.create(engine, plan);
  const carrier = await openCarrier(engine, plan, parties.publicKey);
  const honest = checkValues(schema, sample(10));
  const hostile = {
    ...honest,
    of: (column: Parameters<typeof honest.of>[0]) => (column.name === "load" ? Float64Array.of(15) : honest.of(column)),
  };
  const payloads = [];
  for (const values of [honest, honest, hostile]) payloads.push(await carrier.encrypt(values, {}));
  const sections = await carrier.export(carrier.sum(payloads), {});
  const aggregate = encodeMessage("aggregate", plan, carrier.keyId, { participants: 3, round: "1" }, sections);
  await expect(parties.holder.open(aggregate)).rejects.toThrow(EncodingError);
  await expect(parties.holder.open(aggregate)).rejects.toThrow("column 'load' of the aggregate");
});
