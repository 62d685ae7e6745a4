/** assembly/ring/accumulate.ts and combine.ts: sums that come as close to their bounds as they can, around every fold. */
import { describe, it } from "vitest";
import { isPrime, nttPrimes } from "../../../../src/math/primes.js";
import { testRandom } from "../../../support/random.js";
import { residuesOf, ringPair } from "../../../support/ring-pair.js";

const degree = 32;
const smallest = [97, 193, 257].find((q) => isPrime(BigInt(q)) && q % 64 === 1) as number;
/** The largest prime, one next to 2^29, and the smallest: sums reach their bounds where q is next to 2^30. */
const basis = [...nttPrimes({ degree, bits: 30, count: 1 }), ...nttPrimes({ degree, bits: 29, count: 1 }), 12289, smallest];
/** Terms before, at and after each of the first folds. */
const TERMS = [1, 2, 3, 11, 12, 13, 23, 24, 25, 36, 37, 100];

describe("inner products", () => {
  it.each(TERMS)("of %i products, all as large as they can be", async (terms) => {
    const { agree } = await ringPair(degree, basis);
    const largest = residuesOf(degree, basis, 2 * terms, (q, place) => q - 1 - (place % 3));
    const a = { basis, form: "ntt", batch: 2 * terms } as const;
    await agree((k) => k.multiplyAccumulate(k.upload(largest, a), k.upload(largest, a), 2), "one each");
    await agree((k) => k.multiplyAccumulate(k.upload(largest, a), k.slice(k.upload(largest, a), terms, terms), 2), "shared");
  });

  it.each(TERMS)("of %i random products", async (terms) => {
    const random = testRandom(`inner products ${terms}`);
    const { agree } = await ringPair(degree, basis);
    const x = residuesOf(degree, basis, 3 * terms, (q) => random.below(q));
    const y = residuesOf(degree, basis, terms, (q, place) => (place < 8 ? q - 1 : random.below(q)));
    await agree((k) =>
      k.multiplyAccumulate(
        k.upload(x, { basis, form: "ntt", batch: 3 * terms }),
        k.upload(y, { basis, form: "ntt", batch: terms }),
        3,
      ),
    );
  });
});

describe("linear combinations", () => {
  it.each(TERMS)("of %i terms with all numbers of outputs around the tile", async (terms) => {
    const random = testRandom(`combinations ${terms}`);
    const { agree } = await ringPair(degree, basis);
    const batch = 2 * terms;
    const x = residuesOf(degree, basis, batch, (q, place) => (place < 16 ? q - 1 : random.below(q)));
    for (const outputs of [1, 2, 3, 4, 5, 8, 9]) {
      const limbs = basis.length;
      const all = Uint32Array.from({ length: outputs * terms * limbs }, (_, i) => basis[i % limbs] - 1);
      const mixed = all.map((largest) => random.pick([0, 1, largest, random.below(largest + 1)]));
      for (const weights of [all, mixed, all.map(() => 1), all.map(() => 0)]) {
        await agree((k) => k.linearCombination(k.upload(x, { basis, form: "ntt", batch }), weights, 2), `${outputs} outputs`);
      }
    }
  });

  it.each([
    [256, 1],
    [257, 1],
    [300, 3],
    [520, 2],
    [2, 513],
    [258, 514],
  ])("of %i terms with %i outputs: more than are prepared at once", async (terms, outputs) => {
    const random = testRandom(`combinations ${terms} ${outputs}`);
    const q = nttPrimes({ degree, bits: 30, count: 1 });
    const { agree } = await ringPair(degree, q);
    const x = residuesOf(degree, q, terms, (p, place) => (place < 16 ? p - 1 : random.below(p)));
    const weights = Uint32Array.from({ length: outputs * terms }, (_, i) => (i % 3 === 0 ? q[0] - 1 : random.below(q[0])));
    await agree((k) => k.linearCombination(k.upload(x, { basis: q, form: "ntt", batch: terms }), weights, 1));
  });

  it("in coefficient form, of rows longer than a piece", async () => {
    const random = testRandom("long rows");
    const primes = nttPrimes({ degree: 4096, bits: 30, count: 2 });
    const { agree } = await ringPair(4096, primes);
    const x = residuesOf(4096, primes, 6, (q) => random.below(q));
    const weights = Uint32Array.from({ length: 5 * 3 * 2 }, (_, i) => random.below(primes[i % 2]));
    const shape = { basis: primes, form: "coefficient", batch: 6 } as const;
    await agree((k) => k.linearCombination(k.upload(x, shape), weights, 2));
  });
});
