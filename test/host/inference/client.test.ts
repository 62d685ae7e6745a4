import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/index.js";
import { KeyMismatchError, LifetimeError, ParameterError, WireError } from "../../../src/errors.js";
import { InferenceClient, InferenceServer, planInference } from "../../../src/host/inference/index.js";
import { chosenSeeds, SEED_SOURCE } from "../../../src/math/random.js";
import { decodeContainer } from "../../../src/wire/index.js";
import { openTestEngine } from "../../support/engine.js";
import { small } from "../../support/inference.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

const rows = [[1, 2, 3]];
const model = small();

describe.each([
  ["ckks", {}],
  ["paillier", { keyBits: 2048 }],
] as const)("InferenceClient under %s", (scheme, options) => {
  const plan = planInference(model, { scheme, batch: 1, ...options });
  let client: InferenceClient;
  let server: InferenceServer;
  beforeAll(async () => {
    client = await InferenceClient.create(engine, plan.card);
    server = await InferenceServer.create(engine, model, plan);
  });
  afterAll(() => {
    client.dispose();
    server.dispose();
  });

  it("works from its key files alone", async () => {
    const { secretKey, publicKey, evaluationKey } = await client.exportKeys();
    expect(evaluationKey).toEqual(client.evaluationKeys);
    const supplier = await InferenceClient.create(engine, plan.card, { keys: { publicKey } });
    const owner = await InferenceClient.create(engine, plan.card, { keys: { secretKey } });
    expect(supplier.keyId).toEqual(client.keyId);
    expect([supplier.canDecrypt, owner.canDecrypt]).toEqual([false, true]);
    const response = await server.predict(await supplier.encrypt(rows), evaluationKey);
    expect((await owner.decrypt(response))[0]!.decision[0]).toBeCloseTo(model.predict(rows)[0]!.decision[0]!, 2);
    await expect(supplier.decrypt(response)).rejects.toThrow(KeyMismatchError);
    await expect(supplier.encrypt(rows, { key: "secret" })).rejects.toThrow(/expected a client with a secret key/);
    await expect(supplier.exportKeys()).rejects.toThrow(KeyMismatchError);
    supplier.dispose();
    owner.dispose();
  });

  it("is not confused by Node's buffers, whose slices are no copies", async () => {
    const files = await client.exportKeys();
    const secretKey = Buffer.from(files.secretKey);
    const owner = await InferenceClient.create(engine, plan.card, { keys: { secretKey } });
    secretKey.fill(0);
    const request = Buffer.from(await owner.encrypt(rows, { key: "public" }));
    const response = Buffer.from(await server.predict(request, Buffer.from(owner.evaluationKeys)));
    expect((await owner.decrypt(response))[0]!.decision[0]).toBeCloseTo(model.predict(rows)[0]!.decision[0]!, 2);
    owner.dispose();
  });

  it("draws new randomness for each request", async () => {
    const [a, b] = [await client.encrypt(rows), await client.encrypt(rows)];
    expect(Buffer.compare(Buffer.from(a), Buffer.from(b))).not.toBe(0);
  });

  it("refuses keys of another kind, and files that are no keys", async () => {
    const { secretKey, publicKey } = await client.exportKeys();
    const create = (keys: object) => InferenceClient.create(engine, plan.card, { keys });
    await expect(create({ secretKey: publicKey })).rejects.toThrow(WireError);
    await expect(create({ publicKey: secretKey })).rejects.toThrow(WireError);
    await expect(create({ secretKey: secretKey.subarray(1) })).rejects.toThrow(WireError);
    await expect(create({ publicKey: new Uint8Array(0) })).rejects.toThrow(WireError);
  });

  it("gives nothing after dispose, and may be disposed of twice", async () => {
    const other = await InferenceClient.create(engine, plan.card);
    other.dispose();
    other.dispose();
    await expect(other.encrypt(rows)).rejects.toThrow(LifetimeError);
    expect(() => other.evaluationKeys).toThrow(LifetimeError);
  });

  it("reports progress and can be cancelled", async () => {
    const seen: number[] = [];
    const request = await client.encrypt(rows, { onProgress: (done, total) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    const served: number[] = [];
    const response = await server.predict(request, client.evaluationKeys, {
      onProgress: (done, total) => served.push(done / total),
    });
    expect(served.at(-1)).toBe(1);
    const opened: number[] = [];
    await client.decrypt(response, { onProgress: (done, total) => opened.push(done / total) });
    expect(opened.at(-1)).toBe(1);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(client.encrypt(rows, { signal })).rejects.toThrow("enough");
    await expect(server.predict(request, client.evaluationKeys, { signal })).rejects.toThrow("enough");
    await expect(client.decrypt(response, { signal })).rejects.toThrow("enough");
  });

  it("refuses a key that it does not know, and a card that is none", async () => {
    await expect(client.encrypt(rows, { key: "both" as never })).rejects.toThrow(ParameterError);
    await expect(InferenceClient.create(engine, { ...plan.card } as never)).rejects.toThrow(ParameterError);
  });
});

describe("chosen seeds", () => {
  it("give the same request twice, so that backends can be compared byte by byte", async () => {
    const plan = planInference(model, { batch: 1 });
    const requestOf = async (seed: number) => {
      const options = { [SEED_SOURCE]: chosenSeeds(new Uint8Array(32).fill(seed)) };
      const client = await InferenceClient.create(engine, plan.card, options);
      const request = await client.encrypt(rows);
      client.dispose();
      return request;
    };
    const [a, b, c] = [await requestOf(1), await requestOf(1), await requestOf(2)];
    expect(a).toEqual(b);
    expect(decodeContainer(a, { what: "a", maxBytes: a.length }).keyId).not.toEqual(
      decodeContainer(c, { what: "c", maxBytes: c.length }).keyId,
    );
  });
});
