/** Hostile bytes: cut off, altered, of another card, key, kind or size, and forged under a right checksum. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/index.js";
import { EncodingError, KeyMismatchError, LimitError, WebheError, WireError } from "../../../src/errors.js";
import {
  InferenceClient,
  type InferencePlan,
  InferenceServer,
  maxRows,
  planInference,
} from "../../../src/host/inference/index.js";
import { bigintToBytes } from "../../../src/math/bytes.js";
import { decodeContainer } from "../../../src/wire/index.js";
import { openTestEngine } from "../../support/engine.js";
import { forged, modelOf, small } from "../../support/inference.js";
import { testRandom } from "../../support/random.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

const rows = [
  [1, 2, 3],
  [2, -1, 0.5],
];

describe.each([
  ["ckks", {}],
  ["paillier", { keyBits: 2048 }],
] as const)("messages under %s", (scheme, options) => {
  const model = small();
  let plan: InferencePlan;
  let client: InferenceClient;
  let server: InferenceServer;
  let request: Uint8Array;
  let response: Uint8Array;

  beforeAll(async () => {
    plan = planInference(model, { scheme, batch: 2, ...options });
    client = await InferenceClient.create(engine, plan.card);
    server = await InferenceServer.create(engine, model, plan);
    request = await client.encrypt(rows);
    response = await server.predict(request, client.evaluationKeys);
  });
  afterAll(() => {
    client.dispose();
    server.dispose();
  });

  const predict = (bytes: Uint8Array, keys = client.evaluationKeys) => server.predict(bytes, keys);

  it("have exactly the size that the plan says", async () => {
    const { bytes } = plan.explain().facts;
    expect(request.length).toBe(bytes.requestSecret);
    expect((await client.encrypt(rows, { key: "public" })).length).toBe(bytes.requestPublic);
    expect(response.length).toBe(bytes.response);
  });

  it("are refused when cut off at any place", async () => {
    const cuts = [0, 1, 8, 79, 80, 111, 112, 200, request.length >> 1, request.length - 1];
    for (const cut of cuts) await expect(predict(request.subarray(0, cut)), `${cut}`).rejects.toThrow(WireError);
    for (const cut of cuts.filter((c) => c < response.length)) {
      await expect(client.decrypt(response.subarray(0, cut)), `${cut}`).rejects.toThrow(WireError);
    }
  });

  it("are refused when a bit is altered or a byte is added", async () => {
    const random = testRandom("altered messages");
    const places = [0, 9, 11, 13, 45, 77, 81, 85, 95, ...Array.from({ length: 20 }, () => random.below(request.length))];
    for (const place of places) {
      const bad = request.slice();
      bad[place]! ^= 1 << random.below(8);
      await expect(predict(bad), `${place}`).rejects.toThrow(WebheError);
      // Behind the headers only the checksum tells, whatever else the altered byte makes wrong.
      if (place > 95) await expect(predict(bad), `${place}`).rejects.toThrow(/checksum/);
    }
    for (const place of [95, response.length - 40, response.length - 1]) {
      const bad = response.slice();
      bad[place]! ^= 0x80;
      await expect(client.decrypt(bad), `${place}`).rejects.toThrow(/response, checksum/);
    }
    await expect(predict(Uint8Array.of(...request.subarray(0, 200)))).rejects.toThrow(WireError);
    const longer = new Uint8Array(response.length + 1);
    longer.set(response);
    await expect(client.decrypt(longer)).rejects.toThrow(WireError);
  });

  it("are refused where one stands for the other, and where a key stands for a message", async () => {
    await expect(predict(response)).rejects.toThrow(/request, kind: expected request, got response/);
    await expect(client.decrypt(request)).rejects.toThrow(/response, kind: expected response, got request/);
    await expect(predict(client.evaluationKeys)).rejects.toThrow(WireError);
    await expect(predict(request, request)).rejects.toThrow(/evaluation key, kind/);
    const { secretKey, publicKey } = await client.exportKeys();
    await expect(predict(request, secretKey)).rejects.toThrow(/evaluation key, kind: expected evaluationKey, got secretKey/);
    await expect(predict(request, publicKey)).rejects.toThrow(/evaluation key, kind/);
    await expect(predict("text" as never)).rejects.toThrow(WireError);
  });

  it("are refused under another card of the same parameters", async () => {
    const other = small({ feature_names: ["a", "b", "d"] });
    const otherPlan = planInference(other, { scheme, batch: 2, ...options });
    expect(otherPlan.card.parameterHash).toEqual(plan.card.parameterHash);
    const otherServer = await InferenceServer.create(engine, other, otherPlan);
    await expect(otherServer.predict(request, client.evaluationKeys)).rejects.toThrow(KeyMismatchError);
    await expect(otherServer.predict(request, client.evaluationKeys)).rejects.toThrow(/request, card/);
    otherServer.dispose();
  });

  it("are refused under other parameters", async () => {
    const change = scheme === "ckks" ? { batch: 4096 } : { keyBits: 3072 };
    const otherPlan = planInference(model, { scheme, ...change });
    const otherServer = await InferenceServer.create(engine, model, otherPlan);
    await expect(otherServer.predict(request, client.evaluationKeys)).rejects.toThrow(/evaluation key, parameter hash/);
    const { secretKey } = await client.exportKeys();
    await expect(InferenceClient.create(engine, otherPlan.card, { keys: { secretKey } })).rejects.toThrow(KeyMismatchError);
    otherServer.dispose();
  });

  it("are refused where the header names other parameters", async () => {
    const parameterHash = new Uint8Array(32).fill(5);
    await expect(predict(forged(request, { parameterHash }))).rejects.toThrow(/request, parameter hash/);
    await expect(client.decrypt(forged(response, { parameterHash }))).rejects.toThrow(/response, parameter hash/);
  });

  it("are refused under another key", async () => {
    const other = await InferenceClient.create(engine, plan.card);
    await expect(predict(request, other.evaluationKeys)).rejects.toThrow(/request, key id/);
    await expect(other.decrypt(response)).rejects.toThrow(/response, key id/);
    const [a, b] = [await client.exportKeys(), await other.exportKeys()];
    const mixed = { secretKey: a.secretKey, publicKey: b.publicKey };
    await expect(InferenceClient.create(engine, plan.card, { keys: mixed })).rejects.toThrow(KeyMismatchError);
    other.dispose();
  });

  it.each([
    ["rows that are none", { rows: 0 }, WireError],
    ["half a row", { rows: 1.5 }, WireError],
    ["rows as text", { rows: "2" }, WireError],
    ["more rows than memory", { rows: 2 ** 40 }, LimitError],
    ["more rows than ciphertexts", { rows: 5000 }, WireError],
    ["a card that is none", { card: "x" }, WireError],
    ["something more", { extra: 1 }, WireError],
  ])("are refused with metadata that name %s", async (_, change, error) => {
    const bad = forged(request, { meta: (meta) => sorted({ ...meta, ...change }) });
    await expect(predict(bad)).rejects.toThrow(error);
  });

  it("are refused without metadata, with other spelling, without a key id, and with a section too many", async () => {
    await expect(predict(forged(request, { sections: { META: undefined } }))).rejects.toThrow(/section 'META'/);
    await expect(predict(forged(request, { sections: { META: new TextEncoder().encode("{ }") } }))).rejects.toThrow(WireError);
    await expect(predict(forged(request, { keyId: new Uint8Array(32) }))).rejects.toThrow(WebheError);
    await expect(predict(forged(request, { sections: { MORE: new Uint8Array(3) } }))).rejects.toThrow(/section 'MORE'/);
  });

  it("lose no section unnoticed", async () => {
    for (const tag of sectionsOf(request).keys()) {
      await expect(predict(forged(request, { sections: { [tag]: undefined } })), tag).rejects.toThrow(WireError);
      await expect(predict(forged(request, { sections: { [tag]: new Uint8Array(7) } })), tag).rejects.toThrow(WireError);
    }
  });

  it("bound the rows before anything is encrypted", async () => {
    const { card } = plan;
    const many = { length: maxRows(card) + 1 };
    await expect(client.encrypt(Array.from(many, () => [1, 2, 3]))).rejects.toThrow(LimitError);
    expect(maxRows(planInference(modelOf("digits")).card)).toBeGreaterThan(50_000);
  });

  it("do not leave the client with a value out of range", async () => {
    await expect(
      client.encrypt([
        [1, 2, 3],
        [1, 2, 3 + 4 * 65],
      ]),
    ).rejects.toThrow(EncodingError);
    await expect(
      client.encrypt([
        [1, 2, 3],
        [1, 2, 3 + 4 * 65],
      ]),
    ).rejects.toThrow(/row 1, column 'c'/);
    await expect(client.encrypt([[1, 2, Number.NaN]])).rejects.toThrow(EncodingError);
    await expect(client.encrypt([[1, 2, Number.POSITIVE_INFINITY]])).rejects.toThrow(EncodingError);
    await expect(client.encrypt([])).rejects.toThrow(WebheError);
  });

  if (scheme === "ckks") {
    it.each([
      ["level", 0],
      ["level", 2],
      ["batch", 2],
      ["batch", 2 ** 33],
      ["scaleDegree", 2],
      ["seeded", false],
      ["seeded", "yes"],
      ["more", 1],
    ])("are refused with ciphertexts of another %s: %s", async (field, value) => {
      const bad = forged(request, {
        meta: (meta) => sorted({ ...meta, ciphertext: sorted({ ...(meta.ciphertext as object), [field]: value }) }),
      });
      await expect(predict(bad)).rejects.toThrow(WireError);
    });

    it("are refused with residues that are not below their prime", async () => {
      const residues = sectionsOf(request).get("CKC0")!.slice().fill(0xff);
      await expect(predict(forged(request, { sections: { CKC0: residues } }))).rejects.toThrow(/residues below/);
      await expect(predict(forged(request, { sections: { CKC1: residues } }))).rejects.toThrow(/section 'CKC1'/);
      for (const tag of ["CKC0", "CKC1"]) {
        const decided = sectionsOf(response).get(tag)!.slice().fill(0xff);
        const opening = client.decrypt(forged(response, { sections: { [tag]: decided } }));
        await expect(opening, tag).rejects.toThrow(/residues below/);
      }
    });
  } else {
    it("are refused with ciphertexts that are none: 0, n, n^2, n^2 + c", async () => {
      const sections = sectionsOf(request);
      const key = sectionsOf(client.evaluationKeys).get("MODN")!;
      const n = BigInt(`0x${Buffer.from(key).toString("hex")}`);
      const first = BigInt(`0x${Buffer.from(sections.get("C0CT")!.subarray(0, 512)).toString("hex")}`);
      for (const value of [0n, n, n * n, n * n + first]) {
        if (value >= 1n << 4096n) continue;
        const data = sections.get("C0CT")!.slice();
        data.set(bigintToBytes(value, 512), 0);
        await expect(predict(forged(request, { sections: { C0CT: data } })), `${value === first}`).rejects.toThrow(WireError);
      }
    });

    it.each([
      ["slotBits", 80],
      ["slots", 2],
      ["scaleBits", 12],
      ["bound", "full"],
      ["bound", "1"],
    ])("are refused with ciphertexts of another %s: %s", async (field, value) => {
      const old = JSON.parse(new TextDecoder().decode(sectionsOf(request).get("C0MT"))) as object;
      const meta = new TextEncoder().encode(JSON.stringify(sorted({ ...old, [field]: value })));
      await expect(predict(forged(request, { sections: { C0MT: meta } }))).rejects.toThrow(WireError);
    });

    it("answer with new randomness each time", async () => {
      const again = await predict(request);
      expect(
        Buffer.compare(Buffer.from(sectionsOf(again).get("C0CT")!), Buffer.from(sectionsOf(response).get("C0CT")!)),
      ).not.toBe(0);
      expect((await client.decrypt(again)).map((p) => p.decision)).toEqual(
        (await client.decrypt(response)).map((p) => p.decision),
      );
    });
  }
});

function sectionsOf(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  return decodeContainer(bytes, { what: "test", maxBytes: bytes.length }).sections;
}

/** Keys in the canonical order. */
function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
