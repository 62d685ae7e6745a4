/** Random circuits within the levels that there are, held against plain complex arithmetic. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CkksCiphertext, CkksEvaluationKeys, CkksPlaintext } from "../../src/ckks/index.js";
import type { Engine } from "../../src/engine/index.js";
import type { ComplexSlots } from "../../src/math/embedding.js";
import { openTestEngine } from "../support/engine.js";
import { testRandom } from "../support/random.js";
import { complexVector, type Owner, ownerOf, parametersOf, plain, worst } from "./support.js";

const SETS = [
  parametersOf({ degree: 8192, levels: 4, special: 1 }),
  parametersOf({ degree: 16384, levels: 3, special: 5, digitSize: 4, primesPerLevel: 2 }),
];
const STEPS = [1, -3, 64];

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

/** A value and what it should be; the plain side also says how many levels are left when all products are rescaled. */
interface Value {
  readonly ciphertext: CkksCiphertext;
  readonly slots: ComplexSlots;
}

/** One step of a circuit: operands by number, modulo the values that are there. */
interface Step {
  readonly name: (typeof NAMES)[number];
  readonly a: number;
  readonly b: number;
  readonly n: number;
}
const NAMES = [
  "add",
  "subtract",
  "negate",
  "multiply",
  "multiplyRescale",
  "square",
  "rescale",
  "rotate",
  "conjugate",
  "dropLevel",
  "addConstant",
  "multiplyConstant",
  "addPlain",
  "multiplyPlain",
] as const;
const steps = fc.array(
  fc.record({ name: fc.constantFrom(...NAMES), a: fc.nat(9), b: fc.nat(9), n: fc.nat(2) }) as fc.Arbitrary<Step>,
  { minLength: 4, maxLength: 12 },
);

describe.each(SETS)("circuits over levels of $primesPerLevel primes", (parameters) => {
  const random = testRandom(`programs ${parameters.primesPerLevel}`);
  const inputs = [0, 1].map(() => complexVector(random, parameters.slots, 0.6));
  const vector = complexVector(random, parameters.slots, 0.6);
  let owner: Owner;
  let keys: CkksEvaluationKeys;
  let fresh: CkksCiphertext[];
  let encoded: CkksPlaintext;
  beforeAll(async () => {
    owner = await ownerOf(engine, parameters, 5);
    const { ckks, secret, publicKey } = owner;
    const plan = ckks.keysFor({ relinearise: true, rotations: STEPS, conjugate: true });
    keys = await ckks.generateEvaluationKeys(secret, plan);
    fresh = [];
    for (const v of inputs) fresh.push(await ckks.encrypt([v], publicKey));
    encoded = await ckks.encode([vector]);
  });

  /** The step on both sides; undefined where levels do not suffice or values would leave the range of the base modulus. */
  async function take({ name, a, b, n }: Step, values: readonly Value[]): Promise<Value | undefined> {
    const { ckks } = owner;
    const [x, y] = [values[a % values.length]!, values[b % values.length]!];
    const [c, d] = [x.ciphertext, y.ciphertext];
    // Levels that a product of this operand would start from.
    const left = (z: CkksCiphertext) => z.level - (z.scaleDegree - 1);
    const constant = [0.5, -1, 1.25][n]!;
    switch (name) {
      case "add":
        return { ciphertext: ckks.add(c, d), slots: plain.add(x.slots, y.slots) };
      case "subtract":
        return { ciphertext: ckks.subtract(c, d), slots: plain.subtract(x.slots, y.slots) };
      case "negate":
        return { ciphertext: ckks.negate(c), slots: plain.scale(x.slots, -1) };
      case "multiply":
        if (Math.min(left(c), left(d)) < 1) return undefined;
        return { ciphertext: ckks.multiply(c, d, keys), slots: plain.multiply(x.slots, y.slots) };
      case "multiplyRescale":
        if (Math.min(left(c), left(d)) < 1) return undefined;
        return { ciphertext: ckks.multiplyRescale(c, d, keys), slots: plain.multiply(x.slots, y.slots) };
      case "square":
        if (left(c) < 1) return undefined;
        return { ciphertext: ckks.rescale(ckks.square(c), keys), slots: plain.multiply(x.slots, x.slots) };
      case "rescale":
        return c.scaleDegree === 2 ? { ciphertext: ckks.rescale(c), slots: x.slots } : undefined;
      case "rotate":
        return { ciphertext: ckks.rotate(c, STEPS[n]!, keys), slots: plain.rotate(x.slots, STEPS[n]!) };
      case "conjugate":
        return { ciphertext: ckks.conjugate(c, keys), slots: plain.conjugate(x.slots) };
      case "dropLevel":
        return c.level > c.scaleDegree - 1 ? { ciphertext: ckks.dropLevel(c, c.level - 1), slots: x.slots } : undefined;
      case "addConstant":
        return {
          ciphertext: ckks.addConstants(c, [{ re: constant, im: -constant }]),
          slots: plain.map(x.slots, (r, i) => [r + constant, i - constant]),
        };
      case "multiplyConstant":
        if (left(c) < 1) return undefined;
        return { ciphertext: ckks.multiplyConstants(c, [constant]), slots: plain.scale(x.slots, constant) };
      case "addPlain":
        return { ciphertext: await ckks.addPlain(c, encoded), slots: plain.add(x.slots, vector) };
      case "multiplyPlain":
        if (left(c) < 1) return undefined;
        return { ciphertext: await ckks.multiplyPlain(c, encoded), slots: plain.multiply(x.slots, vector) };
    }
  }

  it("come out as in plain arithmetic, by the error that is predicted", async () => {
    const taken = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(steps, async (program) => {
        const values: Value[] = fresh.map((ciphertext, i) => ({ ciphertext, slots: inputs[i]! }));
        for (const step of program) {
          const next = await take(step, values);
          if (next === undefined) continue;
          const size = Math.max(worst(next.slots.re, []), worst(next.slots.im, []));
          if (size > 8) {
            next.ciphertext.dispose();
            continue;
          }
          values.push(next);
          taken.set(step.name, (taken.get(step.name) ?? 0) + 1);
        }
        const { ciphertext, slots } = values[values.length - 1]!;
        const [opened] = await owner.ckks.decryptComplex(ciphertext, owner.secret);
        const error = Math.max(worst(opened!.re, slots.re), worst(opened!.im, slots.im));
        for (const value of values.slice(inputs.length)) value.ciphertext.dispose();
        // Errors of related operands add, and grow with the largest values and not with typical ones: a bound of bits, not of deviations.
        const { deviation, magnitude } = ciphertext.estimate!;
        expect(Math.log2(error / deviation)).toBeLessThan(9);
        expect(error).toBeLessThan(parameters.primesPerLevel === 1 ? 0.05 : 1e-8);
        expect(magnitude).toBeGreaterThanOrEqual(0.5 * worst(slots.re, []));
      }),
      { numRuns: 25, seed: 20260 },
    );
    for (const name of NAMES) expect(taken.get(name) ?? 0, name).toBeGreaterThan(0);
  });
});
