import { describe, expect, it } from "vitest";
import { conversionWords, halvesOf, permutationWords } from "../../../../src/kernels/wasm/ring/constants.js";
import { centred, invMod, mod } from "../../../../src/math/modular.js";
import { automorphismMaps } from "../../../../src/math/ntt.js";
import { conversionTables } from "../../../../src/math/rns.js";

const R = 1n << 32n;

describe("constants of conversions", () => {
  it("lie as assembly/ring/convert.ts reads them", () => {
    const [d, e, q] = [97n, 193n, 257n];
    const inverse = invMod(e, d);
    const other = invMod(d, e);
    const words = [...conversionWords([97, 193], [257, 97])].map(BigInt);
    expect(words.slice(0, 4)).toEqual([d, inverse, (inverse * R) / d, 48n]);
    expect(words.slice(4, 8)).toEqual([e, other, (other * R) / e, 96n]);
    const k = (((-48n * e - 96n * d) % q) + q) % q;
    const division = invMod(d * e, q);
    expect(words.slice(8, 14)).toEqual([k, (k * R) % q, division, (division * R) / q, (e * R) % q, (d * R) % q]);
    // 97 divides the product: nothing to divide by.
    expect(words.slice(16, 18)).toEqual([0n, 0n]);
    expect(words).toHaveLength(20);
  });

  it("make unsigned digits stand for centred ones", () => {
    const source = [97, 193, 449];
    const words = conversionWords(source, [257]);
    const { matrix, inverses } = conversionTables(source, [257]);
    for (const x of [0, 1, 48, 49, 96]) {
      let sum = BigInt(words[12]);
      let expected = 0n;
      source.forEach((p, i) => {
        const y = (BigInt(x) * inverses[i]) % BigInt(p);
        const u = (y + BigInt((p - 1) / 2)) % BigInt(p);
        sum += u * matrix[0][i];
        expected += centred(y, BigInt(p)) * matrix[0][i];
      });
      expect((sum - expected) % 257n).toBe(0n);
    }
  });
});

describe("halves of a factor", () => {
  it("stand for m and for 2^15 m, in (-2^14, 2^14]", () => {
    // The largest odd number below 2^30: residues next to q/2 in magnitude have the largest high halves.
    for (const q of [2n ** 30n - 1n, 2n ** 30n - 2n ** 15n + 1n, 2n ** 22n + 129n]) {
      const middle = (q - 1n) / 2n;
      const near = (x: bigint) => [-16385n, -16384n, -16383n, -1n, 0n, 1n, 16383n, 16384n, 16385n].map((e) => mod(x + e, q));
      for (const m of [...near(0n), ...near(middle), ...near(middle + 1n), ...near(q / 3n), ...near(32768n), ...near(-32768n)]) {
        const words = halvesOf(m, q);
        const [m0, m1] = words.map((word) => (word << 16) >> 16);
        const [n0, n1] = words.map((word) => word >> 16);
        expect(mod(BigInt(m0) + 32768n * BigInt(m1), q)).toBe(m);
        expect(mod(BigInt(n0) + 32768n * BigInt(n1), q)).toBe((32768n * m) % q);
        for (const half of [m0, m1, n0, n1]) {
          expect(half).toBeGreaterThan(-16384);
          expect(half).toBeLessThanOrEqual(16384);
        }
      }
    }
  });
});

describe("permutations", () => {
  it("say for every place where its residue comes from and whether its sign changes", () => {
    // X -> X^3 modulo X^4 + 1: 1, X, X^2, X^3 go to 1, X^3, X^6 = -X^2, X^9 = X.
    expect([...permutationWords(4, 3, "coefficient")]).toEqual([0, 6, 5, 2]);
    expect([...permutationWords(4, 1, "coefficient")]).toEqual([0, 2, 4, 6]);
  });

  it("move values four at a time, with at most four shuffles", () => {
    for (const degree of [16, 64]) {
      for (let element = 1; element < 2 * degree; element += 2) {
        const words = permutationWords(degree, element, "ntt");
        const lanes = new Uint8Array(words.buffer);
        // Byte b of residue i.
        const bytes = Array.from({ length: 4 * degree }, (_, at) => {
          const word = words[16 + Math.floor(at / 16)];
          return 16 * Math.floor(word / 4) + lanes[16 * (word % 4) + (at % 16)];
        });
        const { source } = automorphismMaps(degree, element);
        expect(bytes).toEqual(Array.from({ length: 4 * degree }, (_, at) => 4 * source[Math.floor(at / 4)] + (at % 4)));
      }
    }
  });
});
