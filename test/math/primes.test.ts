import { describe, expect, it } from "vitest";
import { ParameterError } from "../../src/errors.js";
import { powMod } from "../../src/math/modular.js";
import { isPrime, minimalPsi, nttPrimes, primesBelow } from "../../src/math/primes.js";

describe("isPrime", () => {
  it("agrees with a sieve up to 20000", () => {
    const composite = new Set<number>();
    for (let i = 2; i * i <= 20000; i++) for (let j = i * i; j <= 20000; j += i) composite.add(j);
    for (let n = 0; n <= 20000; n++) expect(isPrime(BigInt(n)), String(n)).toBe(n >= 2 && !composite.has(n));
  });

  it("is not fooled by Carmichael numbers and strong pseudoprimes", () => {
    // Carmichael numbers, the least strong pseudoprimes to the first 1..12 prime bases (OEIS A014233), and a product of two large primes.
    const composites = [
      561n,
      825265n,
      321197185n,
      3215031751n,
      3474749660383n,
      341550071728321n,
      3825123056546413051n,
      318665857834031151167461n,
    ];
    for (const n of [...composites, (2n ** 127n - 1n) * (2n ** 89n - 1n)]) expect(isPrime(n), String(n)).toBe(false);
    for (const e of [61n, 89n, 127n, 521n, 1279n]) expect(isPrime(2n ** e - 1n)).toBe(true);
  });
});

describe("primesBelow", () => {
  it("lists all primes below a limit", () => {
    expect(primesBelow(2)).toEqual([]);
    expect(primesBelow(3)).toEqual([2]);
    expect(primesBelow(30)).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
    // pi(2^16), OEIS A007053.
    expect(primesBelow(1 << 16)).toHaveLength(6542);
  });
});

describe("nttPrimes", () => {
  it("finds the largest primes = 1 mod lcm(2N, 2^16), in order and of exact length", () => {
    for (const degree of [1024, 8192, 32768, 65536]) {
      const step = Math.max(65536, 2 * degree);
      const primes = nttPrimes({ degree, bits: 30, count: 12 });
      expect(new Set(primes).size).toBe(12);
      expect([...primes].sort((a, b) => b - a)).toEqual(primes);
      for (const q of primes) expect(isPrime(BigInt(q)) && q % step === 1 && q > 2 ** 29 && q < 2 ** 30, String(q)).toBe(true);
      for (let q = primes[0] + step; q < 2 ** 30; q += step)
        expect(isPrime(BigInt(q)), `a larger prime ${q} was missed`).toBe(false);
    }
  });

  it("counts the supply named in the literature: 784 primes of 30 bits with q = 1 mod 2^16", () => {
    expect(nttPrimes({ degree: 32768, bits: 30, count: 784 })).toHaveLength(784);
    expect(() => nttPrimes({ degree: 32768, bits: 30, count: 785 })).toThrow(ParameterError);
  });

  it("leaves out what it is told to avoid", () => {
    const [first, second] = nttPrimes({ degree: 4096, bits: 30, count: 2 });
    expect(nttPrimes({ degree: 4096, bits: 30, count: 1, avoid: [first] })).toEqual([second]);
  });
});

describe("minimalPsi", () => {
  it("is the least of all primitive 2N-th roots", () => {
    for (const [q, degree] of [
      [257n, 16],
      [769n, 32],
      [65537n, 1024],
    ] as const) {
      let least = 0n;
      for (let x = 2n; least === 0n; x++) if (powMod(x, BigInt(degree), q) === q - 1n) least = x;
      expect(minimalPsi(q, degree)).toBe(least);
    }
  });

  it("refuses moduli without such roots", () => {
    expect(() => minimalPsi(769n, 1024)).toThrow(ParameterError);
  });
});
