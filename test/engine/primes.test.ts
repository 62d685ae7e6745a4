import { describe, expect, it } from "vitest";
import { isKeyPrime } from "../../src/engine/prime-candidates.js";
import * as browser from "../../src/engine/primes.browser.js";
import * as node from "../../src/engine/primes.node.js";
import { ParameterError } from "../../src/errors.js";
import { bitLength } from "../../src/math/modular.js";
import { isPrime } from "../../src/math/primes.js";

describe("key primes", () => {
  it("have the same door on both platforms", () => {
    expect(Object.keys(browser)).toEqual(Object.keys(node));
  });

  for (const [name, { randomBlumPrime }] of Object.entries({ node, browser })) {
    for (const bits of [16, 128, 512]) {
      it(`${name}: primes of ${bits} bits are prime, 3 mod 4, and multiply to exactly twice the bits`, async () => {
        const primes = await Promise.all(Array.from({ length: 4 }, () => randomBlumPrime(bits)));
        for (const p of primes) {
          expect(isPrime(p)).toBe(true);
          expect(p % 4n).toBe(3n);
          for (const q of primes) expect(bitLength(p * q)).toBe(2 * bits);
        }
        if (bits > 16) expect(new Set(primes).size).toBe(primes.length);
      });
    }

    it(`${name}: 1024 bits from the platform`, async () => {
      const p = await randomBlumPrime(1024);
      expect(isKeyPrime(p, 1024)).toBe(true);
      expect(isPrime(p)).toBe(true);
    });

    it(`${name}: refuses lengths it cannot make, and stops when told`, async () => {
      for (const bits of [0, 15, 1024.5, 4097, Number.NaN]) await expect(randomBlumPrime(bits)).rejects.toThrow(ParameterError);
      const controller = new AbortController();
      const reason = new Error("stop");
      controller.abort(reason);
      await expect(randomBlumPrime(64, controller.signal)).rejects.toBe(reason);
    });
  }
});

describe("isKeyPrime", () => {
  it("looks at length, at 3 mod 4 and at the square root of two", () => {
    expect(isKeyPrime(251n, 8)).toBe(true);
    expect(isKeyPrime(241n, 8)).toBe(false);
    expect(isKeyPrime(251n, 9)).toBe(false);
    expect(isKeyPrime(179n, 8)).toBe(false);
    expect(isKeyPrime(191n, 8)).toBe(true);
  });
});
