import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncodingError, LevelError, ParameterError } from "../../src/errors.js";
import { openFixed } from "./support.js";

const open = openFixed(256);
const layout = { slots: 2, slotBits: 64 };

const side = fc.integer({ min: 1, max: 4 });
const matrixOf = (rows: number, columns: number, bound: number) =>
  fc.array(fc.array(fc.integer({ min: -bound, max: bound }), { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  });
const instance = fc
  .tuple(side, side, side)
  .chain(([rows, inner, columns]) => fc.record({ a: matrixOf(rows, inner, 500), b: matrixOf(inner, columns, 9000) }));
const times = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number[] =>
  a.flatMap((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0) + 0));

describe("products of matrices", () => {
  it("of an encrypted matrix and a plain one, in either order, are those of integers, in every slot", async () => {
    const paillier = await open;
    await fc.assert(
      fc.asyncProperty(instance, async ({ a, b }) => {
        const first = (slots: readonly Float64Array[]) => slots.map(([x]) => x + 0);
        // The second slot holds twice the first.
        const encrypt = (m: readonly (readonly number[])[], bound: number) =>
          paillier.encryptSlots(
            m.flat().map((x) => [x, 2 * x]),
            { layout, bound: 2 * bound },
          );
        const right = await paillier.timesMatrix(await encrypt(a, 500), b);
        const left = await paillier.matrixTimes(a, await encrypt(b, 9000));
        for (const product of [right, left]) {
          const slots = await paillier.decryptSlots(product);
          expect(first(slots)).toEqual(times(a, b));
          expect(slots.map(([, y]) => y + 0)).toEqual(times(a, b).map((x) => 2 * x + 0));
          expect([product.batch, product.fresh]).toEqual([a.length * b[0].length, false]);
        }
        const columns = b[0].map((_, j) => b.reduce((sum, row) => sum + Math.abs(row[j]), 0));
        expect(right.bound).toBe(1000n * BigInt(Math.max(...columns)));
        expect(left.bound).toBe(18000n * BigInt(Math.max(...a.map((row) => row.reduce((sum, x) => sum + Math.abs(x), 0)))));
      }),
      { numRuns: 25 },
    );
  });

  it("take fractional weights at a scale of their own", async () => {
    const paillier = await open;
    const a = await paillier.encrypt([1.5, -2, 0.25, 4], { scaleBits: 4, bound: 8 });
    const product = await paillier.timesMatrix(a, [[0.5], [-1.25]], { scaleBits: 8 });
    expect([product.scaleBits, [...(await paillier.decrypt(product))]]).toEqual([12, [3.25, -4.875]]);
    const other = await paillier.matrixTimes([[0.5, -1.25]], a, { scaleBits: 8 });
    expect([...(await paillier.decrypt(other))]).toEqual([0.4375, -6]);
  });

  it("refuse shapes that do not fit, what is no number, and results that slots may not hold", async () => {
    const paillier = await open;
    const a = await paillier.encryptSlots([[1], [2], [3], [4]], { layout: { slots: 2, slotBits: 8 }, bound: 4 });
    for (const weights of [[], [[]], [[1], [1, 2]], [null], "no", [[1], [2], [3]]]) {
      await expect(async () => paillier.timesMatrix(a, weights as never)).rejects.toThrow(ParameterError);
    }
    for (const weights of [[], [[]], [[1], [1, 2]], [[1, 2, 3]]]) {
      await expect(async () => paillier.matrixTimes(weights as never, a)).rejects.toThrow(ParameterError);
    }
    await expect(async () => paillier.timesMatrix(a, [[1], [2], [3]])).rejects.toThrow(
      "entries of the encrypted matrix: expected a multiple of 3, the other matrix's side, got 4",
    );
    await expect(paillier.timesMatrix(a, [[0.5], [1]])).rejects.toThrow(EncodingError);
    await expect(paillier.timesMatrix(a, [[20], [20]])).rejects.toThrow(LevelError);
    await expect(paillier.matrixTimes([[20, -20]], a)).rejects.toThrow(
      "dot, slot budget: expected results of at most 7 bits, got up to 8 bits, with 30 additions of such ciphertexts left",
    );
  });
});
