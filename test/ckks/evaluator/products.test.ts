import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CkksCiphertext, CkksEvaluationKeys } from "../../../src/ckks/index.js";
import type { Engine } from "../../../src/engine/index.js";
import { EncodingError, KeyMismatchError, ParameterError } from "../../../src/errors.js";
import { digest } from "../../support/digest.js";
import { openTestEngine } from "../../support/engine.js";
import { testRandom } from "../../support/random.js";
import { complexVector, expectPredicted, type Owner, ownerOf, parametersOf, plain } from "../support.js";

const parameters = parametersOf({ degree: 8192, levels: 2, special: 2, digitSize: 2 });
const random = testRandom("products");
const vector = () => complexVector(random, parameters.slots, 0.7);
const [x, y, z, u] = [vector(), vector(), vector(), vector()];

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

describe("products of ciphertexts", () => {
  it("let one meet many", async () => {
    const { ckks } = owner;
    const expected = [plain.multiply(x, z), plain.multiply(y, z)];
    await expectPredicted(owner, ckks.multiply(pair, one), expected);
    await expectPredicted(owner, ckks.multiply(pair, one, keys), expected);
    await expectPredicted(owner, ckks.multiplyRescale(pair, one, keys), expected);
    expect(() => ckks.multiply(one, pair)).toThrow(ParameterError);
  });

  it("are summed before they are relinearised once", async () => {
    const { ckks } = owner;
    const sum = ckks.add(ckks.multiply(pair, one), ckks.square(pair));
    const expected = [x, y].map((v) => plain.add(plain.multiply(v, z), plain.multiply(v, v)));
    const result = ckks.rescale(sum, keys);
    expect([result.components, result.scaleDegree, result.level]).toEqual([2, 1, 1]);
    await expectPredicted(owner, result, expected);
  });

  it("of different owners are refused", async () => {
    const { ckks } = owner;
    const stranger = await ckks.generateSecretKey();
    const foreign = await ckks.encrypt([x], stranger);
    expect(() => ckks.multiply(one, foreign)).toThrow(KeyMismatchError);
    expect(() => ckks.add(one, foreign)).toThrow(KeyMismatchError);
    await expect(ckks.sumOfProducts([one, foreign], [[1], [1]])).rejects.toThrow(KeyMismatchError);
    expect(() => ckks.multiply(foreign, foreign, keys)).toThrow(KeyMismatchError);
  });

  it("of small values with large ones keep their precision", async () => {
    const { ckks, publicKey } = owner;
    const small = await ckks.encrypt([plain.scale(x, 1e-3)], publicKey, { magnitude: 1e-3 });
    const large = await ckks.encrypt([plain.scale(y, 200)], publicKey, { magnitude: 200 });
    const product = ckks.multiplyRescale(large, small, keys);
    await expectPredicted(owner, product, [plain.scale(plain.multiply(x, y), 0.2)], { high: 2 });
    expect(product.estimate?.magnitude).toBeCloseTo(0.2, 9);
  });
});

describe("products with plaintexts and constants", () => {
  it("take one vector or constant for each ciphertext, or one for all", async () => {
    const { ckks } = owner;
    await expectPredicted(owner, ckks.rescale(await ckks.multiplyPlain(pair, [z, u])), [
      plain.multiply(x, z),
      plain.multiply(y, u),
    ]);
    await expectPredicted(owner, ckks.multiplyConstants(pair, [2, { re: 0, im: 1 }]), [plain.scale(x, 2), plain.scale(y, 0, 1)], {
      high: 2,
    });
    await expect(ckks.multiplyPlain(one, [z, u])).rejects.toThrow(ParameterError);
    expect(() => ckks.multiplyConstants(pair, [1, 2, 3])).toThrow(ParameterError);
    expect(() => ckks.multiplyConstants(pair, [{ re: Number.NaN, im: 0 }])).toThrow(EncodingError);
    expect(() => ckks.multiplyConstants(pair, 2 as never)).toThrow(ParameterError);
  });

  it("work on three components", async () => {
    const { ckks } = owner;
    // The square is rescaled first, which takes the keys.
    expect(() => ckks.multiplyConstants(ckks.square(one), [2])).toThrow(/two components/);
    const product = ckks.multiplyConstants(ckks.square(one, keys), [2]);
    expect([product.level, product.scaleDegree]).toEqual([1, 2]);
    await expectPredicted(owner, product, [plain.scale(plain.multiply(z, z), 2)], { high: 2 });
  });

  it("are summed in one step over several outputs", async () => {
    const { ckks } = owner;
    const encoded = await ckks.encode([x, y, z, u]);
    const lower = ckks.dropLevel(one, 1);
    const results = await ckks.sumOfProducts([ckks.slice(pair, 0, 1), lower], encoded);
    expect(results).toHaveLength(2);
    expect([results[0]!.level, results[0]!.scaleDegree]).toEqual([1, 2]);
    await expectPredicted(owner, results[0]!, [plain.add(plain.multiply(x, x), plain.multiply(z, y))]);
    await expectPredicted(owner, ckks.rescale(results[1]!), [plain.add(plain.multiply(x, z), plain.multiply(z, u))]);
    await expect(ckks.sumOfProducts([one, one, one], encoded)).rejects.toThrow(ParameterError);
    await expect(ckks.sumOfProducts([one, pair], encoded)).rejects.toThrow(/one batch/);
    await expect(ckks.sumOfProducts([], encoded)).rejects.toThrow(ParameterError);
    const batched = await ckks.sumOfProducts([pair], [z]);
    await expectPredicted(owner, batched[0]!, [plain.multiply(x, z), plain.multiply(y, z)]);
  });

  it("in linear combinations weigh a batch", async () => {
    const { ckks } = owner;
    const weights = [
      [0.5, -1],
      [2, 0.25],
    ];
    const combined = ckks.rescale(ckks.linearCombination(pair, weights));
    await expectPredicted(
      owner,
      combined,
      weights.map(([p, q]) => plain.add(plain.scale(x, p!), plain.scale(y, q!))),
      { high: 2 },
    );
    // Components that lie apart are weighed apart, to the same result.
    const apart = await ckks.importCiphertextFile(await ckks.exportCiphertextFile(pair));
    const again = ckks.rescale(ckks.linearCombination(apart, weights));
    expect(apart.parts).toHaveLength(2);
    expect(again.precisionBits).toBeCloseTo(combined.precisionBits!, 2);
    const bytes = async (c: CkksCiphertext) => (await ckks.exportCiphertext(c)).sections.map((s) => digest(s.bytes));
    expect(await bytes(again)).toEqual(await bytes(combined));
  });
});
