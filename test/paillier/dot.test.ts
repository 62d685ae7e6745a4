import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncodingError, ParameterError } from "../../src/errors.js";
import { openFixed } from "./support.js";

const layout = { slots: 3, slotBits: 64 };
const open = openFixed(256);

describe("dot products", () => {
  it("agree with integers for any signs, groups and outputs", async () => {
    const paillier = await open;
    const shape = fc.record({
      groups: fc.integer({ min: 1, max: 3 }),
      features: fc.integer({ min: 1, max: 5 }),
      outputs: fc.integer({ min: 1, max: 3 }),
    });
    const instance = shape.chain(({ groups, features, outputs }) => {
      const rows = (n: number, m: number, arbitrary: fc.Arbitrary<number>) =>
        fc.array(fc.array(arbitrary, { minLength: m, maxLength: m }), { minLength: n, maxLength: n });
      const weight = fc.oneof(fc.constant(0), fc.integer({ min: -70000, max: 70000 }), fc.integer({ min: -2, max: 2 }));
      return fc.record({
        groups: fc.constant(groups),
        x: rows(groups * features, 3, fc.integer({ min: -500, max: 500 })),
        w: rows(outputs, features, weight),
      });
    });
    await fc.assert(
      fc.asyncProperty(instance, async ({ groups, x, w }) => {
        const a = await paillier.encryptSlots(x, { layout, bound: 500 });
        const c = await paillier.dot(a, w, { groups });
        const features = x.length / groups;
        const want: number[][] = [];
        for (let g = 0; g < groups; g++) {
          for (const row of w) want.push([0, 1, 2].map((s) => row.reduce((sum, v, f) => sum + v * x[g * features + f][s], 0)));
        }
        expect((await paillier.decryptSlots(c)).map((v) => [...v].map((s) => s + 0))).toEqual(
          want.map((v) => v.map((s) => s + 0)),
        );
        expect(c.batch).toBe(groups * w.length);
        expect(c.bound).toBe(500n * BigInt(Math.max(...w.map((row) => row.reduce((s, v) => s + Math.abs(v), 0)))));
        expect(c.fresh).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it("hold fractional weights at a scale of their own", async () => {
    const paillier = await open;
    const a = await paillier.encrypt([1.5, -2.25], { scaleBits: 8, bound: 4 });
    const c = await paillier.dot(a, [[0.5, -0.125], Float64Array.of(-3, 0)], { scaleBits: 16 });
    expect(c.scaleBits).toBe(24);
    expect(await paillier.decrypt(c)).toEqual(Float64Array.of(1.03125, -4.5));
    expect(await paillier.decrypt(await paillier.dot(a, [[1n, 2n]]))).toEqual(Float64Array.of(-3));
  });

  it("are the same whether cut into pieces or not, and stop when told", async () => {
    const paillier = await open;
    // 3 groups of 2000 features: one group a piece.
    const zero = paillier.importIntegers(
      Array.from({ length: 6000 }, (_, i) => (i % 2000 === 1999 ? paillier.publicKey.n * BigInt(i) + 1n : 1n)),
      { bound: 6000n },
    );
    const weights = [Array.from({ length: 2000 }, (_, f) => (f === 1999 ? -1 : 1)), new Array<number>(2000).fill(0)];
    const seen: number[] = [];
    const c = await paillier.dot(zero, weights, { groups: 3, onProgress: (f) => seen.push(f) });
    expect(await paillier.decrypt(c)).toEqual(Float64Array.of(-1999, 0, -3999, 0, -5999, 0));
    expect(seen).toEqual([1 / 3, 2 / 3, 1]);
    const controller = new AbortController();
    const stopped = paillier.dot(zero, weights, {
      groups: 3,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("stop")),
    });
    await expect(stopped).rejects.toThrow("stop");
  });

  it("of nothing are zero, and leave the process masked", async () => {
    const paillier = await open;
    const a = await paillier.encrypt([5, 6]);
    const c = await paillier.dot(a, [[0, 0]]);
    expect(await paillier.decrypt(c)).toEqual(Float64Array.of(0));
    expect(await paillier.exportIntegers(c)).not.toEqual([1n]);
  });

  it("refuse weights of another shape or value", async () => {
    const paillier = await open;
    const a = await paillier.encrypt([1, 2, 3, 4]);
    await expect(paillier.dot(a, [])).rejects.toThrow(ParameterError);
    await expect(paillier.dot(a, [[1, 2, 3]])).rejects.toThrow(/rows of 4 weights, got rows of \[3\]/);
    await expect(paillier.dot(a, [[1, 2]], { groups: 3 })).rejects.toThrow(/a divisor of 4/);
    await expect(paillier.dot(a, [[1, 2, 3, 0.5]])).rejects.toThrow(EncodingError);
    await expect(paillier.dot(a, [[1, 2, 3, Number.NaN]], { scaleBits: 3 })).rejects.toThrow(EncodingError);
  });
});
