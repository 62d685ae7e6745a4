import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ElGamal, elGamalGroup, foldedProduct, GROUP_NAMES, generateElGamalKey } from "../../src/elgamal/index.js";
import { KeyMismatchError } from "../../src/errors.js";
import { BigintBackend } from "../../src/kernels/bigint/index.js";
import { bytesToBigint } from "../../src/math/bytes.js";
import { mod } from "../../src/math/modular.js";
import { fixedKey, map, openFixed, reference, seeded, sharedEngine } from "./support.js";

const { p, q } = elGamalGroup("ffdhe2048");
const factor = fc.oneof(fc.bigInt(1n, 1n << 40n), fc.bigInt(1n, q));
const runs = { numRuns: 12 };

describe("factors", () => {
  it.each(GROUP_NAMES)("come back and multiply: %s", async (group) => {
    const elgamal = await openFixed(group);
    const a = await elgamal.encryptFactors([1, 2, 3, 10n ** 30n, elGamalGroup(group).q]);
    expect(await elgamal.decryptFactors(a)).toEqual([1n, 2n, 3n, 10n ** 30n, elGamalGroup(group).q]);
    const b = await elgamal.encryptFactors([7]);
    expect((await elgamal.decryptFactors(elgamal.multiply(a, b))).slice(0, 4)).toEqual([7n, 14n, 21n, 7n * 10n ** 30n]);
  });

  it("multiply to their product modulo p, up to a sign", async () => {
    const elgamal = await openFixed();
    const group = elGamalGroup("ffdhe2048");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(factor, factor), { minLength: 1, maxLength: 4 }), async (pairs) => {
        const [a, b] = await Promise.all([0, 1].map((k) => elgamal.encryptFactors(pairs.map((pair) => pair[k]))));
        expect(await elgamal.decryptFactors(elgamal.multiply(a, b))).toEqual(pairs.map((pair) => foldedProduct(pair, group)));
        expect(await elgamal.decryptFactors(elgamal.product(elgamal.multiply(a, b)))).toEqual([
          foldedProduct(pairs.flat(), group),
        ]);
      }),
      runs,
    );
  });

  it("are the integers themselves where products stay below q, and wrap where they do not", async () => {
    const elgamal = await openFixed();
    const a = await elgamal.encryptFactors([2, 3, 4, 5, 6, 7]);
    expect(await elgamal.decryptFactors(elgamal.product(a, 2))).toEqual([24n, 210n]);
    const [large, two] = [await elgamal.encryptFactors([q, (q + 1n) / 2n]), await elgamal.encryptFactors([2])];
    // 2 q = p - 1 = -1, and 2 (q + 1) / 2 = q + 1 = -q.
    expect(await elgamal.decryptFactors(elgamal.multiply(large, two))).toEqual([1n, q]);
  });

  it("are raised to plain powers; negative ones invert", async () => {
    const elgamal = await openFixed();
    const a = await elgamal.encryptFactors([3, 5, 7, 9]);
    expect(await elgamal.decryptFactors(await elgamal.power(a, 5))).toEqual([243n, 3125n, 16807n, 59049n]);
    expect(await elgamal.decryptFactors(await elgamal.power(a, [0n, 2n]))).toEqual([1n, 25n, 1n, 81n]);
    const quotient = elgamal.multiply(await elgamal.encryptFactors([12, 35, 14, 27]), await elgamal.power(a, -1));
    expect(await elgamal.decryptFactors(quotient)).toEqual([4n, 7n, 2n, 3n]);
  });

  it("hide whether they are squares: every half of a ciphertext is one", async () => {
    const elgamal = await openFixed();
    const a = await elgamal.encryptFactors(Array.from({ length: 12 }, (_, i) => i + 1));
    // The other reader checks every half.
    const read = await elgamal.importSections(map(await elgamal.exportSections(a)));
    expect(await elgamal.decryptFactors(read)).toEqual(Array.from({ length: 12 }, (_, i) => BigInt(i + 1)));
  });
});

describe("counts", () => {
  it("come back, add and are multiplied by plain numbers of either sign", async () => {
    const elgamal = await openFixed();
    const count = fc.integer({ min: -1000, max: 1000 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(count, count, fc.integer({ min: -50, max: 50 })), { minLength: 1, maxLength: 4 }),
        async (rows) => {
          const column = (k: number) => rows.map((row) => row[k]);
          const [a, b] = await Promise.all([0, 1].map((k) => elgamal.encryptCounts(column(k), { bound: 1000 })));
          const sums = elgamal.add(a, b);
          expect(sums.bound).toBe(2000);
          expect(await elgamal.decryptCounts(sums)).toEqual(rows.map(([x, y]) => x + y));
          const products = await elgamal.multiplyPlain(a, column(2));
          expect(await elgamal.decryptCounts(products)).toEqual(rows.map(([x, , w]) => x * w + 0));
          const total = rows.reduce((sum, [x]) => sum + x, 0);
          expect(await elgamal.decryptCounts(elgamal.sum(a))).toEqual([total]);
        },
      ),
      runs,
    );
  });

  it("add up over more than a piece, by groups and with one operand for all", async () => {
    const elgamal = await openFixed();
    const values = Array.from({ length: 150 }, (_, i) => (i % 7) - 3);
    const a = await elgamal.encryptCounts(values, { bound: 3 });
    expect(await elgamal.decryptCounts(a)).toEqual(values);
    const groups = elgamal.sum(a, 3);
    expect(groups.bound).toBe(150);
    expect(await elgamal.decryptCounts(groups)).toEqual(
      [0, 1, 2].map((g) => values.slice(50 * g, 50 * g + 50).reduce((s, v) => s + v, 0)),
    );
    const shifted = elgamal.add(a, await elgamal.encryptCounts([10, -10], { bound: 10 }));
    expect(await elgamal.decryptCounts(elgamal.slice(shifted, 60, 20))).toEqual(
      values.slice(60, 80).map((v, i) => v + (i % 2 === 0 ? 10 : -10)),
    );
  });

  it("reach the ends of what a bound of 2^32 allows", async () => {
    const elgamal = await openFixed();
    const a = await elgamal.encryptCounts([5_000_000, -5_000_000, 0], { bound: 2 ** 32 });
    expect(await elgamal.decryptCounts(a)).toEqual([5_000_000, -5_000_000, 0]);
    expect(await elgamal.decryptCounts(await elgamal.multiplyPlain(a, 0))).toEqual([0, 0, 0]);
  });
});

describe("randomness", () => {
  it("gives ciphertexts that bigint gives for the same exponents", async () => {
    const key = fixedKey();
    const [elgamal, masks] = [await openFixed("ffdhe2048", seeded(5)), await openFixed("ffdhe2048", seeded(5))];
    const a = await elgamal.encryptCounts([3, -4], { bound: 9 });
    const pairsOf = async (open: ElGamal, c: typeof a) => {
      const bytes = (await open.exportSections(c))[1].bytes;
      const number = (i: number) => bytesToBigint(bytes.subarray(256 * i, 256 * i + 256));
      return Array.from({ length: c.batch }, (_, i) => [number(2 * i), number(2 * i + 1)] as const);
    };
    const pairs = await pairsOf(elgamal, a);
    // The same exponents encrypt the factor 1: masks alone.
    const ones = await pairsOf(masks, await masks.encryptFactors([1, 1]));
    const { power, decrypt } = reference(key);
    expect(pairs).toEqual(ones.map(([c1, c2], i) => [c1, mod(c2 * power([3n, -4n][i]), p)]));
    expect(pairs.map(decrypt)).toEqual([power(3n), power(-4n)]);
  });

  it("is new in every encryption, and in everything that leaves but a fresh encryption", async () => {
    const elgamal = await openFixed();
    const a = await elgamal.encryptCounts([1], { bound: 1 });
    const [b, again] = [await elgamal.encryptCounts([1], { bound: 1 }), await elgamal.rerandomise(a)];
    const sum = elgamal.add(a, b);
    expect([a.fresh, b.fresh, again.fresh, sum.fresh, elgamal.slice(a, 0, 1).fresh]).toEqual([true, true, true, false, false]);
    const data = async (c: typeof a) => String((await elgamal.exportSections(c))[1].bytes);
    expect(new Set([await data(a), await data(b), await data(again), await data(elgamal.slice(a, 0, 1))]).size).toBe(4);
    expect(await data(a)).toBe(await data(a));
    expect(await data(sum)).not.toBe(await data(sum));
    // One to the power 0 is the pair (1, 1), which nobody may see.
    const nothing = await elgamal.multiplyPlain(a, 0);
    const sections = await elgamal.exportSections(nothing);
    expect(bytesToBigint(sections[1].bytes.subarray(0, 256))).not.toBe(1n);
    expect(await elgamal.decryptCounts(await elgamal.importSections(map(sections)))).toEqual([0]);
  });
});

describe("roles", () => {
  it("compute without the secret key, and only on ciphertexts of their own", async () => {
    const owner = await openFixed();
    const server = await ElGamal.create(await sharedEngine(), fixedKey().publicKey);
    expect("decryptCounts" in server).toBe(false);
    const request = map(await owner.exportSections(await owner.encryptCounts([1, 0, 1, 1], { bound: 1 })));
    const response = await server.exportSections(server.sum(await server.importSections(request)), { tellBound: true });
    const read = await owner.importSections(map(response));
    expect([read.bound, read.fresh, read.kind]).toEqual([4, false, "counts"]);
    expect(await owner.decryptCounts(read)).toEqual([3]);
    const other = await ElGamal.create(await sharedEngine(), fixedKey("ffdhe2048", 2));
    const a = await other.encryptCounts([1]);
    for (const use of [() => owner.add(read, a), () => owner.sum(a), () => owner.slice(a, 0, 1)])
      expect(use).toThrow(KeyMismatchError);
    await expect(owner.decryptCounts(a)).rejects.toThrow(KeyMismatchError);
    await expect(owner.exportSections(a)).rejects.toThrow(KeyMismatchError);
  });

  it("work with a new key of the default group", async () => {
    const key = await generateElGamalKey();
    const elgamal = await ElGamal.create(await sharedEngine(), key);
    expect(await elgamal.decryptFactors(elgamal.product(await elgamal.encryptFactors([6, 7])))).toEqual([42n]);
    elgamal.dispose();
    key.dispose();
  });

  it("leave nothing in the backend that nobody owns", async () => {
    const kernels = await BigintBackend.create();
    const elgamal = await ElGamal.create({ kernels }, fixedKey());
    const live = new Set<object>();
    const modular = await kernels.modular({ n: p, power: 1 });
    for (const name of ["upload", "multiply", "products", "power", "fixedBasePower", "slice", "concat"] as const) {
      const original = modular[name].bind(modular) as (...args: unknown[]) => { dispose(): void };
      Object.assign(modular, {
        [name]: (...args: unknown[]) => {
          const handle = original(...args);
          const dispose = handle.dispose.bind(handle);
          live.add(handle);
          handle.dispose = () => {
            live.delete(handle);
            dispose();
          };
          return handle;
        },
      });
    }
    const a = await elgamal.encryptCounts([1, -2], { bound: 2 });
    const b = await elgamal.multiplyPlain(a, [-1, 3]);
    const c = elgamal.sum(elgamal.slice(b, 0, 2));
    await elgamal.decryptCounts(c);
    const read = await elgamal.importSections(map(await elgamal.exportSections(c)));
    // Two halves of each of a, b, the slice, c and what was read; and the shift of counts.
    expect(live.size).toBe(11);
    for (const owned of [a, b, c, read, elgamal]) owned.dispose();
    expect(live.size).toBe(2);
    await kernels.close();
  });
});
