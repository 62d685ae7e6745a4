/** Masks made ahead: each is used once, and what fails is lost. */
import { describe, expect, it } from "vitest";
import { LifetimeError, ParameterError } from "../../src/errors.js";
import { decryptReference } from "../../src/math/paillier.js";
import { Paillier } from "../../src/paillier/paillier.js";
import { fixedKey, openFixed, plainKey, seeded, sharedEngine } from "./support.js";

const key = fixedKey(256);
const k = key.constants();
const n2 = k.n ** 2n;

const open = async (seed?: number) =>
  Paillier.create(await sharedEngine(), key.publicKey, seed === undefined ? undefined : seeded(seed));

/** The mask of a ciphertext of a known plaintext. */
const maskOf = (c: bigint, m: bigint): bigint => (c * ((1n - m * k.n + n2) % n2)) % n2;

describe("a pool of masks", () => {
  it("serves encryptions, with the masks that were made first", async () => {
    const [pooled, plain] = [await open(5), await open(5)];
    await pooled.pool.refill(3);
    expect(pooled.pool.size).toBe(3);
    const expected = await plain.exportIntegers(await plain.encrypt([1, 2, 3]));
    expect(await pooled.exportIntegers(await pooled.encrypt([1, 2, 3]))).toEqual(expected);
    expect(pooled.pool.size).toBe(0);
  });

  it("is used up before new masks are made, in any portions", async () => {
    const paillier = await open();
    await paillier.pool.refill(70);
    await paillier.pool.refill(5);
    const masks: bigint[] = [];
    for (const count of [1, 2, 60, 10, 9]) {
      const before = paillier.pool.size;
      const c = await paillier.encrypt(new Array(count).fill(7));
      expect(paillier.pool.size).toBe(Math.max(0, before - count));
      masks.push(...(await paillier.exportIntegers(c)).map((v) => maskOf(v, 7n)));
    }
    expect(new Set(masks).size).toBe(82);
    for (const mask of masks) expect(decryptReference(mask, k)).toBe(0n);
  });

  it("gives no mask twice to calls at the same time, and serves re-randomisation and export too", async () => {
    const paillier = await open();
    await paillier.pool.refill(100);
    const batches = await Promise.all(Array.from({ length: 12 }, () => paillier.encrypt(new Array(7).fill(0))));
    expect(paillier.pool.size).toBe(16);
    const sum = paillier.sum(batches[0]);
    const [again] = await Promise.all([paillier.rerandomise(batches[1]), paillier.exportIntegers(sum)]);
    expect(paillier.pool.size).toBe(8);
    const all = (await Promise.all([...batches, again].map((c) => paillier.exportIntegers(c)))).flat();
    expect(new Set(all).size).toBe(91);
  });

  it("loses the masks of what fails or is cancelled", async () => {
    const paillier = await open(9);
    const { kernels } = paillier.context();
    const multiply = kernels.multiply;
    await paillier.pool.refill(10);
    kernels.multiply = () => {
      throw new Error("no memory");
    };
    try {
      await expect(paillier.encrypt([1, 2])).rejects.toThrow("no memory");
    } finally {
      kernels.multiply = multiply;
    }
    expect(paillier.pool.size).toBe(8);
    const controller = new AbortController();
    const stopped = paillier.encrypt([1, 2, 3], {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("stop")),
    });
    await expect(stopped).rejects.toThrow("stop");
    expect(paillier.pool.size).toBe(5);
    // The same stream without the pool tells which masks those were.
    const plain = await open(9);
    const all = await plain.exportIntegers(await plain.encrypt(new Array(10).fill(0)));
    const rest = await paillier.exportIntegers(await paillier.encrypt(new Array(5).fill(0)));
    expect(rest).toEqual(all.slice(5));
  });

  it("keeps what was made before a cancellation, and tells progress", async () => {
    const paillier = await open();
    const seen: number[] = [];
    await paillier.pool.refill(130, { onProgress: (f) => seen.push(f) });
    expect([seen.at(-1), paillier.pool.size]).toEqual([1, 130]);
    const controller = new AbortController();
    const refill = paillier.pool.refill(1000, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(refill).rejects.toThrow("enough");
    // What was on its way is kept too.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(paillier.pool.size).toBeGreaterThan(130);
    expect(paillier.pool.size).toBeLessThan(1130);
    expect(await paillier.exportIntegers(await paillier.encrypt([1]))).toHaveLength(1);
  });

  it.each([
    ["Blum primes", key],
    ["other primes", plainKey()],
  ])("of a key's owner works alike (%s)", async (_name, own) => {
    const paillier = await Paillier.create(await sharedEngine(), own);
    await paillier.pool.refill(40);
    const values = Array.from({ length: 50 }, (_, i) => i - 25);
    expect([...(await paillier.decrypt(await paillier.encrypt(values)))]).toEqual(values);
    expect(paillier.pool.size).toBe(0);
  });

  it("refuses odd counts, and everything after the scheme object was disposed of", async () => {
    const paillier = await openFixed(256);
    for (const count of [-1, 1.5, Number.NaN, "9" as unknown as number]) {
      await expect(paillier.pool.refill(count)).rejects.toThrow(ParameterError);
    }
    await paillier.pool.refill(0);
    await paillier.pool.refill(2);
    const refill = paillier.pool.refill(500);
    paillier.dispose();
    await expect(refill).rejects.toThrow(LifetimeError);
    expect(paillier.pool.size).toBe(0);
    await expect(paillier.pool.refill(1)).rejects.toThrow(LifetimeError);
    await expect(paillier.encrypt([1])).rejects.toThrow(LifetimeError);
  });
});
