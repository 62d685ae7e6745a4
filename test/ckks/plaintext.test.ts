import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/index.js";
import { EncodingError, KeyMismatchError, LevelError, LifetimeError, ParameterError } from "../../src/errors.js";
import { openTestEngine } from "../support/engine.js";
import { testRandom } from "../support/random.js";
import { complexVector, expectPredicted, type Owner, ownerOf, parametersOf, plain } from "./support.js";

const parameters = parametersOf({ degree: 8192, levels: 2, special: 0 });
const random = testRandom("plaintext");
const [x, y] = [complexVector(random, parameters.slots, 0.7), complexVector(random, parameters.slots, 0.7)];

let engine: Engine;
let owner: Owner;
beforeAll(async () => {
  engine = await openTestEngine();
  owner = await ownerOf(engine, parameters);
});
afterAll(() => engine.close());

describe("plaintexts", () => {
  it("meet ciphertexts of every level and scale degree, whatever level they were encoded for", async () => {
    const { ckks, publicKey } = owner;
    for (const at of [0, 2]) {
      const plaintext = await ckks.encode([y], { level: at });
      for (const level of [0, 1, 2]) {
        const a = await ckks.encrypt([x], publicKey, { level });
        await expectPredicted(owner, await ckks.addPlain(a, plaintext), [plain.add(x, y)]);
        if (level === 0) continue;
        const product = await ckks.multiplyPlain(a, plaintext);
        await expectPredicted(owner, await ckks.subtractPlain(product, plaintext), [plain.subtract(plain.multiply(x, y), y)]);
      }
      plaintext.dispose();
    }
  });

  it("are encoded once for each level, and freed together", async () => {
    const { ckks, publicKey } = owner;
    const plaintext = await ckks.encode([y]);
    const a = await ckks.encrypt([x], publicKey, { level: 1 });
    const encoder = (ckks as unknown as { encoder: { encode(...args: unknown[]): unknown } }).encoder;
    let calls = 0;
    const original = encoder.encode;
    encoder.encode = (...args) => {
      calls++;
      return original.apply(encoder, args);
    };
    try {
      await Promise.all([ckks.multiplyPlain(a, plaintext), ckks.multiplyPlain(a, plaintext)]);
      const first = calls;
      await ckks.multiplyPlain(a, plaintext);
      expect(calls).toBe(first);
    } finally {
      encoder.encode = original;
    }
    plaintext.dispose();
    await expect(ckks.multiplyPlain(a, plaintext)).rejects.toThrow(LifetimeError);
    plaintext.dispose();
  });

  it("take numbers for all slots, and short vectors", async () => {
    const { ckks, publicKey } = owner;
    const a = await ckks.encrypt([x, y], publicKey);
    const plaintext = await ckks.encode([0.5, [1, 2]]);
    expect(plaintext.batch).toBe(2);
    expect(plaintext.range.magnitude).toBe(2);
    const short = plain.real(Float64Array.from({ length: parameters.slots }, (_, i) => [1, 2][i] ?? 0));
    await expectPredicted(owner, await ckks.addPlain(a, plaintext), [plain.map(x, (r, i) => [r + 0.5, i]), plain.add(y, short)]);
  });

  it("know how large their values are, and keep copies", async () => {
    const { ckks, publicKey } = owner;
    const values = Float64Array.of(3, -4);
    const plaintext = await ckks.encode([values]);
    expect(plaintext.range).toEqual({ magnitude: 4, rms: Math.sqrt(12.5) });
    values.fill(1000);
    const low = await ckks.encrypt([[1, 1]], publicKey, { level: 1 });
    const [opened] = await ckks.decrypt(await ckks.multiplyPlain(low, plaintext), owner.secret);
    expect([opened![0], opened![1]].map(Math.round)).toEqual([3, -4]);
    expect((await ckks.encode([{ re: Float64Array.of(3), im: Float64Array.of(4) }])).range.magnitude).toBe(5);
  });

  it("refuse what they cannot hold", async () => {
    const { ckks, publicKey } = owner;
    await expect(ckks.encode([])).rejects.toThrow(ParameterError);
    await expect(ckks.encode(3 as never)).rejects.toThrow(ParameterError);
    await expect(ckks.encode(["text" as never])).rejects.toThrow(EncodingError);
    await expect(ckks.encode([Number.NaN])).rejects.toThrow(EncodingError);
    await expect(ckks.encode([1], { level: 3 })).rejects.toThrow(LevelError);
    await expect(ckks.encode([2 ** 31], { level: 0 })).rejects.toThrow(EncodingError);
    await expect(ckks.encode([1], { scaleDegree: 3 as never })).rejects.toThrow(ParameterError);
    const other = await ownerOf(engine, parametersOf({ degree: 8192, levels: 1, special: 0 }));
    const foreign = await other.ckks.encode([1]);
    const a = await ckks.encrypt([x], publicKey);
    await expect(ckks.addPlain(a, foreign)).rejects.toThrow(KeyMismatchError);
    await expect(ckks.multiplyPlain(a, await ckks.encode([1, 2]))).rejects.toThrow(ParameterError);
  });
});
