/** Operands of different histories meet by themselves; what runs out of levels says so before anything is computed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CkksCiphertext, CkksEvaluationKeys } from "../../../src/ckks/index.js";
import type { Engine } from "../../../src/engine/index.js";
import { LevelError, LifetimeError, ParameterError } from "../../../src/errors.js";
import { openTestEngine } from "../../support/engine.js";
import { testRandom } from "../../support/random.js";
import { complexVector, expectPredicted, type Owner, ownerOf, parametersOf, plain } from "../support.js";

const SETS = [
  parametersOf({ degree: 8192, levels: 3, special: 2, digitSize: 2 }),
  parametersOf({ degree: 16384, levels: 3, special: 4, digitSize: 3, primesPerLevel: 2 }),
];

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

describe.each(SETS)("levels of $primesPerLevel primes", (parameters) => {
  const random = testRandom(`levels ${parameters.primesPerLevel}`);
  const [x, y] = [complexVector(random, parameters.slots, 0.7), complexVector(random, parameters.slots, 0.7)];
  const xy = plain.multiply(x, y);
  let owner: Owner;
  let keys: CkksEvaluationKeys;
  let a: CkksCiphertext;
  let b: CkksCiphertext;
  beforeAll(async () => {
    owner = await ownerOf(engine, parameters);
    const { ckks, secret, publicKey } = owner;
    keys = await ckks.generateEvaluationKeys(secret, ckks.keysFor({ relinearise: true }));
    a = await ckks.encrypt([x], publicKey);
    b = await ckks.encrypt([y], publicKey);
  });

  it("meet at the lower one in sums", async () => {
    const { ckks } = owner;
    for (let i = 0; i <= 3; i++) {
      for (let j = 0; j <= 3; j++) {
        const [c, d] = [ckks.dropLevel(a, i), ckks.dropLevel(b, j)];
        const [sum, difference] = [ckks.add(c, d), ckks.subtract(c, d)];
        expect([sum.level, difference.level]).toEqual([Math.min(i, j), Math.min(i, j)]);
        await expectPredicted(owner, sum, [plain.add(x, y)]);
        await expectPredicted(owner, difference, [plain.subtract(x, y)]);
        for (const used of [c, d, sum, difference]) used.dispose();
      }
    }
  });

  it("meet in products, at the lower one", async () => {
    const { ckks } = owner;
    for (const [i, j] of [
      [3, 1],
      [1, 3],
      [2, 2],
    ] as const) {
      const product = ckks.multiply(ckks.dropLevel(a, i), ckks.dropLevel(b, j), keys);
      expect([product.level, product.scaleDegree]).toEqual([Math.min(i, j), 2]);
      await expectPredicted(owner, product, [xy]);
    }
  });

  it("of products and rescaled ciphertexts meet by rescaling the product", async () => {
    const { ckks } = owner;
    const product = ckks.multiply(a, b, keys);
    for (const [sum, expected] of [
      [ckks.add(product, a), plain.add(xy, x)],
      [ckks.subtract(a, product), plain.subtract(x, xy)],
      [ckks.add(ckks.dropLevel(a, 2), product), plain.add(xy, x)],
      [ckks.add(ckks.dropLevel(a, 0), product), plain.add(xy, x)],
    ] as const) {
      expect(sum.scaleDegree).toBe(1);
      await expectPredicted(owner, sum, [expected]);
    }
    // Two products of different levels stay products.
    const low = ckks.multiply(ckks.dropLevel(a, 1), b, keys);
    const both = ckks.add(product, low);
    expect([both.level, both.scaleDegree]).toEqual([1, 2]);
    await expectPredicted(owner, both, [plain.scale(xy, 2)], { high: 2 });
    await expectPredicted(owner, ckks.rescale(both), [plain.scale(xy, 2)], { high: 2 });
  });

  it("are spent by unrescaled operands of products, which are rescaled first", async () => {
    const { ckks } = owner;
    const cube = ckks.multiply(ckks.multiply(a, a, keys), a, keys);
    expect([cube.level, cube.scaleDegree]).toEqual([2, 2]);
    await expectPredicted(owner, cube, [plain.multiply(plain.multiply(x, x), x)], { high: 2, most: 24 });
    const square = ckks.multiply(a, a);
    const fourth = ckks.square(square, keys);
    expect([fourth.level, fourth.components]).toEqual([2, 2]);
    const x2 = plain.multiply(x, x);
    await expectPredicted(owner, fourth, [plain.multiply(x2, x2)], { high: 2, most: 32 });
    const eighth = ckks.square(fourth, keys);
    expect(eighth.level).toBe(1);
    const last = ckks.rescale(eighth);
    expect(last.level).toBe(0);
    const x4 = plain.multiply(x2, x2);
    // Predictions take the error of a factor and its value for independent, which those of a square of squares are not.
    await expectPredicted(owner, last, [plain.multiply(x4, x4)], { high: 8, most: 256 });
  });

  it("give sums of both paths to one value", async () => {
    // x y computed at two levels, added up after different paths of rescaling: no mismatch of scales can be.
    const { ckks } = owner;
    const early = ckks.multiplyRescale(a, b, keys);
    const late = ckks.rescale(ckks.multiply(ckks.dropLevel(a, 2), ckks.dropLevel(b, 1), keys));
    await expectPredicted(owner, ckks.subtract(early, late), [plain.subtract(xy, xy)], { low: 0 });
  });

  it("that run out are told before anything is computed", () => {
    const { ckks } = owner;
    const zero = ckks.dropLevel(a, 0);
    const operations: [() => unknown, RegExp][] = [
      [() => ckks.multiply(zero, b, keys), /operand of a product: expected 1 level left, got 0; .*1 more level/],
      [() => ckks.multiply(b, zero), /expected 1 level left, got 0/],
      [() => ckks.multiplyRescale(zero, zero, keys), /expected 1 level left/],
      [() => ckks.square(zero), /expected 1 level left/],
      [() => ckks.multiply(ckks.multiply(ckks.dropLevel(a, 1), b, keys), b, keys), /expected 2 levels left, got 1/],
      [() => ckks.multiplyConstants(zero, [2]), /expected 1 level left/],
      [() => ckks.linearCombination(zero, [[2]]), /expected 1 level left/],
    ];
    for (const [operation, message] of operations) {
      expect(operation).toThrow(LevelError);
      expect(operation).toThrow(message);
    }
  });

  it("drop no further than they can", () => {
    const { ckks } = owner;
    for (const level of [-1, 4, 0.5, Number.NaN]) expect(() => ckks.dropLevel(a, level)).toThrow(LevelError);
    const product = ckks.multiply(a, b, keys);
    expect(() => ckks.dropLevel(product, 0)).toThrow(/rescale the product first/);
    expect(ckks.dropLevel(product, 1).level).toBe(1);
    expect(() => ckks.rescale(a)).toThrow(ParameterError);
  });

  it("of three components are relinearised on the way, or refused", async () => {
    const { ckks } = owner;
    const three = ckks.multiply(a, b);
    expect(() => ckks.rescale(three)).toThrow(/two components, got three; pass evaluation keys/);
    expect(() => ckks.add(three, a)).toThrow(ParameterError);
    expect(() => ckks.multiply(three, a)).toThrow(ParameterError);
    const dropped = ckks.dropLevel(three, 1);
    await expectPredicted(owner, dropped, [xy], { high: 2 });
    const opened = ckks.relinearise(a, keys);
    expect(opened.components).toBe(2);
    await expectPredicted(owner, opened, [x]);
  });

  it("of what was disposed of are refused", () => {
    const { ckks } = owner;
    const gone = ckks.negate(a);
    gone.dispose();
    expect(() => ckks.add(a, gone)).toThrow(LifetimeError);
    expect(() => ckks.multiply(gone, a)).toThrow(LifetimeError);
    expect(() => ckks.dropLevel(gone, 0)).toThrow(LifetimeError);
  });
});
