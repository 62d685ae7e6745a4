/**
 * Linear transforms on ciphertexts: the programs of TenSEAL and HEIR (both Apache-2.0) with the values that they expect, at a
 * hundredth of their tolerances or less.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ckks, keysFor, LinearTransform, sigmoid } from "../../../src/ckks/index.js";
import type { Engine } from "../../../src/engine/index.js";
import { KeyMismatchError, LevelError, ParameterError } from "../../../src/errors.js";
import type { RingHandle, RingKernels } from "../../../src/kernels/interface.js";
import { openTestEngine } from "../../support/engine.js";
import { testRandom } from "../../support/random.js";
import { complexVector, parametersOf, worst } from "../support.js";
import { type Parties, partiesOf } from "./support.js";

const random = testRandom("transforms on ciphertexts");
const reals = (length: number) => Array.from({ length }, () => random.real(-1, 1));
const matrixOf = (rows: number, columns: number) => Array.from({ length: rows }, () => reals(columns));
const times = (m: readonly ArrayLike<number>[], x: ArrayLike<number>) =>
  m.map((row) => Array.from(row).reduce((sum, c, j) => sum + c * x[j], 0));

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

/** Counts the calls of `encode`, and keeps what `concat` returned, which encoded diagonals are. */
function watched(ckks: Ckks) {
  const { ring } = ckks as unknown as { ring: RingKernels };
  const { encode, concat, rescale } = ring;
  const work = {
    encodings: 0,
    /** Polynomials out of which primes were divided. */
    divided: 0,
    joined: [] as RingHandle[],
    end: () => Object.assign(ring, { encode, concat, rescale }),
  };
  ring.rescale = (a, drop) => {
    work.divided += a.batch;
    return rescale.call(ring, a, drop);
  };
  ring.encode = (...given) => {
    work.encodings++;
    return encode.apply(ring, given);
  };
  ring.concat = (parts) => {
    const handle = concat.call(ring, parts);
    // Whatever belongs to ciphertexts has an even number of items.
    if (handle.batch % 2 === 1) work.joined.push(handle);
    return handle;
  };
  return work;
}

/** M x, encrypted. */
async function applied({ ckks, secret, keys }: Parties, transform: LinearTransform, ...vectors: readonly ArrayLike<number>[]) {
  const ciphertext = await ckks.encrypt(
    vectors.map((x) => transform.pack(x, ckks.parameters.slots)),
    secret,
  );
  const result = await transform.apply(ckks, ciphertext, keys);
  expect([result.level, result.scaleDegree, result.batch]).toEqual([ckks.parameters.levels - 1, 1, vectors.length]);
  return ckks.decrypt(result, secret);
}

describe("known programs", () => {
  it("TenSEAL's product of a vector and a 5 x 3 matrix", async () => {
    const m = [
      [73, 0.5, 8],
      [81, -5, 66],
      [-100, -78, -2],
      [0, 9, 17],
      [69, 11, 10],
    ];
    const transform = LinearTransform.fromMatrix(m, { transpose: true });
    const all = await partiesOf(engine, parametersOf({ degree: 8192, levels: 1, special: 2, primesPerLevel: 2 }), transform);
    const [slots] = await applied(all, transform, [0, 1, 2, 3, 4]);
    expect(worst(transform.unpack(slots), [157, -90, 153])).toBeLessThan(1e-9);
  });

  it("TenSEAL's inner product of two ciphertexts, and HEIR's of eight entries plus 0.1, at a scale of 58 bits", async () => {
    const keyPlan = (parameters: Parties["ckks"]["parameters"]) => keysFor(parameters, { relinearise: true, innerSums: [8] });
    const all = await partiesOf(engine, parametersOf({ degree: 8192, levels: 1, special: 2, primesPerLevel: 2 }), { keyPlan });
    const { ckks, secret, keys } = all;
    for (const [x, y, plus, expected] of [
      [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], 0, 10],
      [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8], [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 0.1, 2.5],
    ] as const) {
      const product = ckks.rescale(ckks.multiply(await all.encrypt(x), await all.encrypt(y)), keys);
      const [slots] = await ckks.decrypt(ckks.addConstants(ckks.innerSum(product, 8, keys), [plus]), secret);
      expect(Math.abs(slots[0] - expected)).toBeLessThan(1e-10);
    }
  });

  it("HEIR's 512 x 784 matrix of ones", async () => {
    const transform = LinearTransform.fromMatrix(new Array(512).fill(new Array(784).fill(1)));
    const all = await partiesOf(engine, parametersOf({ degree: 8192, levels: 1, special: 2 }), transform);
    const [slots] = await applied(all, transform, new Array(784).fill(0.1));
    expect(worst(transform.unpack(slots), new Array(512).fill(78.4))).toBeLessThan(5e-3);
    expect(transform.cost).toMatchObject({ products: 512, rotations: 12, keys: 54 });
  });

  it("HEIR's 16 x 16 matrix with a bias, at a scale of 58 bits: entry (0, 0) and the first bias", async () => {
    const m = matrixOf(16, 16);
    m[0][0] = 0.09922468662261963;
    const bias = [-0.45141533, ...reals(15)];
    const transform = LinearTransform.fromMatrix(m);
    const all = await partiesOf(engine, parametersOf({ degree: 8192, levels: 1, special: 2, primesPerLevel: 2 }), transform);
    const { ckks, secret, keys } = all;
    const unit = [1, ...new Array(15).fill(0)];
    const product = await transform.apply(ckks, await all.encrypt(transform.pack(unit, ckks.parameters.slots)), keys);
    const [slots] = await ckks.decrypt(await ckks.addPlain(product, [bias]), secret);
    expect(Math.abs(slots[0] - -0.35219)).toBeLessThan(1e-6);
    expect(
      worst(
        transform.unpack(slots),
        m.map((row, i) => row[0] + bias[i]),
      ),
    ).toBeLessThan(1e-11);
  });
});

describe("a transform", () => {
  const wide = LinearTransform.fromMatrix(matrixOf(3, 5));
  const tall = matrixOf(30, 20);
  const square = matrixOf(64, 64);
  const transforms = [wide, LinearTransform.fromMatrix(tall), LinearTransform.fromMatrix(square)] as const;
  let all: Parties;
  beforeAll(async () => {
    all = await partiesOf(engine, parametersOf({ degree: 8192, levels: 3, special: 1 }), ...transforms);
  });

  it("is a matrix product on a whole batch, and repeats its output over all slots", async () => {
    const [, transform] = transforms;
    const x = [reals(20), reals(20), reals(20)];
    const slots = await applied(all, transform, ...x);
    for (const [i, s] of slots.entries()) {
      const y = times(tall, x[i]);
      expect(
        worst(
          s,
          Float64Array.from({ length: s.length }, (_, k) => y[k % 32] ?? 0),
        ),
      ).toBeLessThan(3e-4);
    }
  });

  it("works at every level, after other circuits, and takes products as they come", async () => {
    const [, , transform] = transforms;
    const { ckks, secret, keys } = all;
    const x = reals(64);
    const packed = transform.pack(x, ckks.parameters.slots);
    const fresh = await all.encrypt(packed);
    for (const level of [3, 2, 1]) {
      const result = await transform.apply(ckks, ckks.dropLevel(fresh, level), keys);
      expect(result.level).toBe(level - 1);
      expect(worst(transform.unpack((await ckks.decrypt(result, secret))[0]), times(square, x))).toBeLessThan(2e-4);
    }
    const doubled = ckks.multiplyConstants(fresh, [2]);
    const twice = await transform.apply(ckks, await transform.apply(ckks, doubled, keys), keys);
    expect(twice.level).toBe(0);
    const expected = times(square, times(square, x)).map((y) => 2 * y);
    expect(worst(transform.unpack((await ckks.decrypt(twice, secret))[0]), expected)).toBeLessThan(1e-2);
  });

  it("encodes its diagonals once for each level, and again after it was disposed of", async () => {
    const { ckks, keys } = all;
    const transform = LinearTransform.fromMatrix([
      [1, 2],
      [3, 4],
    ]);
    const merged = transform.keyPlan(ckks.parameters);
    const own = await ckks.generateEvaluationKeys(all.secret, merged);
    const x = await all.encrypt(transform.pack([1, 1], ckks.parameters.slots));
    const work = watched(ckks);
    try {
      await Promise.all([transform.apply(ckks, x, own), transform.apply(ckks, x, own)]);
      await transform.apply(ckks, x, own);
      expect(work.encodings).toBe(2);
      await transform.apply(ckks, ckks.dropLevel(x, 2), own);
      expect(work.encodings).toBe(4);
      expect(work.joined.filter(({ disposed }) => !disposed)).toHaveLength(2);
      transform.dispose();
      await transform.apply(ckks, x, own);
      expect(work.encodings).toBe(6);
      expect(work.joined.filter(({ disposed }) => !disposed)).toHaveLength(1);
    } finally {
      work.end();
      transform.dispose();
    }
    await expect(transform.apply(ckks, x, keys)).resolves.toBeDefined();
  });

  it("divides P out of one component for each giant step that moves, and out of the result, of no baby step", async () => {
    const [, , transform] = transforms;
    const { ckks, keys } = all;
    const giants = transform.plan.giants.filter(({ step }) => step !== 0).length;
    expect([giants > 0, transform.plan.folds.length]).toEqual([true, 0]);
    const x = await all.encrypt(transform.pack(reals(64), ckks.parameters.slots));
    const work = watched(ckks);
    try {
      await transform.apply(ckks, x, keys);
      expect(work.divided).toBe(giants + 2);
    } finally {
      work.end();
    }
  });

  it("of a complex matrix works on complex slots", async () => {
    const [re, im] = [matrixOf(4, 4), matrixOf(4, 4)];
    const transform = LinearTransform.fromMatrix({ re, im });
    const { ckks, secret } = all;
    const keys = await ckks.generateEvaluationKeys(secret, transform.keyPlan(ckks.parameters));
    const x = complexVector(random, 4);
    const pack = (part: ArrayLike<number>) => transform.pack(part, ckks.parameters.slots);
    const ciphertext = await ckks.encrypt([{ re: pack(x.re), im: pack(x.im) }], secret);
    const [slots] = await ckks.decryptComplex(await transform.apply(ckks, ciphertext, keys), secret);
    expect(
      worst(
        transform.unpack(slots.re),
        times(re, x.re).map((v, i) => v - times(im, x.im)[i]),
      ),
    ).toBeLessThan(1e-4);
    expect(
      worst(
        transform.unpack(slots.im),
        times(re, x.im).map((v, i) => v + times(im, x.re)[i]),
      ),
    ).toBeLessThan(1e-4);
  });

  it("of a diagonal matrix needs no keys", async () => {
    const transform = LinearTransform.fromDiagonals(new Map([[0, [1, -2, 3, -4]]]));
    const { ckks, secret } = all;
    const x = await all.encrypt(transform.pack([1, 1, 1, 1], ckks.parameters.slots));
    const [slots] = await ckks.decrypt(await transform.apply(ckks, x), secret);
    expect(worst(slots.slice(0, 8), [1, -2, 3, -4, 1, -2, 3, -4])).toBeLessThan(1e-4);
  });

  it("plans exactly the keys that it uses, each at the level at which it is used", async () => {
    const { parameters } = all.ckks;
    const plan = wide.keyPlan(parameters);
    expect([...plan.rotations.keys()].sort((a, b) => a - b)).toEqual(wide.rotations);
    expect([...plan.rotations]).toEqual([...wide.rotations].map((step) => [step, wide.plan.folds.includes(step) ? 2 : 3]));
    expect([plan.relinearisation, plan.conjugation]).toEqual([undefined, undefined]);
    // Without any one of them nothing is computed.
    const x = await all.encrypt(wide.pack(reals(5), parameters.slots));
    for (const missing of wide.rotations) {
      const rest = keysFor(parameters, { rotations: wide.rotations.filter((step) => step !== missing) });
      const keys = await all.ckks.generateEvaluationKeys(all.secret, rest);
      const work = watched(all.ckks);
      await expect(wide.apply(all.ckks, x, keys)).rejects.toThrow(`expected a key for the rotation by ${missing}`);
      work.end();
      expect([work.encodings, work.joined.length]).toEqual([0, 0]);
      keys.dispose();
    }
  });

  it("refuses what it cannot do before anything is computed", async () => {
    const { ckks, keys, secret } = all;
    const x = await all.encrypt([1]);
    await expect(wide.apply(ckks, ckks.dropLevel(x, 0), keys)).rejects.toThrow(LevelError);
    await expect(wide.apply(ckks, ckks.dropLevel(x, 0), keys)).rejects.toThrow(
      "linear transform of 3 x 5: expected 1 level left, got 0; choose parameters with 1 more",
    );
    await expect(wide.apply(ckks, x)).rejects.toThrow(ParameterError);
    const large = LinearTransform.fromDiagonals(new Map([[0, new Array(8192).fill(1)]]));
    await expect(large.apply(ckks, x, keys)).rejects.toThrow("slots: expected a multiple of 8192");
    expect(() => large.keyPlan(ckks.parameters)).toThrow(ParameterError);
    const other = await ckks.generateSecretKey();
    const foreign = await ckks.generateEvaluationKeys(other, wide.keyPlan(ckks.parameters));
    await expect(wide.apply(ckks, await ckks.encrypt([[1]], secret), foreign)).rejects.toThrow(KeyMismatchError);
  });
});

describe("a layer", () => {
  it("of a matrix, a bias and a sigmoid is what it is in plain numbers", async () => {
    const m = matrixOf(10, 30);
    const bias = reals(10);
    const transform = LinearTransform.fromMatrix(m);
    const activation = sigmoid([-16, 16], 31);
    const all = await partiesOf(engine, parametersOf({ degree: 16384, levels: 7, special: 2 }), transform, activation);
    const { ckks, secret, keys } = all;
    const x = reals(30);
    const product = await transform.apply(ckks, await all.encrypt(transform.pack(x, ckks.parameters.slots)), keys);
    const result = await activation.evaluate(ckks, await ckks.addPlain(product, [bias]), keys);
    expect(result.level).toBe(0);
    const expected = times(m, x).map((y, i) => 1 / (1 + Math.exp(-y - bias[i])));
    expect(worst(transform.unpack((await ckks.decrypt(result, secret))[0]), expected)).toBeLessThan(2e-3);
  });
});
