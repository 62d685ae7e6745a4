/** Every operation at every level, on complex slots, against plain arithmetic and by the error that is predicted. */
import { afterAll, beforeAll, describe, it } from "vitest";
import type { CkksCiphertext, CkksEvaluationKeys, CkksParameters, PlainOperand } from "../../../src/ckks/index.js";
import type { Engine } from "../../../src/engine/index.js";
import type { ComplexSlots } from "../../../src/math/embedding.js";
import { openTestEngine } from "../../support/engine.js";
import { testRandom } from "../../support/random.js";
import { complexVector, expectPredicted, type Owner, ownerOf, parametersOf, plain } from "../support.js";

const SETS: [string, CkksParameters][] = [
  ["one prime a level, one special prime", parametersOf({ degree: 8192, levels: 3, special: 1 })],
  ["one prime a level, digits of two", parametersOf({ degree: 8192, levels: 3, special: 2 })],
  [
    "two primes a level, four special primes",
    parametersOf({ degree: 16384, levels: 2, special: 4, digitSize: 3, primesPerLevel: 2 }),
  ],
];

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

interface Inputs {
  readonly a: CkksCiphertext;
  readonly b: CkksCiphertext;
  readonly x: readonly ComplexSlots[];
  readonly y: readonly ComplexSlots[];
  readonly keys: CkksEvaluationKeys;
  readonly vector: ComplexSlots;
  readonly encoded: PlainOperand;
}

type Case = readonly [
  name: string,
  levels: number,
  run: (owner: Owner, inputs: Inputs) => CkksCiphertext | Promise<CkksCiphertext>,
  expected: (inputs: Inputs) => readonly ComplexSlots[],
];

const each = (x: readonly ComplexSlots[], f: (v: ComplexSlots, i: number) => ComplexSlots) => x.map(f);
const products = ({ x, y }: Inputs) => each(x, (v, i) => plain.multiply(v, y[i]!));

const CASES: readonly Case[] = [
  ["encrypt", 0, (_, { a }) => a, ({ x }) => x],
  ["add", 0, ({ ckks }, { a, b }) => ckks.add(a, b), ({ x, y }) => each(x, (v, i) => plain.add(v, y[i]!))],
  ["subtract", 0, ({ ckks }, { a, b }) => ckks.subtract(a, b), ({ x, y }) => each(x, (v, i) => plain.subtract(v, y[i]!))],
  ["negate", 0, ({ ckks }, { a }) => ckks.negate(a), ({ x }) => each(x, (v) => plain.scale(v, -1))],
  ["sum", 0, ({ ckks }, { a }) => ckks.sum(a), ({ x }) => [plain.add(x[0]!, x[1]!)]],
  [
    "addPlain",
    0,
    ({ ckks }, { a, vector }) => ckks.addPlain(a, [vector]),
    ({ x, vector }) => each(x, (v) => plain.add(v, vector)),
  ],
  [
    "subtractPlain",
    0,
    ({ ckks }, { a, encoded }) => ckks.subtractPlain(a, encoded),
    ({ x, vector }) => each(x, (v) => plain.subtract(v, vector)),
  ],
  [
    "addConstants",
    0,
    ({ ckks }, { a }) => ckks.addConstants(a, [0.5, -3]),
    ({ x }) => each(x, (v, i) => plain.map(v, (re, im) => [re + (i === 0 ? 0.5 : -3), im])),
  ],
  [
    "addConstants, complex",
    0,
    ({ ckks }, { a }) => ckks.addConstants(a, [{ re: 0.5, im: -2 }]),
    ({ x }) => each(x, (v) => plain.map(v, (re, im) => [re + 0.5, im - 2])),
  ],
  ["rotate left", 0, ({ ckks }, { a, keys }) => ckks.rotate(a, 1, keys), ({ x }) => each(x, (v) => plain.rotate(v, 1))],
  ["rotate right", 0, ({ ckks }, { a, keys }) => ckks.rotate(a, -1234, keys), ({ x }) => each(x, (v) => plain.rotate(v, -1234))],
  ["conjugate", 0, ({ ckks }, { a, keys }) => ckks.conjugate(a, keys), ({ x }) => each(x, plain.conjugate)],
  ["multiply", 1, ({ ckks }, { a, b, keys }) => ckks.rescale(ckks.multiply(a, b, keys)), products],
  ["multiply, three components", 1, ({ ckks }, { a, b }) => ckks.multiply(a, b), products],
  ["relinearise", 1, ({ ckks }, { a, b, keys }) => ckks.relinearise(ckks.multiply(a, b), keys), products],
  ["multiplyRescale", 1, ({ ckks }, { a, b, keys }) => ckks.multiplyRescale(a, b, keys), products],
  ["square", 1, ({ ckks }, { a, keys }) => ckks.rescale(ckks.square(a), keys), ({ x }) => each(x, (v) => plain.multiply(v, v))],
  [
    "multiplyPlain",
    1,
    async ({ ckks }, { a, vector }) => ckks.rescale(await ckks.multiplyPlain(a, [vector])),
    ({ x, vector }) => each(x, (v) => plain.multiply(v, vector)),
  ],
  [
    "multiplyPlain, encoded",
    1,
    async ({ ckks }, { a, encoded }) => ckks.rescale(await ckks.multiplyPlain(a, encoded)),
    ({ x, vector }) => each(x, (v) => plain.multiply(v, vector)),
  ],
  [
    "multiplyConstants",
    1,
    ({ ckks }, { a }) => ckks.rescale(ckks.multiplyConstants(a, [-2.5])),
    ({ x }) => each(x, (v) => plain.scale(v, -2.5)),
  ],
  [
    "multiplyConstants, complex",
    1,
    ({ ckks }, { a }) => ckks.rescale(ckks.multiplyConstants(a, [{ re: 0.6, im: -0.8 }])),
    ({ x }) => each(x, (v) => plain.scale(v, 0.6, -0.8)),
  ],
  [
    "linearCombination",
    1,
    ({ ckks }, { a }) => ckks.rescale(ckks.linearCombination(a, [[0.5, -2]])),
    ({ x }) => [plain.add(plain.scale(x[0]!, 0.5), plain.scale(x[1]!, -2))],
  ],
  [
    "sumOfProducts",
    1,
    async ({ ckks }, { a, b, vector }) => ckks.rescale((await ckks.sumOfProducts([a, b], [vector, vector]))[0]!),
    ({ x, y, vector }) => each(x, (v, i) => plain.multiply(plain.add(v, y[i]!), vector)),
  ],
  ["dropLevel", 1, ({ ckks }, { a }) => ckks.dropLevel(a, a.level - 1), ({ x }) => x],
];

describe.each(SETS)("%s", (name, parameters) => {
  const random = testRandom(`every level, ${name}`);
  const vectors = (count: number) => Array.from({ length: count }, () => complexVector(random, parameters.slots, Math.SQRT1_2));
  const [x, y] = [vectors(2), vectors(2)];
  const vector = complexVector(random, parameters.slots, Math.SQRT1_2);
  let owner: Owner;
  let keys: CkksEvaluationKeys;
  let encoded: PlainOperand;
  beforeAll(async () => {
    owner = await ownerOf(engine, parameters);
    const { ckks, secret } = owner;
    keys = await ckks.generateEvaluationKeys(secret, ckks.keysFor({ relinearise: true, rotations: [1, -1234], conjugate: true }));
    encoded = await ckks.encode([vector]);
  });

  it.each(CASES)("%s", async (_, levels, run, expected) => {
    const { ckks, publicKey } = owner;
    for (let level = levels; level <= parameters.levels; level++) {
      const [a, b] = [await ckks.encrypt(x, publicKey, { level }), await ckks.encrypt(y, publicKey, { level })];
      const inputs = { a, b, x, y, keys, vector, encoded };
      const result = await run(owner, inputs);
      await expectPredicted(owner, result, expected(inputs));
      for (const c of [a, b, result]) c.dispose();
    }
  });
});
