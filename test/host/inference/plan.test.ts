import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxLogQP } from "../../../src/ckks/index.js";
import { ParameterError, SecurityError } from "../../../src/errors.js";
import { boundsOf } from "../../../src/host/inference/bounds.js";
import { InferencePlan, planInference } from "../../../src/host/inference/index.js";
import { optionsOf } from "../../../src/host/inference/plan.js";
import { modelOf, small } from "../../support/inference.js";

describe("planInference", () => {
  it.each(["ckks", "paillier"] as const)("is a pure function of model and options: %s", (scheme) => {
    const [a, b] = [planInference(modelOf("digits"), { scheme }), planInference(modelOf("digits"), { scheme })];
    expect(a.card.toText()).toBe(b.card.toText());
    expect(a.card.hash).toEqual(b.card.hash);
    expect(planInference(modelOf("digits"), { scheme, batch: 2049 }).card.id).not.toBe(a.card.id);
    expect(planInference(modelOf("digits"), optionsOf(a.card)).card.id).toBe(a.card.id);
  });

  it("chooses the smallest secure ring for the batch", () => {
    const degree = (batch: number) => planInference(small(), { batch }).explain().facts.parameters.degree;
    expect([1, 2048, 2049, 4096, 8192, 32768, 100_000].map(degree)).toEqual([4096, 4096, 8192, 8192, 16384, 65536, 65536]);
    for (const batch of [1, 4096]) {
      const { parameters, security } = planInference(small(), { batch }).explain().facts;
      expect(parameters.modulusBits).toBeLessThanOrEqual(maxLogQP(parameters.degree!, 128));
      expect(security.bits).toBe(128);
      expect(parameters).toMatchObject({ basePrimes: 2, levelPrimes: 1, scaleBits: 30 });
    }
  });

  it("leaves 5 bits above the largest decision, with a third base prime where two do not reach", () => {
    for (const weight of [1, 1e3, 1e6, 1e9]) {
      const { card } = planInference(small({ coef: [[weight, 0, 0]] }));
      const { scheme, content } = card;
      if (scheme.name !== "ckks") throw new Error("a CKKS card");
      expect(scheme.parameters.maxMagnitude(0)).toBeGreaterThanOrEqual(content.bounds.decision);
      expect(content.bounds.decision).toBeGreaterThan(weight * 64);
    }
    expect(planInference(small({ coef: [[1e9, 0, 0]] })).explain().facts.parameters.basePrimes).toBe(3);
  });

  it("tells powers of two of the weights and nothing else", () => {
    const bounds = (w: number) => boundsOf(small({ coef: [[w, 0, 0]], intercept: [0] }), 64);
    expect(bounds(1.9)).toEqual(bounds(1.1));
    expect(bounds(1.9)).toEqual({ feature: 64, decision: 128, weightNorm: 2 });
    const text = planInference(modelOf("diabetes")).card.toText();
    for (const row of modelOf("diabetes").coef) for (const w of row) expect(text).not.toContain(String(w).slice(0, 8));
    for (const b of modelOf("diabetes").intercept) expect(text).not.toContain(String(b).slice(0, 8));
  });

  it("bounds every decision of rows within the magnitude", () => {
    const weight = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        fc.tuple(weight, weight, weight),
        weight,
        fc.double({ min: 0.01, max: 1000, noNaN: true }),
        (w, b, magnitude) => {
          const { decision } = boundsOf(small({ coef: [w], intercept: [b] }), magnitude);
          const largest = w.reduce((sum, x) => sum + Math.abs(x) * magnitude, Math.abs(b));
          expect(decision).toBeGreaterThanOrEqual(largest + 1);
          expect(decision).toBeLessThanOrEqual(2 * (largest + 1));
          expect(Number.isInteger(Math.log2(decision))).toBe(true);
        },
      ),
    );
  });

  it("gives Paillier enough bits for nine digits", () => {
    for (const name of ["breast-cancer", "digits", "diabetes"] as const) {
      const { precision, parameters } = planInference(modelOf(name), { scheme: "paillier" }).explain().facts;
      expect(precision.public).toBeLessThanOrEqual(1e-9);
      expect(parameters.keyBits).toBe(3072);
    }
  });

  it.each([
    [{ scheme: "bfv" }, ParameterError],
    [{ batch: 0 }, ParameterError],
    [{ batch: 1.5 }, ParameterError],
    [{ magnitude: Number.NaN }, ParameterError],
    [{ magnitude: 0 }, ParameterError],
    [{ magnitude: Number.POSITIVE_INFINITY }, ParameterError],
    [{ depth: 3 }, ParameterError],
    [{ scheme: "paillier", keyBits: 1024 }, SecurityError],
    [{ scheme: "paillier", keyBits: 3071 }, ParameterError],
    [{ scheme: "paillier", keyBits: 16384 }, ParameterError],
  ])("refuses %j", (options, error) => {
    expect(() => planInference(small(), options as never)).toThrow(error);
  });

  it("refuses weights that no parameters carry", () => {
    expect(() => planInference(small({ coef: [[1e300, 1, 1]] }))).toThrow(ParameterError);
    expect(() => planInference({} as never)).toThrow(/expected a LinearModel/);
  });

  it("explains in words what it says in figures", () => {
    const { text, facts } = new InferencePlan(planInference(modelOf("digits")).card).explain();
    expect(text).toContain("degree 4096");
    expect(text).toContain("128 bits");
    expect(text).toContain(facts.card.slice(0, 16));
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
  });
});
