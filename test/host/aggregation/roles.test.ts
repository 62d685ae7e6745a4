/** Whole rounds: every role an object of its own, everything between them bytes. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/index.js";
import { AggregationSchema, KeyHolder, planAggregation } from "../../../src/host/aggregation/index.js";
import { openTestEngine } from "../../support/engine.js";
import { testRandom } from "../../support/random.js";
import { Parties, plans, schema, weighted } from "./support.js";

const random = testRandom("aggregation roles");
let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

const numbers = (length: number, draw: () => number) => Float64Array.from({ length }, draw);

describe("a round of Paillier", () => {
  it("gives the exact sums and the mean of any contributions", async () => {
    const parties = await Parties.create(engine, plans(schema).paillier);
    const contribution = fc.record({
      // Multiples of the default step of 2^-20, which the fixed point holds exactly.
      load: fc.integer({ min: -2 * 2 ** 20, max: 10 * 2 ** 20 }),
      counts: fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 6, maxLength: 6 }),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(contribution, { minLength: 3, maxLength: 8 }), async (all) => {
        const values = all.map(({ load, counts }) => ({ values: { load: load * 2 ** -20, counts } }));
        const result = await parties.round(`r${round++}`, values);
        const loads = all.reduce((sum, { load }) => sum + BigInt(load), 0n);
        const counts = all[0].counts.map((_, i) => all.reduce((sum, c) => sum + c.counts[i], 0));
        expect(result).toEqual({
          participants: all.length,
          values: { load: (Number(loads) * 2 ** -20) / all.length, counts: Float64Array.from(counts) },
          errors: { load: 0, counts: 0 },
        });
      }),
      { numRuns: 8 },
    );
  });

  it("gives weighted means, with weights that stay encrypted", async () => {
    const parties = await Parties.create(engine, plans(weighted).paillier);
    const all = Array.from({ length: 5 }, () => ({
      values: { model: numbers(5, () => random.between(-(2 ** 20), 2 ** 20) * 2 ** -20), steps: random.below(1001) },
      weight: random.below(401),
    }));
    const total = all.reduce((sum, { weight }) => sum + weight, 0);
    const result = await parties.round("w", all);
    expect(result.totalWeight).toBe(total);
    expect(result.values.steps).toBe(all.reduce((sum, { values }) => sum + values.steps, 0));
    const mean = numbers(5, () => 0).map(
      (_, i) => all.reduce((sum, { values, weight }) => sum + weight * values.model[i], 0) / total,
    );
    expect(result.values.model).toEqual(mean);
  });
});

describe("a round of CKKS", () => {
  it("stays within the predicted error, which is not far above the true one", async () => {
    const wide = new AggregationSchema({
      fields: [
        { name: "a", kind: "sum", bounds: [-100, 100], length: 2500 },
        { name: "b", kind: "mean", bounds: [0, 1], length: 1500 },
      ],
      maximumParticipants: 50,
    });
    const plan = planAggregation(wide);
    const parties = await Parties.create(engine, plan);
    const all = Array.from({ length: 4 }, () => ({
      values: { a: numbers(2500, () => random.real(-100, 100)), b: numbers(1500, () => random.unit()) },
    }));
    const { participants, values, errors } = await parties.round("c", all);
    expect(participants).toBe(4);
    const worst = (name: "a" | "b", divisor: number) =>
      (values[name] as Float64Array).reduce((most, x, i) => {
        const sum = all.reduce((s, { values }) => s + values[name][i], 0);
        return Math.max(most, Math.abs(x - sum / divisor));
      }, 0);
    // The bound is sixteen standard deviations; the worst of thousands of slots is usually between three and five.
    for (const [name, divisor] of [
      ["a", 1],
      ["b", 4],
    ] as const) {
      expect(worst(name, divisor)).toBeLessThan(errors[name]);
      expect(worst(name, divisor)).toBeGreaterThan(errors[name] / 8);
    }
    // A sum of four has twice the error of one contribution.
    expect(errors.a / plan.explain().facts.fields[0].error!.single).toBeCloseTo(2, 3);
  });

  it("gives weighted means within the error that the total weight leaves", async () => {
    const parties = await Parties.create(engine, plans(weighted).ckks);
    const all = Array.from({ length: 6 }, () => ({
      values: { model: numbers(5, () => random.real(-1, 1)), steps: random.below(1001) },
      weight: random.below(401),
    }));
    const total = all.reduce((sum, { weight }) => sum + weight, 0);
    const { values, errors, totalWeight } = await parties.round("w", all);
    expect(Math.abs(totalWeight! - total)).toBeLessThan(1e-3);
    for (let i = 0; i < 5; i++) {
      const mean = all.reduce((sum, { values, weight }) => sum + weight * values.model[i], 0) / total;
      expect(Math.abs((values.model as Float64Array)[i] - mean)).toBeLessThan(errors.model);
    }
    expect(errors.model).toBeLessThan(1e-5);
  });
});

describe.each(["ckks", "paillier"] as const)("%s", (scheme) => {
  it("opens with a key that was stored, and folds contributions as they arrive", async () => {
    // So many ciphertexts that the aggregator adds several times on the way.
    const long = new AggregationSchema({
      fields: [{ name: "v", kind: "sum", bounds: [0, 100], length: scheme === "ckks" ? 1 : 1500, precision: 1 }],
      maximumParticipants: 300,
    });
    const plan = plans(long)[scheme];
    const parties = await Parties.create(engine, plan);
    const stored = parties.holder.exportSecretKey();
    parties.holder.dispose();
    const aggregator = await parties.aggregator();
    const contributions: Uint8Array[] = [];
    for (let i = 0; i < 7; i++) {
      const v = new Float64Array(scheme === "ckks" ? 1 : 1500).fill(i);
      contributions.push(await parties.contribution(`p${i}`, { v }));
    }
    expect(await Promise.all(contributions.map((c) => aggregator.accept(c)))).toEqual(contributions.map((_, i) => `p${i}`));
    expect(aggregator.participants).toBe(7);
    const holder = await KeyHolder.create(engine, plan, { secretKey: stored });
    expect(holder.keyId).toEqual(parties.holder.keyId);
    const { values } = await holder.open(await aggregator.seal());
    for (const x of values.v as Float64Array) expect(Math.abs(x - 21)).toBeLessThan(scheme === "ckks" ? 0.01 : 1e-300);
  });

  it("reports progress, and stops where it is told to", async () => {
    const parties = await Parties.create(engine, plans(schema)[scheme]);
    const participant = await parties.participant("a");
    const seen: [number, number][] = [];
    const values = { load: 1, counts: [1, 2, 3, 4, 5, 6] };
    await participant.contribute(values, { onProgress: (...progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual([1, 1]);
    await expect(participant.contribute(values, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });
});
