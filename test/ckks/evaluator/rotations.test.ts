import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CkksCiphertext, CkksEvaluationKeys } from "../../../src/ckks/index.js";
import type { Engine } from "../../../src/engine/index.js";
import { ParameterError } from "../../../src/errors.js";
import { digest } from "../../support/digest.js";
import { openTestEngine } from "../../support/engine.js";
import { testRandom } from "../../support/random.js";
import { complexVector, expectPredicted, type Owner, ownerOf, parametersOf, plain } from "../support.js";

const parameters = parametersOf({ degree: 8192, levels: 2, special: 3, digitSize: 2 });
const { slots } = parameters;
const random = testRandom("rotations");
const [x, y] = [0, 1].map(() => complexVector(random, slots, Math.SQRT1_2));
const STEPS = [1, -1, 7, slots / 2, 1 - slots];

let engine: Engine;
let owner: Owner;
let keys: CkksEvaluationKeys;
let a: CkksCiphertext;
beforeAll(async () => {
  engine = await openTestEngine();
  owner = await ownerOf(engine, parameters);
  const { ckks, secret, publicKey } = owner;
  const plan = ckks.keysFor({ rotations: STEPS, conjugate: true, relinearise: true, innerSums: [5, slots] });
  keys = await ckks.generateEvaluationKeys(secret, plan);
  a = await ckks.encrypt([x!, y!], publicKey);
});
afterAll(() => engine.close());

const bytes = async (c: CkksCiphertext) => digest(...(await owner.ckks.exportCiphertext(c)).sections.map((s) => s.bytes));

describe("rotations", () => {
  it("go left for positive steps, right for negative ones, and round", async () => {
    for (const step of STEPS) {
      const result = owner.ckks.rotate(a, step, keys);
      await expectPredicted(owner, result, [plain.rotate(x!, step), plain.rotate(y!, step)]);
      result.dispose();
    }
  });

  it("by 0 and by all slots are copies that need no key", async () => {
    const { ckks, secret } = owner;
    const none = await ckks.generateEvaluationKeys(secret, ckks.keysFor({}));
    for (const step of [0, slots, -slots, 3 * slots]) {
      const copy = ckks.rotate(a, step, none);
      expect(await bytes(copy)).toEqual(await bytes(a));
      copy.dispose();
    }
    expect(a.handle.disposed).toBe(false);
    expect(() => ckks.rotate(a, 0.5, keys)).toThrow(ParameterError);
    expect(() => ckks.rotate(a, Number.NaN, keys)).toThrow(ParameterError);
  });

  it("give the same bits alone and hoisted", async () => {
    const { ckks } = owner;
    const hoisted = ckks.rotateHoisted(a, [...STEPS, 0], keys);
    expect(hoisted).toHaveLength(STEPS.length + 1);
    for (const [i, step] of STEPS.entries()) expect(await bytes(hoisted[i]!)).toEqual(await bytes(ckks.rotate(a, step, keys)));
    expect(await bytes(hoisted[STEPS.length]!)).toEqual(await bytes(a));
    expect(ckks.rotateHoisted(a, [], keys)).toEqual([]);
  });

  it("work at every level, unrescaled too", async () => {
    const { ckks } = owner;
    const product = ckks.multiply(a, a, keys);
    await expectPredicted(
      owner,
      ckks.rotate(product, 7, keys),
      [x!, y!].map((v) => plain.rotate(plain.multiply(v, v), 7)),
    );
    for (const level of [0, 1])
      await expectPredicted(
        owner,
        ckks.rotate(ckks.dropLevel(a, level), -1, keys),
        [x!, y!].map((v) => plain.rotate(v, -1)),
      );
  });

  it("of three components are refused", () => {
    const product = owner.ckks.multiply(a, a);
    expect(() => owner.ckks.rotate(product, 1, keys)).toThrow(/two components, got three; relinearise/);
    expect(() => owner.ckks.conjugate(product, keys)).toThrow(ParameterError);
    expect(() => owner.ckks.innerSum(product, 5, keys)).toThrow(ParameterError);
  });
});

describe("inner sums", () => {
  const summed = (v: typeof x, length: number) => {
    let sum = v!;
    for (let step = 1; step < length; step++) sum = plain.add(sum, plain.rotate(v!, step));
    return sum;
  };

  it("add neighbouring slots, whatever their number", async () => {
    await expectPredicted(
      owner,
      owner.ckks.innerSum(a, 5, keys),
      [x, y].map((v) => summed(v, 5)),
    );
    const one = owner.ckks.innerSum(a, 1, keys);
    expect(await bytes(one)).toEqual(await bytes(a));
  });

  it("of all slots stand in every slot", async () => {
    const total = (v: Float64Array) => v.reduce((sum, t) => sum + t, 0);
    const expected = [x!, y!].map(({ re, im }) => ({ re: re.map(() => total(re)), im: im.map(() => total(im)) }));
    // Errors of neighbouring slots are added up as if they were independent; a sum of all of them is one number, repeated.
    await expectPredicted(owner, owner.ckks.innerSum(a, slots, keys), expected, { low: 1 / 8, high: 6 });
  });

  it("refuse lengths out of range", () => {
    for (const length of [0, slots + 1, 2.5, Number.NaN])
      expect(() => owner.ckks.innerSum(a, length, keys)).toThrow(ParameterError);
  });
});
