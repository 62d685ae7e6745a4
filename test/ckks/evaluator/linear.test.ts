import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CkksCiphertext, CkksEvaluationKeys } from "../../../src/ckks/index.js";
import type { Engine } from "../../../src/engine/index.js";
import { EncodingError, ParameterError } from "../../../src/errors.js";
import { openTestEngine } from "../../support/engine.js";
import { testRandom } from "../../support/random.js";
import { complexVector, expectPredicted, type Owner, ownerOf, parametersOf, plain } from "../support.js";

const parameters = parametersOf({ degree: 8192, levels: 2, special: 2, digitSize: 2 });
const random = testRandom("linear");
const [x, y, z] = [0, 1, 2].map(() => complexVector(random, parameters.slots, 0.7)) as [
  ReturnType<typeof complexVector>,
  ReturnType<typeof complexVector>,
  ReturnType<typeof complexVector>,
];
const [xx, xz, yz] = [plain.multiply(x, x), plain.multiply(x, z), plain.multiply(y, z)];

let engine: Engine;
let owner: Owner;
let keys: CkksEvaluationKeys;
let pair: CkksCiphertext;
let one: CkksCiphertext;
beforeAll(async () => {
  engine = await openTestEngine();
  owner = await ownerOf(engine, parameters);
  const { ckks, secret, publicKey } = owner;
  keys = await ckks.generateEvaluationKeys(secret, ckks.keysFor({ relinearise: true }));
  pair = await ckks.encrypt([x, y], publicKey);
  one = await ckks.encrypt([z], publicKey);
});
afterAll(() => engine.close());

describe("sums of products with and without a third component", () => {
  it("add and subtract in either order, with broadcasting", async () => {
    const { ckks } = owner;
    const three = ckks.multiply(pair, one);
    const two = ckks.multiply(pair, one, keys);
    const single = ckks.multiply(one, one);
    expect([three.components, two.components, single.components]).toEqual([3, 2, 3]);
    const zz = plain.multiply(z, z);
    for (const [result, expected, components] of [
      [ckks.add(three, two), [plain.scale(xz, 2), plain.scale(yz, 2)], 3],
      [ckks.subtract(two, three), [plain.subtract(xz, xz), plain.subtract(yz, yz)], 3],
      [ckks.subtract(three, two), [plain.subtract(xz, xz), plain.subtract(yz, yz)], 3],
      [ckks.add(two, single), [plain.add(xz, zz), plain.add(yz, zz)], 3],
      [ckks.subtract(two, single), [plain.subtract(xz, zz), plain.subtract(yz, zz)], 3],
      [ckks.negate(three), [plain.scale(xz, -1), plain.scale(yz, -1)], 3],
      [ckks.sum(three), [plain.add(xz, yz)], 3],
      [ckks.slice(three, 1, 1), [yz], 3],
      [ckks.concat([single, three]), [zz, xz, yz], 3],
      [ckks.addConstants(three, [1, -1]), [plain.map(xz, (r, i) => [r + 1, i]), plain.map(yz, (r, i) => [r - 1, i])], 3],
      [await ckks.addPlain(three, [z]), [plain.add(xz, z), plain.add(yz, z)], 3],
    ] as const) {
      expect(result.components).toBe(components);
      // Errors that cancel or add are predicted as independent.
      await expectPredicted(owner, result, expected, { low: 0 });
      await expectPredicted(owner, ckks.relinearise(result, keys), expected, { low: 0 });
    }
  });

  it("are refused where batches do not fit", () => {
    const { ckks } = owner;
    expect(() => ckks.add(one, pair)).toThrow(ParameterError);
    expect(() => ckks.concat([ckks.multiply(one, one), ckks.multiply(one, one, keys)])).toThrow(/relinearise products first/);
  });
});

describe("plaintext operands", () => {
  it("of one value, of half the slots, of all, and of one too many", async () => {
    const { ckks } = owner;
    const { slots } = parameters;
    for (const length of [0, 1, 2, slots]) {
      const v = Float64Array.from({ length }, () => random.real(-1, 1));
      const padded = plain.real(Float64Array.from({ length: slots }, (_, i) => v[i] ?? 0));
      await expectPredicted(owner, await ckks.addPlain(one, [v]), [plain.add(z, padded)]);
      await expectPredicted(owner, ckks.rescale(await ckks.multiplyPlain(one, [v])), [plain.multiply(z, padded)], { low: 0 });
    }
    const long = new Float64Array(slots + 1);
    await expect(ckks.addPlain(one, [long])).rejects.toThrow(EncodingError);
    await expect(ckks.multiplyPlain(one, [long])).rejects.toThrow(EncodingError);
    await expect(ckks.encrypt([long], owner.secret)).rejects.toThrow(EncodingError);
  });

  it("that the modulus cannot hold are refused", async () => {
    const { ckks } = owner;
    // Level 0 has two primes of 30 bits: at scale 2^30 a value of 2^30 is beyond Q/2.
    const low = ckks.dropLevel(one, 0);
    for (const value of [2 ** 30, -(2 ** 30)]) {
      const vector = new Float64Array(parameters.slots).fill(value);
      await expect(ckks.addPlain(low, [vector])).rejects.toThrow(EncodingError);
      await expect(ckks.encrypt([vector], owner.secret, { level: 0 })).rejects.toThrow(EncodingError);
      expect(() => ckks.addConstants(low, [value])).toThrow(EncodingError);
    }
    for (const bad of [[Number.NaN], [Number.POSITIVE_INFINITY]])
      await expect(ckks.addPlain(one, [bad])).rejects.toThrow(EncodingError);
    await expect(ckks.addPlain(one, 3 as never)).rejects.toThrow(ParameterError);
    await expect(ckks.addPlain(pair, [[1], [2], [3]])).rejects.toThrow(ParameterError);
    expect(() => ckks.addConstants(one, [{ re: 1 } as never])).toThrow(EncodingError);
    expect(() => ckks.addConstants(one, [null as never])).toThrow(EncodingError);
  });

  it("below the resolution of the scale make a product of noise, and no error", async () => {
    const { ckks } = owner;
    const nothing = ckks.rescale(ckks.multiplyConstants(one, [2 ** -40]));
    await expectPredicted(owner, nothing, [plain.scale(z, 2 ** -40)], { low: 0 });
    await expectPredicted(owner, ckks.addConstants(one, [2 ** -40]), [z]);
  });

  it("add to products at the squared scale", async () => {
    const { ckks } = owner;
    await expectPredicted(owner, await ckks.subtractPlain(ckks.multiply(one, one, keys), [x]), [
      plain.subtract(plain.multiply(z, z), x),
    ]);
    const encoded = await ckks.encode([x]);
    await expectPredicted(owner, await ckks.addPlain(ckks.square(ckks.dropLevel(one, 1), keys), encoded), [
      plain.add(plain.multiply(z, z), x),
    ]);
    encoded.dispose();
    expect(xx.re.length).toBe(parameters.slots);
  });
});
