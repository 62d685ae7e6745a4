import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncodingError, KeyMismatchError, LevelError, LifetimeError, ParameterError } from "../../src/errors.js";
import type { PaillierCiphertexts } from "../../src/paillier/ciphertexts.js";
import type { PaillierDecryptor } from "../../src/paillier/paillier.js";
import { openFixed } from "./support.js";

const layout = { slots: 3, slotBits: 64 };
const open = openFixed(256);
const slots = async (paillier: PaillierDecryptor, c: PaillierCiphertexts) =>
  (await paillier.decryptSlots(c)).map((row) => [...row]);

describe("sums", () => {
  it("add slot by slot, with broadcasting", async () => {
    const paillier = await open;
    const options = { layout, scaleBits: 4, bound: 100 };
    const a = await paillier.encryptSlots([[1.5, -2, 3], [4, 5, -6.25], [7], [-100, 100]], options);
    const b = await paillier.encryptSlots(
      [
        [1, 1, 1],
        [-1, -2, -3],
      ],
      options,
    );
    const c = paillier.add(a, b);
    expect(await slots(paillier, c)).toEqual([
      [2.5, -1, 4],
      [3, 3, -9.25],
      [8, 1, 1],
      [-101, 98, -3],
    ]);
    expect(c.bound).toBe(2n * 1600n);
    expect([a.fresh, c.fresh]).toEqual([true, false]);
    expect(() => paillier.add(b, a)).toThrow(ParameterError);
  });

  it("agree with integers on random vectors", async () => {
    const paillier = await open;
    const vector = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(vector, vector, vector, async (x, y, z) => {
        const [a, b] = [
          await paillier.encryptSlots([x], { layout, bound: 1000 }),
          await paillier.encryptSlots([y], { layout, bound: 1000 }),
        ];
        const c = paillier.addPlain(paillier.addMany([a, b, a]), [z]);
        expect(await slots(paillier, c)).toEqual([x.map((v, i) => 2 * v + y[i] + z[i])]);
      }),
      { numRuns: 25 },
    );
  });

  it("sum batches and runs", async () => {
    const paillier = await open;
    const c = await paillier.encrypt([1, 2, 3, 4, 5, 6], { bound: 10 });
    expect(await paillier.decrypt(paillier.sum(c))).toEqual(Float64Array.of(21));
    expect(await paillier.decrypt(paillier.sum(c, 2))).toEqual(Float64Array.of(6, 15));
    expect(await paillier.decrypt(paillier.sum(c, 6))).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6));
    expect(paillier.sum(c, 2).bound).toBe(30n);
    const d = await paillier.encrypt([10, 20, 30, 40, 50, 60], { bound: 60 });
    const many = paillier.addMany([c, d, c]);
    expect(await paillier.decrypt(many)).toEqual(Float64Array.of(12, 24, 36, 48, 60, 72));
    expect(many.bound).toBe(80n);
    for (const groups of [0, 4, 1.5]) expect(() => paillier.sum(c, groups)).toThrow(ParameterError);
    expect(() => paillier.addMany([])).toThrow(ParameterError);
    expect(() => paillier.addMany([c, paillier.slice(d, 0, 2)])).toThrow(/all of one size, got \[6, 2\]/);
  });

  it("add plain vectors at the ciphertexts' scale", async () => {
    const paillier = await open;
    const a = await paillier.encryptSlots(
      [
        [1, 2],
        [3, 4],
      ],
      { layout, scaleBits: 8, bound: 8 },
    );
    expect(await slots(paillier, paillier.addPlain(a, [[0.5, -0.25, 9]]))).toEqual([
      [1.5, 1.75, 9],
      [3.5, 3.75, 9],
    ]);
    const b = paillier.addPlain(a, [[-1n], []]);
    expect(await slots(paillier, b)).toEqual([
      [0, 2, 0],
      [3, 4, 0],
    ]);
    expect(b.bound).toBe(9n * 256n);
    expect(() => paillier.addPlain(a, [[Number.NaN]])).toThrow(EncodingError);
    expect(() => paillier.addPlain(a, [[1, 2, 3, 4]])).toThrow(ParameterError);
    expect(() => paillier.addPlain(a, [[1], [2], [3]])).toThrow(ParameterError);
  });
});

describe("products with plain numbers", () => {
  it("take negative, fractional and zero factors", async () => {
    const paillier = await open;
    const a = await paillier.encryptSlots(
      [
        [1.5, -2, 3],
        [4, 5, -6],
      ],
      { layout, scaleBits: 4, bound: 8 },
    );
    expect(await slots(paillier, await paillier.multiplyPlain(a, -3))).toEqual([
      [-4.5, 6, -9],
      [-12, -15, 18],
    ]);
    expect(await slots(paillier, await paillier.multiplyPlain(a, [0, 2n]))).toEqual([
      [0, 0, 0],
      [8, 10, -12],
    ]);
    const c = await paillier.multiplyPlain(a, [-0.25, 0.5], { scaleBits: 2 });
    expect(c.scaleBits).toBe(6);
    expect(c.bound).toBe(128n * 2n);
    expect(await slots(paillier, c)).toEqual([
      [-0.375, 0.5, -0.75],
      [2, 2.5, -3],
    ]);
  });

  it("refuse what is no number, no integer at scale 1, and lists of another length", async () => {
    const paillier = await open;
    const a = await paillier.encrypt([1, 2, 3]);
    await expect(paillier.multiplyPlain(a, 0.5)).rejects.toThrow(EncodingError);
    await expect(paillier.multiplyPlain(a, Number.NaN, { scaleBits: 8 })).rejects.toThrow(EncodingError);
    await expect(paillier.multiplyPlain(a, [1, 2])).rejects.toThrow(/a number of them that divides 3, got 2/);
    await expect(paillier.multiplyPlain(a, [])).rejects.toThrow(ParameterError);
    await expect(paillier.multiplyPlain(a, 1, { scaleBits: -1 })).rejects.toThrow(ParameterError);
  });
});

describe("the slot budget", () => {
  const tight = { slots: 2, slotBits: 8 };

  it("refuses every operation that could overflow, and allows the last that cannot", async () => {
    const paillier = await open;
    const a = await paillier.encryptSlots([[63, -63]], { layout: tight, bound: 63 });
    const sum = paillier.add(a, a);
    expect(sum.bound).toBe(126n);
    expect(await slots(paillier, paillier.addPlain(sum, [[1, -1]]))).toEqual([[127, -127]]);
    expect(() => paillier.addPlain(sum, [[2]])).toThrow(LevelError);
    expect(() => paillier.add(sum, a)).toThrow(LevelError);
    expect(() => paillier.addMany([a, a, a])).toThrow(
      /addMany, slot budget: expected results of at most 7 bits, got up to 8 bits, with 1 addition of such ciphertexts left/,
    );
    // The message keeps its word.
    expect([a.additionsLeft, sum.additionsLeft]).toEqual([1, 0]);
    expect(() => paillier.add(sum, sum)).toThrow("with 0 additions of such ciphertexts left");
    await expect(paillier.subtract(sum, a)).rejects.toThrow(LevelError);
    expect(await slots(paillier, await paillier.subtract(a, a))).toEqual([[0, 0]]);
    expect((await paillier.multiplyPlain(a, 0)).additionsLeft).toBe(Number.POSITIVE_INFINITY);
    await expect(paillier.multiplyPlain(a, -3)).rejects.toThrow(LevelError);
    expect(await slots(paillier, await paillier.multiplyPlain(a, -2))).toEqual([[-126, 126]]);
    await expect(paillier.dot(a, [[3]])).rejects.toThrow(LevelError);
    const three = await paillier.encryptSlots([[63], [63], [63]], { layout: tight, bound: 63 });
    expect(() => paillier.sum(three)).toThrow(LevelError);
    await expect(
      paillier.dot(three, [
        [1, 0, 1],
        [-1, 1, 1],
      ]),
    ).rejects.toThrow(LevelError);
    expect(
      await slots(
        paillier,
        await paillier.dot(three, [
          [1, 0, 1],
          [-1, 1, 0],
        ]),
      ),
    ).toEqual([
      [126, 0],
      [0, 0],
    ]);
  });

  it("refuses values beyond the bound and bounds beyond the slot", async () => {
    const paillier = await open;
    await expect(paillier.encryptSlots([[64]], { layout: tight, bound: 63 })).rejects.toThrow(EncodingError);
    await expect(paillier.encryptSlots([[1]], { layout: tight, bound: 128 })).rejects.toThrow(LevelError);
    await expect(paillier.encryptSlots([[1]], { layout: tight })).rejects.toThrow(LevelError);
    await expect(paillier.encryptSlots([[1, 2, 3]], { layout: tight, bound: 63 })).rejects.toThrow(ParameterError);
    await expect(paillier.encryptSlots([[1]], { layout: { slots: 32, slotBits: 8 }, bound: 1 })).rejects.toThrow(ParameterError);
    await expect(paillier.encrypt([])).rejects.toThrow(/values: expected at least one, got none/);
    for (const v of [Number.NaN, Number.POSITIVE_INFINITY, 0.5])
      await expect(paillier.encrypt([v])).rejects.toThrow(EncodingError);
  });
});

describe("operands", () => {
  it("must be alike, alive and of one key", async () => {
    const [paillier, other] = [await open, await openFixed(512)];
    const a = await paillier.encrypt([1], { scaleBits: 8 });
    expect(() => paillier.add(a, paillier.slice(a, 0, 1))).not.toThrow();
    const b = await paillier.encrypt([1], { scaleBits: 9 });
    expect(() => paillier.add(a, b)).toThrow(/add: expected 1 slots of 255 bits at scale 2\^8, got .* 2\^9/);
    const c = await paillier.encryptSlots([[1]], { layout, scaleBits: 8, bound: 1 });
    expect(() => paillier.addMany([a, c])).toThrow(ParameterError);
    const d = await other.encrypt([1], { scaleBits: 8, layout: a.layout });
    expect(() => paillier.add(a, d)).toThrow(KeyMismatchError);
    a.dispose();
    expect(() => paillier.add(b, a)).toThrow();
    expect(() => paillier.sum(a)).toThrow(LifetimeError);
  });
});

describe("re-randomisation", () => {
  it("changes every ciphertext and no plaintext", async () => {
    const paillier = await open;
    const a = await paillier.encrypt([1, 2, 3]);
    const sum = paillier.add(a, a);
    const again = await paillier.rerandomise(sum);
    expect([sum.fresh, again.fresh, again.bound]).toEqual([false, true, sum.bound]);
    expect(await paillier.decrypt(again)).toEqual(Float64Array.of(2, 4, 6));
    // Fresh batches leave as they are; what is not fresh never leaves as it is, nor twice alike.
    expect(await paillier.exportIntegers(again)).toEqual(await paillier.exportIntegers(again));
    const [once, twice] = [await paillier.exportIntegers(sum), await paillier.exportIntegers(sum)];
    for (let i = 0; i < 3; i++) expect(once[i]).not.toBe(twice[i]);
    const slice = paillier.slice(a, 1, 2);
    expect(slice.fresh).toBe(false);
    expect(await paillier.decrypt(slice)).toEqual(Float64Array.of(2, 3));
  });
});
