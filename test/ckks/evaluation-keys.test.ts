/** What keys serve, what is said where they are missing, and what they leave behind. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CkksCiphertext, CkksEvaluationKeys } from "../../src/ckks/index.js";
import type { Engine } from "../../src/engine/index.js";
import { KeyMismatchError, LevelError, LifetimeError, ParameterError } from "../../src/errors.js";
import { openTestEngine } from "../support/engine.js";
import { testRandom } from "../support/random.js";
import { complexVector, expectPredicted, type Owner, ownerOf, parametersOf, plain } from "./support.js";

const parameters = parametersOf({ degree: 8192, levels: 3, special: 2, digitSize: 2 });
const x = complexVector(testRandom("evaluation keys"), parameters.slots, Math.SQRT1_2);

let engine: Engine;
let owner: Owner;
let keys: CkksEvaluationKeys;
let a: CkksCiphertext;
beforeAll(async () => {
  engine = await openTestEngine();
  owner = await ownerOf(engine, parameters);
  const { ckks, secret } = owner;
  const plan = ckks
    .keysFor({ relinearise: true, rotations: [5], level: 1 })
    .merge(ckks.keysFor({ rotations: [-2], conjugate: true, level: 2 }));
  keys = await ckks.generateEvaluationKeys(secret, plan);
  expect(keys.bytes()).toBe(plan.bytes);
  a = await ckks.encrypt([x], owner.publicKey);
});
afterAll(() => engine.close());

describe("evaluation keys", () => {
  it("say what they serve", () => {
    expect(keys.rotations).toEqual([5, parameters.slots - 2]);
    expect(keys.conjugates).toBe(true);
    expect(keys.relinearisation?.level).toBe(1);
    expect(keys.id).toEqual(owner.secret.id);
  });

  it("serve their level and all below", async () => {
    const { ckks } = owner;
    for (const level of [0, 1]) {
      const low = ckks.dropLevel(a, level);
      await expectPredicted(owner, ckks.rotate(low, 5, keys), [plain.rotate(x, 5)]);
    }
    await expectPredicted(owner, ckks.rotate(ckks.dropLevel(a, 2), -2, keys), [plain.rotate(x, -2)]);
    await expectPredicted(owner, ckks.multiplyRescale(ckks.dropLevel(a, 1), a, keys), [plain.multiply(x, x)]);
    expect(() => ckks.rotate(a, 5, keys)).toThrow(LevelError);
    expect(() => ckks.rotate(a, 5, keys)).toThrow(/levels up to 1; generate it with keysFor\(\{ rotations: \[5\], level: 3 \}\)/);
    expect(() => ckks.multiply(a, a, keys)).toThrow(LevelError);
    expect(() => ckks.conjugate(a, keys)).toThrow(LevelError);
  });

  it("are named where they are missing, with those that are there", async () => {
    const { ckks, secret } = owner;
    const low = ckks.dropLevel(a, 1);
    expect(() => ckks.rotate(low, -7, keys)).toThrow(KeyMismatchError);
    expect(() => ckks.rotate(low, -7, keys)).toThrow(
      "evaluation keys: expected a key for the rotation by -7 (4089 modulo 4096), got keys for relinearisation, rotations by 5, 4094, " +
        "conjugation; generate them with keysFor({ rotations: [-7] })",
    );
    const none = await ckks.generateEvaluationKeys(secret, ckks.keysFor({}));
    expect(() => ckks.multiply(low, low, none)).toThrow(/expected a relinearisation key, got no keys; .*relinearise: true/);
    expect(() => ckks.conjugate(low, none)).toThrow(/conjugate: true/);
    expect(() => ckks.innerSum(low, 3, keys)).toThrow(/rotation by 1,/);
    const many = await ckks.generateEvaluationKeys(
      secret,
      ckks.keysFor({ rotations: Array.from({ length: 20 }, (_, i) => i + 1), level: 0 }),
    );
    expect(() => ckks.rotate(low, 40, many)).toThrow(/15, 16, \.\.\. \(20 in all\)/);
  });

  it("belong to one owner and one parameter set", async () => {
    const { ckks } = owner;
    const other = await ownerOf(engine, parameters);
    const foreign = await other.ckks.generateEvaluationKeys(other.secret, other.ckks.keysFor({ rotations: [1] }));
    expect(() => ckks.rotate(a, 1, foreign)).toThrow(/evaluation keys, key id/);
    const changed = await ownerOf(engine, parametersOf({ degree: 8192, levels: 3, special: 2, digitSize: 1 }));
    const strange = await changed.ckks.generateEvaluationKeys(changed.secret, changed.ckks.keysFor({ rotations: [1] }));
    expect(() => ckks.rotate(a, 1, strange)).toThrow(/parameter hash/);
    await expect(ckks.generateEvaluationKeys(changed.secret, ckks.keysFor({}))).rejects.toThrow(KeyMismatchError);
    await expect(ckks.generateEvaluationKeys(owner.secret, changed.ckks.keysFor({}))).rejects.toThrow(KeyMismatchError);
    await expect(ckks.generateEvaluationKeys(owner.secret, {} as never)).rejects.toThrow(ParameterError);
    expect(() => ckks.rotate(a, 1, null as never)).toThrow(ParameterError);
    expect(() => ckks.rotate(a, 1, owner.publicKey as never)).toThrow(ParameterError);
  });

  it("are dead after dispose, and so is a secret", async () => {
    const { ckks } = owner;
    const secret = await ckks.generateSecretKey();
    const mine = await ckks.generateEvaluationKeys(secret, ckks.keysFor({ rotations: [1] }));
    const c = await ckks.encrypt([x], secret);
    ckks.rotate(c, 1, mine).dispose();
    mine.dispose();
    expect(() => ckks.rotate(c, 1, mine)).toThrow(LifetimeError);
    secret.dispose();
    await expect(ckks.generateEvaluationKeys(secret, ckks.keysFor({ rotations: [1] }))).rejects.toThrow(LifetimeError);
  });

  it("are different each time, and hide the same secret", async () => {
    const { ckks, secret } = owner;
    const plan = ckks.keysFor({ rotations: [1], level: 0 });
    const [first, second] = [await ckks.generateEvaluationKeys(secret, plan), await ckks.generateEvaluationKeys(secret, plan)];
    const [one, two] = [first, second].map(({ galois }) => [...galois.values()][0]!);
    expect(one!.seed).not.toEqual(two!.seed);
    const low = ckks.dropLevel(a, 0);
    for (const k of [first, second]) await expectPredicted(owner, ckks.rotate(low, 1, k), [plain.rotate(x, 1)]);
  });

  it("are not needed by parameters without special primes, which say so", async () => {
    const bare = await ownerOf(engine, parametersOf({ degree: 8192, levels: 1, special: 0 }));
    const c = await bare.ckks.encrypt([x], bare.publicKey);
    await expectPredicted(bare, bare.ckks.multiply(c, c), [plain.multiply(x, x)]);
    expect(() => bare.ckks.rotate(c, 1, keys)).toThrow(/special primes/);
    expect(() => bare.ckks.keysFor({ relinearise: true })).toThrow(/special primes/);
  });
});
