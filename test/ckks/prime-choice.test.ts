import { describe, expect, it } from "vitest";
import {
  chooseBasePrimes,
  chooseLevelPrimes,
  chooseSpecialPrimes,
  disjointPairs,
  largest,
  primeStock,
} from "../../src/ckks/prime-choice.js";
import { isPrime, nttPrimes } from "../../src/math/primes.js";

const product = (primes: readonly number[]) => primes.reduce((all, q) => all * q, 1);

describe("the stock of primes", () => {
  it.each([1024, 32768, 65536])("of degree %i holds exactly the primes that the search finds", (degree) => {
    const stock = primeStock(degree);
    const step = Math.max(2 * degree, 2 ** 16);
    for (let q = 2 ** 28 + 1; q < 2 ** 28 + 200 * step; q += step) expect(stock.includes(q)).toBe(isPrime(BigInt(q)));
    for (const bits of [17, 20, 22, 30]) {
      const own = stock.filter((q) => q > 2 ** (bits - 1) && q < 2 ** bits).reverse();
      expect(nttPrimes({ degree, bits, count: Math.min(own.length, 40) })).toEqual(own.slice(0, 40));
      if (bits < 30) expect(() => nttPrimes({ degree, bits, count: own.length + 1 })).toThrow();
    }
    expect([...stock]).toEqual([...stock].sort((p, q) => p - q));
    expect(primeStock(degree)).toBe(stock);
  });

  it("is shared by the rings that have the same primes", () => {
    expect(primeStock(2048)).toBe(primeStock(32768));
    expect(primeStock(65536).length).toBeLessThan(primeStock(32768).length);
  });
});

describe("primes of levels", () => {
  it.each([
    [32768, 30, 1, 29],
    [65536, 29, 1, 57],
    [16384, 25, 1, 8],
    [16384, 48, 2, 6],
    [32768, 52, 2, 14],
    [65536, 58, 2, 25],
  ] as const)("keep the scale: degree %i, 2^%i, %i a level, %i levels", (degree, scaleBits, perLevel, levels) => {
    const primes = chooseLevelPrimes(primeStock(degree), scaleBits, perLevel, levels);
    expect(primes).toHaveLength(levels * perLevel);
    expect(new Set(primes).size).toBe(primes.length);
    let scale = 2 ** scaleBits;
    for (let i = 0; i < levels; i++) {
      scale = Math.sqrt(scale * product(primes.slice(i * perLevel, (i + 1) * perLevel)));
      expect(Math.abs(Math.log2(scale) - scaleBits)).toBeLessThanOrEqual(0.05);
    }
  });

  it("run out where primes are few, which is why composite scales begin at 48 bits", () => {
    expect(chooseLevelPrimes(primeStock(8192), 20, 1, 3)).toHaveLength(0);
    expect(disjointPairs(8192, 40)).toBe(2);
    expect(disjointPairs(65536, 40)).toBeLessThan(2);
    for (let bits = 48; bits <= 58; bits++) {
      expect(disjointPairs(32768, bits)).toBeGreaterThan(20);
      expect(disjointPairs(65536, bits)).toBeGreaterThan(14);
    }
  });
});

describe("primes of the base and of the special modulus", () => {
  const stock = primeStock(8192);
  it("reach what is needed with as few as can be", () => {
    expect(chooseBasePrimes(stock, 2 ** 29, "large")).toEqual(largest(stock, 1));
    const large = chooseBasePrimes(stock, 2 ** 35, "large");
    expect(large).toEqual(largest(stock, 2));
    const small = chooseBasePrimes(stock, 2 ** 35, "small") as number[];
    expect(small).toHaveLength(2);
    expect(product(small)).toBeGreaterThanOrEqual(2 ** 35);
    expect(Math.log2(product(small))).toBeLessThan(40);
    expect(chooseBasePrimes([65537, 786433], 2 ** 60, "small")).toBeUndefined();
  });

  it("are no larger than it takes: large ones and a small one, or all of one size", () => {
    const even = chooseSpecialPrimes(stock, 2 ** 50, 2) as number[];
    expect(product(even) / 2 ** 50).toBeGreaterThanOrEqual(1);
    expect(product(even) / 2 ** 50).toBeLessThan(1.1);
    expect(chooseSpecialPrimes([65537, 786433, 1073479681], 2 ** 40, 2)).toEqual([1073479681, 65537]);
    expect(chooseSpecialPrimes(stock, 2 ** 61, 2)).toBeUndefined();
    expect(chooseSpecialPrimes(stock, 1, 1)).toEqual([65537]);
    expect(chooseSpecialPrimes([65537], 1, 2)).toBeUndefined();
  });
});
