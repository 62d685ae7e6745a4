import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Ckks,
  type CkksCiphertext,
  CkksParameters,
  type CkksPublicKey,
  type CkksSecretKey,
  chooseParameters,
} from "../../src/ckks/index.js";
import type { Engine } from "../../src/engine/index.js";
import { EncodingError, KeyMismatchError, LevelError, LifetimeError, ParameterError } from "../../src/errors.js";
import { chosenSeeds, SEED_SOURCE } from "../../src/math/random.js";
import { openTestEngine } from "../support/engine.js";
import { testRandom } from "../support/random.js";

const random = testRandom("ckks scheme");
const parameters = chooseParameters({ slots: 512, levels: 0, scaleBits: 20, magnitude: 16 });
const deep = chooseParameters({ slots: 2048, levels: 1, magnitude: 300 });

let engine: Engine;
let ckks: Ckks;
let secret: CkksSecretKey;
let publicKey: CkksPublicKey;

beforeAll(async () => {
  engine = await openTestEngine();
  ckks = await Ckks.create(engine, deep);
  secret = await ckks.generateSecretKey();
  publicKey = await ckks.publicKey(secret);
});
afterAll(() => engine.close());

const vector = (length: number, low = -4, high = 4) => Float64Array.from({ length }, () => random.real(low, high));
const largestError = (got: Float64Array, expected: ArrayLike<number>) =>
  got.reduce((worst, x, i) => Math.max(worst, Math.abs(x - (expected[i] ?? 0))), 0);
const decrypt = (c: CkksCiphertext, scheme = ckks, key = secret) => scheme.decrypt(c, key);

describe("parameters", () => {
  it("are the smallest secure ring with the modulus that the magnitude asks for", () => {
    expect(deep.degree).toBe(4096);
    expect(deep.basePrimes).toHaveLength(2);
    expect(deep.logQ).toBeGreaterThan(89.9);
    expect(deep.logQ).toBeLessThanOrEqual(109);
    expect(deep.maxMagnitude(0)).toBeGreaterThan(300);
    expect(parameters.degree).toBe(2048);
  });

  it("have canonical scales: the square of each, divided by the prime of its level, is the one below", () => {
    expect((deep.scale(1) ** 2 / deep.levelPrimes[0] / deep.scale(0)).toFixed(12)).toBe((1).toFixed(12));
  });
});

describe("encryption", () => {
  it.each(["secret", "public"] as const)("with the %s key comes back, whole and short vectors", async (kind) => {
    const vectors = [vector(2048), vector(7), new Float64Array(0)];
    const ciphertext = await ckks.encrypt(vectors, kind === "secret" ? secret : publicKey);
    const opened = await decrypt(ciphertext);
    expect(opened).toHaveLength(3);
    for (const [i, v] of vectors.entries()) {
      // Fresh noise is about sigma sqrt(N) (secret key) or sigma sqrt(4/3) N (public key) a slot at scale 2^30.
      expect(largestError(opened[i], v)).toBeLessThan(kind === "secret" ? 2e-6 : 1.5e-4);
      expect(largestError(opened[i], v)).toBeGreaterThan(1e-9);
    }
  });

  it("is different each time, and the same from the same seeds", async () => {
    const again = async () => {
      const scheme = await Ckks.create(engine, deep, { [SEED_SOURCE]: chosenSeeds(new Uint8Array(32).fill(7)) });
      const key = await scheme.generateSecretKey();
      return (await scheme.exportCiphertext(await scheme.encrypt([vector(0)], key))).sections[0].bytes;
    };
    expect(await again()).toEqual(await again());
    const export1 = await ckks.exportCiphertext(await ckks.encrypt([[1]], secret));
    const export2 = await ckks.exportCiphertext(await ckks.encrypt([[1]], secret));
    expect(export1.sections[0].bytes).not.toEqual(export2.sections[0].bytes);
  });

  it("refuses what cannot be encoded", async () => {
    for (const bad of [[Number.NaN], [1, Number.POSITIVE_INFINITY], [1e40]]) {
      await expect(ckks.encrypt([bad], secret)).rejects.toThrow(EncodingError);
    }
    await expect(ckks.encrypt([new Float64Array(2049)], secret)).rejects.toThrow(EncodingError);
    await expect(ckks.encrypt([[1]], secret, { level: 2 })).rejects.toThrow(LevelError);
  });

  it("refuses keys of other parameters and other owners", async () => {
    const other = await Ckks.create(engine, parameters);
    const foreign = await other.generateSecretKey();
    await expect(ckks.encrypt([[1]], foreign)).rejects.toThrow(KeyMismatchError);
    const second = await ckks.generateSecretKey();
    const ciphertext = await ckks.encrypt([[1]], secret);
    await expect(ckks.decrypt(ciphertext, second)).rejects.toThrow(KeyMismatchError);
    const theirs = await ckks.encrypt([[1]], second);
    expect(() => ckks.add(ciphertext, theirs)).toThrow(KeyMismatchError);
  });

  it("ends with the key", async () => {
    const key = await ckks.generateSecretKey();
    const ciphertext = await ckks.encrypt([[1]], key);
    key.dispose();
    await expect(ckks.decrypt(ciphertext, key)).rejects.toThrow(LifetimeError);
    await expect(ckks.encrypt([[1]], key)).rejects.toThrow(LifetimeError);
  });
});

describe("arithmetic", () => {
  const [x, y, z] = [vector(2048), vector(2048), vector(2048)];
  const w = [0.5, -3.25, 11];

  it("adds, subtracts and negates, with broadcasting", async () => {
    const a = await ckks.encrypt([x, y, z], secret);
    const b = await ckks.encrypt([y], publicKey);
    const [s] = await decrypt(ckks.slice(ckks.add(a, b), 1, 1));
    expect(
      largestError(
        s,
        y.map((v) => 2 * v),
      ),
    ).toBeLessThan(2e-4);
    const d = await decrypt(ckks.subtract(a, b));
    expect(
      largestError(
        d[2],
        z.map((v, i) => v - y[i]),
      ),
    ).toBeLessThan(2e-4);
    const n = await decrypt(ckks.negate(a));
    expect(
      largestError(
        n[0],
        x.map((v) => -v),
      ),
    ).toBeLessThan(1e-5);
    const total = await decrypt(ckks.sum(a));
    expect(
      largestError(
        total[0],
        x.map((v, i) => v + y[i] + z[i]),
      ),
    ).toBeLessThan(1e-5);
  });

  it("takes linear combinations, rescales and adds constants", async () => {
    const a = await ckks.encrypt([x, y, z], secret);
    const product = ckks.linearCombination(a, [w, [1, 0, 0]]);
    expect(product.scaleDegree).toBe(2);
    const rescaled = ckks.rescale(product);
    expect([rescaled.level, rescaled.scaleDegree]).toEqual([0, 1]);
    const [first, second] = await decrypt(ckks.addConstants(rescaled, [100, -1]));
    expect(
      largestError(
        first,
        x.map((v, i) => w[0] * v + w[1] * y[i] + w[2] * z[i] + 100),
      ),
    ).toBeLessThan(3e-5);
    expect(
      largestError(
        second,
        x.map((v) => v - 1),
      ),
    ).toBeLessThan(1e-5);
    const [unrescaled] = await decrypt(product);
    expect(
      largestError(
        unrescaled,
        x.map((v, i) => w[0] * v + w[1] * y[i] + w[2] * z[i]),
      ),
    ).toBeLessThan(3e-5);
  });

  it("multiplies by vectors and constants", async () => {
    const a = await ckks.encrypt([x, y], secret);
    const [p, q] = await decrypt(ckks.rescale(await ckks.multiplyPlain(a, [z])));
    expect(
      largestError(
        p,
        x.map((v, i) => v * z[i]),
      ),
    ).toBeLessThan(3e-5);
    expect(
      largestError(
        q,
        y.map((v, i) => v * z[i]),
      ),
    ).toBeLessThan(3e-5);
    const [c] = await decrypt(ckks.rescale(ckks.multiplyConstants(a, [-2.5])));
    expect(
      largestError(
        c,
        x.map((v) => -2.5 * v),
      ),
    ).toBeLessThan(1e-5);
    const [t] = await decrypt(await ckks.addPlain(a, [z]));
    expect(
      largestError(
        t,
        x.map((v, i) => v + z[i]),
      ),
    ).toBeLessThan(1e-5);
  });

  it("drops levels so that ciphertexts of different histories add", async () => {
    const a = await ckks.encrypt([x], secret);
    const rescaled = ckks.rescale(ckks.multiplyConstants(a, [3]));
    for (const sum of [ckks.add(a, rescaled), ckks.add(ckks.dropLevel(a, 0), rescaled), ckks.add(rescaled, a)]) {
      expect(sum.level).toBe(0);
      const [s] = await decrypt(sum);
      expect(
        largestError(
          s,
          x.map((v) => 4 * v),
        ),
      ).toBeLessThan(1e-5);
    }
  });

  it("says before computing that levels run out", async () => {
    const a = await ckks.encrypt([x], secret, { level: 0 });
    expect(() => ckks.multiplyConstants(a, [2])).toThrow(/1 level left, got 0/);
    const product = ckks.multiplyConstants(await ckks.encrypt([x], secret), [2]);
    expect(() => ckks.multiplyConstants(product, [2])).toThrow(/2 levels left, got 1; choose parameters with 1 more level/);
    expect(() => ckks.rescale(a)).toThrow(ParameterError);
    expect(() => ckks.linearCombination(ckks.dropLevel(a, 0), [[1]])).toThrow(LevelError);
    const b = await ckks.encrypt([x], secret);
    expect(() => ckks.linearCombination(b, [[1, 2]])).toThrow(ParameterError);
    expect(() => ckks.multiplyConstants(b, [Number.NaN])).toThrow(EncodingError);
    expect(() => ckks.dropLevel(b, 2)).toThrow(LevelError);
  });

  it("refuses constants that the modulus cannot hold at the scale in hand", async () => {
    const product = ckks.multiplyConstants(await ckks.encrypt([x], secret), [1]);
    // At the squared scale 90 bits of modulus leave 25 for the constant; the same constant is small at the canonical scale.
    expect(() => ckks.addConstants(product, [2 ** 27])).toThrow(EncodingError);
    const [opened] = await decrypt(ckks.addConstants(product, [2 ** 24]));
    expect(
      largestError(
        opened,
        x.map((v) => v + 2 ** 24),
      ),
    ).toBeLessThan(1e-4);
  });

  it("reads rows with holes as rows with missing numbers", async () => {
    const a = await ckks.encrypt([x, y, z], secret);
    const holes = [new Array<number>(3), [1, 2, 3]];
    holes[0][0] = 1;
    expect(() => ckks.linearCombination(a, holes)).toThrow(EncodingError);
    expect(() => ckks.addConstants(a, new Array<number>(3))).toThrow(EncodingError);
    expect(() => ckks.multiplyConstants(a, [1n as unknown as number])).toThrow(EncodingError);
  });

  it("refuses ciphertexts of other parameters, and what is no ciphertext", async () => {
    // The same primes and ring, and so the same kernels, at another scale.
    const other = await Ckks.create(engine, CkksParameters.from({ ...deep.toLiteral(), scaleBits: 29 }));
    const a = await ckks.encrypt([x], secret);
    const operations = [
      () => other.add(a, a),
      () => other.subtract(a, a),
      () => other.negate(a),
      () => other.addConstants(a, [1]),
      () => other.multiplyConstants(a, [1]),
      () => other.linearCombination(a, [[1]]),
      () => other.sum(a),
      () => other.rescale(ckks.multiplyConstants(a, [1])),
      () => other.dropLevel(a, 0),
      () => other.slice(a, 0, 1),
      () => other.concat([a]),
    ];
    for (const operation of operations) expect(operation, String(operation)).toThrow(KeyMismatchError);
    await expect(other.addPlain(a, [[1]])).rejects.toThrow(KeyMismatchError);
    await expect(other.multiplyPlain(a, [[1]])).rejects.toThrow(KeyMismatchError);
    await expect(other.exportCiphertext(a)).rejects.toThrow(KeyMismatchError);
    expect(() => ckks.add(a, null as unknown as CkksCiphertext)).toThrow(ParameterError);
    await expect(ckks.decrypt(a, null as unknown as CkksSecretKey)).rejects.toThrow(ParameterError);
    await expect(ckks.encrypt([x], {} as unknown as CkksSecretKey)).rejects.toThrow(ParameterError);
    const options = { signal: new AbortController() as unknown as AbortSignal };
    await expect(ckks.encrypt([x], secret, options)).rejects.toThrow(/^signal: expected an AbortSignal/);
    await expect(ckks.decrypt(a, secret, options)).rejects.toThrow(ParameterError);
    await expect(ckks.exportCiphertext(a, options)).rejects.toThrow(ParameterError);
    await expect(Ckks.create(engine, deep.toLiteral() as unknown as CkksParameters)).rejects.toThrow(ParameterError);
  });

  it("joins and cuts batches", async () => {
    const a = await ckks.encrypt([x, y], secret);
    for (const bad of [[], null, a]) expect(() => ckks.concat(bad as never)).toThrow(ParameterError);
    const joined = ckks.concat([ckks.slice(a, 1, 1), a]);
    expect(joined.batch).toBe(3);
    const opened = await decrypt(joined);
    for (const [i, v] of [y, x, y].entries()) expect(largestError(opened[i], v)).toBeLessThan(1e-5);
  });
});

describe("checked literals", () => {
  const literal = deep.toLiteral();
  it.each([
    ["a composite", { ...literal, basePrimes: [literal.basePrimes[0], 2 ** 20 + 1] }],
    ["a repeated prime", { ...literal, levelPrimes: [literal.basePrimes[0]] }],
    ["a prime of another ring", { ...literal, levelPrimes: [1073741789] }],
    ["an unknown field", { ...literal, specialModulus: [] } as never],
    ["a repeated special prime", { ...literal, specialPrimes: [literal.basePrimes[0]] }],
    ["digits longer than the special modulus", { ...literal, digitSize: 2 }],
    ["three primes a level", { ...literal, primesPerLevel: 3 as never }],
    ["half a level", { ...literal, primesPerLevel: 2 as const, levelPrimes: literal.levelPrimes.slice(0, 1) }],
    ["a fractional degree", { ...literal, degree: 4096.5 }],
    ["no primes", { ...literal, basePrimes: [] }],
    ["a wild scale", { ...literal, scaleBits: Number.NaN }],
    ["too little room above the scale", { ...literal, basePrimes: literal.basePrimes.slice(0, 1) }],
  ])("refuse %s", (_, bad) => {
    expect(() => CkksParameters.from(bad)).toThrow(ParameterError);
  });

  it("refuse a modulus above the security table, by its class", () => {
    expect(() => CkksParameters.from({ ...literal, degree: 2048 })).toThrow(/SecurityError|log2\(QP\) <= 54/);
    expect(() => CkksParameters.from({ ...literal, security: 192 })).toThrow(/<= 75/);
    expect(() => chooseParameters({ slots: 2048, levels: 60, magnitude: 1 })).toThrow(ParameterError);
  });

  it("hash what they say, and nothing else", () => {
    expect(CkksParameters.from(literal).hash).toEqual(deep.hash);
    expect(CkksParameters.from({ ...literal, scaleBits: 29 }).hash).not.toEqual(deep.hash);
    // Defaults that are written out mean the same, so files of sets without them stay readable.
    expect(CkksParameters.from({ ...literal, primesPerLevel: 1, specialPrimes: [], digitSize: 1 }).hash).toEqual(deep.hash);
  });
});
