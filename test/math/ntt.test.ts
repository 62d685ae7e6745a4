import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ParameterError } from "../../src/errors.js";
import { mod, powMod } from "../../src/math/modular.js";
import { automorphismMaps, bitReverse, forwardNtt, inverseNtt, log2Degree, nttTables } from "../../src/math/ntt.js";
import { nttPrimes } from "../../src/math/primes.js";

interface KnownAnswer {
  N: number;
  q: string;
  psi: string;
  in: string[];
  out: string[];
  src: string;
}
const vectors: { ntt: KnownAnswer[] } = JSON.parse(readFileSync(new URL("../vectors/ckks-kat.json", import.meta.url), "utf8"));

const polynomial = (degree: number, q: bigint) =>
  fc.array(fc.bigInt({ min: 0n, max: q - 1n }), { minLength: degree, maxLength: degree });

describe("known answers of HEXL and SEAL", () => {
  it.each(vectors.ntt.map((v, i) => [`${i} ${v.src} N=${v.N} q=${v.q}`, v] as const))("%s", (_, v) => {
    const tables = nttTables(BigInt(v.q), v.N);
    expect(tables.psi).toBe(BigInt(v.psi));
    const a = v.in.map(BigInt);
    forwardNtt(a, tables);
    expect(a.map(String)).toEqual(v.out);
    inverseNtt(a, tables);
    expect(a.map(String)).toEqual(v.in);
  });
});

describe("the transform", () => {
  const degree = 64;
  const [prime] = nttPrimes({ degree, bits: 30, count: 1 });
  const q = BigInt(prime);
  const tables = nttTables(q, degree);

  it("evaluates at the odd powers of psi, in bit-reversed order", () => {
    fc.assert(
      fc.property(polynomial(degree, q), (a) => {
        const values = BigUint64Array.from(a);
        forwardNtt(values, tables);
        for (const i of [0, 1, 17, 63]) {
          const x = powMod(tables.psi, BigInt(2 * bitReverse(i, 6) + 1), q);
          expect(values[i]).toBe(a.reduceRight((sum, c) => mod(sum * x + c, q), 0n));
        }
      }),
      { numRuns: 30 },
    );
  });

  it("turns negacyclic products into pointwise ones", () => {
    fc.assert(
      fc.property(polynomial(degree, q), polynomial(degree, q), (a, b) => {
        const expected = new Array<bigint>(degree).fill(0n);
        a.forEach((x, i) => {
          b.forEach((y, j) => {
            const k = (i + j) % degree;
            expected[k] = mod(expected[k] + (i + j < degree ? x * y : -x * y), q);
          });
        });
        forwardNtt(a, tables);
        forwardNtt(b, tables);
        const product = a.map((x, i) => (x * b[i]) % q);
        inverseNtt(product, tables);
        expect(product).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it("comes back, up to N = 2^15 and for words of 60 bits", () => {
    for (const [n, p] of [
      [32768, BigInt(nttPrimes({ degree: 32768, bits: 30, count: 1 })[0])],
      [4, 0xffffffffffc0001n],
    ] as const) {
      const t = nttTables(p, n);
      const a = BigUint64Array.from({ length: n }, (_, i) => mod(BigInt(i) ** 5n * 987654321987654321n - 1n, p));
      const b = a.slice();
      forwardNtt(b, t);
      expect(b).not.toEqual(a);
      inverseNtt(b, t);
      expect(b).toEqual(a);
    }
  });

  it("refuses degrees that are no powers of two", () => {
    for (const n of [0, 1, 3, 1000, 2 ** 18, 1.5, Number.NaN]) expect(() => log2Degree(n), String(n)).toThrow(ParameterError);
  });
});

describe("automorphismMaps", () => {
  it("describe X -> X^g in both forms", () => {
    const degree = 32;
    const q = 769n;
    const tables = nttTables(q, degree);
    for (let g = 1; g < 2 * degree; g += 2) {
      const { target, negate, source } = automorphismMaps(degree, g);
      const a = Array.from({ length: degree }, (_, i) => BigInt((i * i * 31 + 7) % 769));
      const image = new Array<bigint>(degree);
      a.forEach((x, i) => {
        image[target[i]] = negate[i] ? mod(-x, q) : x;
      });
      forwardNtt(a, tables);
      forwardNtt(image, tables);
      expect(image).toEqual(Array.from(source, (s) => a[s]));
    }
  });

  it("refuse even elements and those out of range", () => {
    for (const g of [0, 2, 64, 65, -1, 1.5]) expect(() => automorphismMaps(32, g), String(g)).toThrow(ParameterError);
  });
});
