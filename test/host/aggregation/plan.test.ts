import { describe, expect, it } from "vitest";
import { ParameterError, SecurityError, WireError } from "../../../src/errors.js";
import { AggregationPlan, AggregationSchema, type PlanOptions, planAggregation } from "../../../src/host/aggregation/index.js";
import { plans, schema, weighted } from "./support.js";

describe("planAggregation", () => {
  it("is a pure function of schema and options", () => {
    for (const options of [{}, { scheme: "paillier" }, { precisionBits: 20 }] as PlanOptions[]) {
      const [a, b] = [planAggregation(schema, options), planAggregation(new AggregationSchema(schema.toJSON()), options)];
      expect(JSON.stringify(a)).toBe(JSON.stringify(b));
      expect(a.hash).toEqual(b.hash);
    }
  });

  it("has another hash for another schema, scheme, key length or precision", () => {
    const all = [
      planAggregation(schema),
      planAggregation(weighted),
      planAggregation(schema, { precisionBits: 20 }),
      planAggregation(schema, { scheme: "paillier" }),
      planAggregation(schema, { scheme: "paillier", keyBits: 2048 }),
    ];
    expect(new Set(all.map((plan) => plan.hash.join())).size).toBe(all.length);
  });

  it("packs as many values as fit, and splits long vectors", () => {
    const long = new AggregationSchema({
      fields: [{ name: "g", kind: "sum", bounds: [0, 255], length: 10_000, precision: 1 }],
      maximumParticipants: 256,
    });
    // Slots of 8 + 8 + 1 bits, 180 of them in 3070 bits beside a count of 10 bits in the first.
    expect(planAggregation(long, { scheme: "paillier" }).explain().facts).toMatchObject({
      ciphertexts: 56,
      contributionBytes: 56 * 768,
    });
    expect(planAggregation(long).explain().facts).toMatchObject({
      numbers: 10_001,
      ciphertexts: 5,
      contributionBytes: 5 * 61_440,
    });
  });

  it("describes itself as data and in words", () => {
    const exact = planAggregation(weighted, { scheme: "paillier" });
    expect(exact.explain().facts).toEqual({
      scheme: "paillier",
      securityBits: 128,
      parameters: { keyBits: 3072 },
      numbers: 8,
      ciphertexts: 1,
      contributionBytes: 768,
      minimumParticipants: 3,
      maximumParticipants: 16,
      headroomBits: 1,
      fields: [
        { name: "#participants", length: 1, step: 1 },
        { name: "#weight", length: 1, step: 1 },
        { name: "model", length: 5, step: 2 ** -20 },
        { name: "steps", length: 1, step: 1 },
      ],
    });
    const approximate = planAggregation(weighted);
    expect(approximate.explain().facts).toMatchObject({
      scheme: "ckks",
      securityBits: 128,
      parameters: { degree: 4096, modulusBits: 60 },
    });
    for (const plan of [exact, approximate]) {
      for (const word of [
        "scheme",
        "security",
        "128 bits",
        "contribution",
        "bytes",
        "3 to 16 participants",
        "head-room",
        "precision",
      ]) {
        expect(plan.explain().text).toContain(word);
      }
    }
    expect(plans(schema).paillier.explain().facts.securityBits).toBe(0);
    expect(plans(schema).paillier.explain().text).toContain("too short to protect anything");
    const security = (keyBits: number) => planAggregation(schema, { scheme: "paillier", keyBits }).explain().facts.securityBits;
    expect([2048, 3070, 3072, 4096].map(security)).toEqual([112, 112, 128, 128]);
  });

  it.each<[string, unknown]>([
    ["an unknown scheme", { scheme: "bfv" }],
    ["an unknown option", { bits: 3072 }],
    ["a precision of 7 bits", { precisionBits: 7 }],
    ["a precision of 49 bits", { precisionBits: 49 }],
    ["an odd key length", { scheme: "paillier", keyBits: 3001 }],
    ["a key length with CKKS", { keyBits: 3072 }],
    ["more precision than CKKS has", { precisionBits: 40 }],
  ])("refuses %s", (_, options) => {
    expect(() => planAggregation(schema, options as PlanOptions)).toThrow(ParameterError);
  });

  it("refuses what is no schema, and short keys unless they are asked for in so many words", () => {
    expect(() => planAggregation(schema.toJSON() as AggregationSchema)).toThrow(ParameterError);
    expect(() => planAggregation(schema, { scheme: "paillier", keyBits: 1024 })).toThrow(SecurityError);
  });
});

describe("AggregationPlan.fromJSON", () => {
  it.each(["ckks", "paillier"] as const)("reads what a %s plan writes", (scheme) => {
    const plan = planAggregation(weighted, { scheme });
    const again = AggregationPlan.fromJSON(JSON.stringify(plan));
    expect(JSON.stringify(again)).toBe(JSON.stringify(plan));
    expect(again.hash).toEqual(plan.hash);
  });

  const change = (plan: AggregationPlan, changes: object) => () =>
    AggregationPlan.fromJSON(JSON.stringify({ ...plan.toJSON(), ...changes }));

  it("does not take anybody's word for short keys", () => {
    const { paillier } = plans(schema);
    expect(change(paillier, {})).toThrow(SecurityError);
    expect(change(paillier, { unsafe: true })).toThrow(WireError);
    expect(AggregationPlan.fromJSON(JSON.stringify(paillier), { unsafe: true }).hash).toEqual(paillier.hash);
  });

  it("checks the parameters again: security, and room for the sums", () => {
    const plan = planAggregation(schema);
    const parameters = (plan.toJSON() as { parameters: object }).parameters;
    expect(change(plan, { parameters: { ...parameters, degree: 2048 } })).toThrow(SecurityError);
    expect(change(plan, { parameters: { ...parameters, scaleBits: 45 } })().hash).not.toEqual(plan.hash);
    const crowd = { ...schema.toJSON(), maximumParticipants: 2 ** 20 };
    expect(change(plan, { parameters: { ...parameters, scaleBits: 45 }, schema: crowd })).toThrow(ParameterError);
    expect(change(plan, { parameters: { ...parameters, scaleBits: 16 }, schema: crowd })).toThrow(ParameterError);
  });

  it.each<[string, object]>([
    ["another format", { format: "webhe-aggregation/2" }],
    ["an unknown field", { note: "hello" }],
    ["no scheme", { scheme: undefined }],
    ["key bits in a CKKS plan", { keyBits: 3072 }],
    ["a CKKS plan that says paillier", { scheme: "paillier" }],
    ["a CKKS plan that is a Paillier plan too", { scheme: "paillier", keyBits: 3072 }],
    ["a CKKS plan without parameters", { parameters: undefined }],
    ["a schema that is none", { schema: { fields: [] } }],
    ["parameters that are none", { parameters: 1 }],
  ])("refuses %s, and says which part is wrong", (_, changes) => {
    const where =
      "schema" in changes ? /^schema/ : "parameters" in changes && changes.parameters !== undefined ? /^parameters/ : /^plan/;
    expect(change(planAggregation(schema), changes)).toThrow(where);
  });

  it("refuses text that is no JSON", () => {
    expect(() => AggregationPlan.fromJSON("nothing")).toThrow(WireError);
  });
});
