/** Inner products with keys at the ends of their ranges: numbers of terms around each fold, and primes around each cut. */
import { describe, it } from "vitest";
import { nttPrimes } from "../../../../src/math/primes.js";
import { testRandom } from "../../../support/random.js";
import { residuesOf, ringPair } from "../../../support/ring-pair.js";

const N = 16;

describe("inner products with keys", () => {
  const large = nttPrimes({ degree: N, bits: 30, count: 2 });
  // The largest prime below 2^14 and the smallest above it, for N = 16, and the smallest of all.
  const primes = [...large, 16193, 16417, 97];

  it.each([1, 2, 14, 15, 16, 17, 26, 27, 28, 29, 40, 41, 100])("of %i terms", async (terms) => {
    const { agree } = await ringPair(N, primes);
    const random = testRandom(`inner products ${terms}`);
    const keyBasis = [primes[3], ...large, primes[4], primes[2]];
    const fills = {
      largest: (q: number) => q - 1,
      random: (q: number) => random.below(q),
      "nothing but units": (q: number, i: number) => [0, 1, q - 1][i % 3],
    };
    for (const [fill, make] of Object.entries(fills)) {
      const a = residuesOf(N, primes, 2 * terms, make);
      const b = residuesOf(N, keyBasis, 2 * (terms + 1), make);
      const c = residuesOf(N, primes.slice(0, 4), 4, make);
      for (const addends of [0, 1, 2]) {
        await agree((k) => {
          const x = k.upload(a, { basis: primes, form: "ntt", batch: 2 * terms });
          const y = k.upload(b, { basis: keyBasis, form: "ntt", batch: 2 * (terms + 1) });
          const z = k.upload(c, { basis: primes.slice(0, 4), form: "ntt", batch: 4 });
          const addend = addends === 0 ? undefined : k.slice(z, 0, 2 * addends);
          return k.innerProducts(x, y, { terms, outputs: 2 }, addend);
        }, `${fill}, ${addends} addends`);
      }
    }
  });

  it.each([
    { degree: 2048, terms: 3, outputs: 5, items: 7 },
    // More keys than tiles of the longest lines hold, and lines that do not divide a piece.
    { degree: 256, terms: 20, outputs: 17, items: 2 },
    // More items than one tile holds.
    { degree: 512, terms: 16, outputs: 4, items: 5 },
  ])("of $outputs outputs, $terms terms and $items items of N = $degree, in tiles", async ({ degree, terms, outputs, items }) => {
    const basis = [...nttPrimes({ degree, bits: 30, count: 1 }), 12289];
    const { agree } = await ringPair(degree, basis);
    const random = testRandom(`tiles ${degree}`);
    const make = (q: number) => random.below(q);
    const a = residuesOf(degree, basis, terms * items, make);
    const b = residuesOf(degree, basis, outputs * terms, make);
    const c = residuesOf(degree, basis.slice(0, 1), 2 * items, make);
    await agree((k) => {
      const x = k.upload(a, { basis, form: "ntt", batch: terms * items });
      const y = k.upload(b, { basis, form: "ntt", batch: outputs * terms });
      const z = k.upload(c, { basis: basis.slice(0, 1), form: "ntt", batch: 2 * items });
      return k.innerProducts(x, y, { terms, outputs }, z);
    }, "random");
  });
});
