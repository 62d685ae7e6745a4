import { describe, expect, it } from "vitest";
import { KeyMismatchError, LimitError, ParameterError, WireError } from "../../../src/errors.js";
import { checkName, decodeMessage, encodeMessage } from "../../../src/host/aggregation/containers.js";
import { planAggregation } from "../../../src/host/aggregation/index.js";
import { plans, schema, weighted } from "./support.js";

const plan = plans(schema).paillier;
const keyId = new Uint8Array(32).fill(5);
const meta = { participant: "home-17", round: "1" };
const section = (tag: string, length = 3) => ({ tag, bytes: new Uint8Array(length).fill(7) });
const message = encodeMessage("contribution", plan, keyId, meta, [section("AAAA")]);
const decode = (bytes: unknown, of = plan, key = keyId) => decodeMessage("contribution", of, key, ["AAAA"], bytes as Uint8Array);

describe("decodeMessage", () => {
  it("reads what encodeMessage writes", () => {
    const read = decode(message);
    expect(read.meta).toEqual(meta);
    expect(read.sections.get("AAAA")).toEqual(new Uint8Array([7, 7, 7]));
  });

  it("refuses every truncation and every altered byte", () => {
    for (let length = 0; length < message.length; length++) expect(() => decode(message.subarray(0, length))).toThrow(WireError);
    for (let i = 0; i < message.length; i++) {
      const altered = message.slice();
      altered[i] ^= 1 << (i % 8);
      expect(() => decode(altered)).toThrow();
    }
  });

  it("refuses another plan, even one that differs in a minimum alone", () => {
    for (const other of [plans(weighted).paillier, plans(schema).ckks])
      expect(() => decode(message, other)).toThrow(KeyMismatchError);
    const stricter = planAggregation(schema, { scheme: "paillier", keyBits: 512, precisionBits: 25, unsafe: true });
    expect(() => decode(message, stricter)).toThrow("parameter hash");
  });

  it("refuses another key, another kind, missing and surplus sections", () => {
    expect(() => decode(message, plan, new Uint8Array(32).fill(6))).toThrow(KeyMismatchError);
    const aggregate = encodeMessage("aggregate", plan, keyId, { participants: 3, round: "1" }, [section("AAAA")]);
    expect(() => decode(aggregate)).toThrow("kind: expected contribution, got aggregate");
    expect(() => decode(encodeMessage("contribution", plan, keyId, meta, []))).toThrow("sections: expected META AAAA, got META");
    expect(() => decode(encodeMessage("contribution", plan, keyId, meta, [section("AAAA"), section("BBBB")]))).toThrow(
      "got META AAAA BBBB",
    );
  });

  it("refuses bytes beyond what the plan explains, and what is no bytes", () => {
    const large = encodeMessage("contribution", plan, keyId, meta, [
      section("AAAA", plan.explain().facts.contributionBytes + 4096),
    ]);
    expect(() => decode(large)).toThrow(LimitError);
    for (const bad of [undefined, "text", [1, 2, 3]]) expect(() => decode(bad)).toThrow(ParameterError);
  });

  it.each<object>([{ participant: "a" }, { ...meta, admin: true }, { ...meta, participant: "" }, { ...meta, round: "a/b" }])(
    "refuses the metadata %o",
    (bad) => {
      expect(() => decode(encodeMessage("contribution", plan, keyId, bad as typeof meta, [section("AAAA")]))).toThrow(
        "section 'META'",
      );
    },
  );
});

describe("checkName", () => {
  it("takes bounded printable names alone", () => {
    for (const name of ["a", "home-17", "17.b@c_d", "x".repeat(64)]) expect(checkName(name, "id")).toBe(name);
    for (const name of ["", "-a", "a b", "a\n", "../a", "ä", "x".repeat(65), 7, null])
      expect(() => checkName(name, "id")).toThrow(ParameterError);
  });
});
