/**
 * Precision by Lattigo's acceptance rule: the mean of -log2 |error| over slots is at least log2(scale) - (log2 N + 2), for values
 * in [-1, 1], less log2 of the plaintext gain.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Ckks, type CkksParameters, chooseParameters } from "../../src/ckks/index.js";
import type { Engine } from "../../src/engine/index.js";
import { openTestEngine } from "../support/engine.js";
import { testRandom } from "../support/random.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

const meanBits = (got: Float64Array, expected: Float64Array) =>
  got.reduce((sum, x, i) => sum - Math.log2(Math.abs(x - expected[i]) + 2 ** -60), 0) / got.length;
const floor = (p: CkksParameters) => p.scaleBits - (Math.log2(p.degree) + 2);

describe.each([2048, 4096, 8192])("with %i slots", (slots) => {
  const parameters = chooseParameters({ slots, levels: 1, magnitude: 256 });
  const random = testRandom(`precision ${slots}`);
  const [x, y] = [0, 1].map(() => Float64Array.from({ length: slots }, () => random.real(-1, 1)));

  it("encryption, sums and weighted sums hold the rule with either key", async () => {
    const ckks = await Ckks.create(engine, parameters);
    const secret = await ckks.generateSecretKey();
    for (const key of [secret, await ckks.publicKey(secret)]) {
      const ciphertext = await ckks.encrypt([x, y], key);
      const [fresh] = await ckks.decrypt(ciphertext, secret);
      expect(meanBits(fresh, x)).toBeGreaterThan(floor(parameters));
      const [sum] = await ckks.decrypt(ckks.sum(ciphertext), secret);
      expect(
        meanBits(
          sum,
          x.map((v, i) => v + y[i]),
        ),
      ).toBeGreaterThan(floor(parameters) - 1);
      const [weighted] = await ckks.decrypt(ckks.rescale(ckks.linearCombination(ciphertext, [[5, -3]])), secret);
      expect(
        meanBits(
          weighted,
          x.map((v, i) => 5 * v - 3 * y[i]),
        ),
      ).toBeGreaterThan(floor(parameters) - 3);
      // A measured precision far above the floor would mean that no noise was added at all.
      expect(meanBits(fresh, x)).toBeLessThan(parameters.scaleBits - 4);
    }
  });
});
