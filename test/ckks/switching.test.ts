/**
 * The promise of key switching: its noise in the worst slot is at least 3 bits below that of a fresh public-key encryption, for every ring and
 * any size of digits with which the special modulus is larger than a digit.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CkksParameters } from "../../src/ckks/index.js";
import type { Engine } from "../../src/engine/index.js";
import { nttPrimes } from "../../src/math/primes.js";
import { openTestEngine } from "../support/engine.js";
import { testRandom } from "../support/random.js";
import { expectPredicted, ownerOf, parametersOf, plain, rotated, worst } from "./support.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

/** N = 4096 has room for small primes alone: scale 2^20, and one special prime of 30 bits above digits of 25. */
function small(): CkksParameters {
  const [special] = nttPrimes({ degree: 4096, bits: 30, count: 1 });
  const basePrimes = nttPrimes({ degree: 4096, bits: 25, count: 2 });
  const levelPrimes = nttPrimes({ degree: 4096, bits: 20, count: 1 });
  return parametersOf(
    { degree: 4096, levels: 0, special: 0 },
    { basePrimes, levelPrimes, specialPrimes: [special!], digitSize: 1, scaleBits: 20 },
  );
}

const SETS: [string, CkksParameters][] = [
  ["N = 4096, digits of 1", small()],
  ["N = 8192, digits of 1", parametersOf({ degree: 8192, levels: 3, special: 2, digitSize: 1 })],
  ["N = 8192, digits of 2", parametersOf({ degree: 8192, levels: 2, special: 3, digitSize: 2 })],
  ["N = 8192, digits of 3", parametersOf({ degree: 8192, levels: 1, special: 4, digitSize: 3 })],
  ["N = 16384, digits of 1", parametersOf({ degree: 16384, levels: 10, special: 2, digitSize: 1 })],
  ["N = 16384, digits of 2", parametersOf({ degree: 16384, levels: 9, special: 3, digitSize: 2 })],
  ["N = 16384, digits of 4, and a shorter one", parametersOf({ degree: 16384, levels: 7, special: 5, digitSize: 4 })],
  ["N = 32768, digits of 2", parametersOf({ degree: 32768, levels: 22, special: 3, digitSize: 2 })],
  ["N = 32768, digits of 5", parametersOf({ degree: 32768, levels: 20, special: 6, digitSize: 5 })],
  ["N = 32768, two primes a level", parametersOf({ degree: 32768, levels: 9, special: 7, digitSize: 6, primesPerLevel: 2 })],
];

describe.each(SETS)("%s", (name, parameters) => {
  const random = testRandom(`switching ${name}`);
  const x = Float64Array.from({ length: parameters.slots }, () => random.real(-1, 1));

  it("keeps rotations 3 bits below fresh noise in the worst slot, and products as predicted", async () => {
    const owner = await ownerOf(engine, parameters, 1);
    const { ckks, secret, publicKey } = owner;
    const keys = await ckks.generateEvaluationKeys(secret, ckks.keysFor({ rotations: [1], relinearise: true }));
    const batch = 4;
    const a = await ckks.encrypt(new Array(batch).fill(x), publicKey);
    const before = await ckks.decryptComplex(a, secret);
    const after = await ckks.decryptComplex(ckks.rotate(a, 1, keys), secret);
    let fresh = 0;
    let switched = 0;
    for (let i = 0; i < batch; i++) {
      const { re, im } = before[i]!;
      fresh = Math.max(fresh, worst(re, x), worst(im, []));
      // A rotation moves the noise that is there, and adds its own.
      switched = Math.max(switched, worst(after[i]!.re, rotated(re, 1)), worst(after[i]!.im, rotated(im, 1)));
    }
    expect(Math.log2(fresh / switched), "bits below fresh noise").toBeGreaterThan(3);
    // Noise that is far smaller than the rounding of the division would be no key switch at all.
    expect(Math.log2(fresh / switched)).toBeLessThan(9);
    if (parameters.levels > 0) {
      const square = plain.real(x.map((v) => v * v));
      await expectPredicted(owner, ckks.rescale(ckks.square(a, keys)), new Array(batch).fill(square));
      await expectPredicted(owner, ckks.multiplyRescale(a, a, keys), new Array(batch).fill(square));
    }
    keys.dispose();
  });
});
