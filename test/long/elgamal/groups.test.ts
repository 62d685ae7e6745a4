/** Both primes of every group, by own code and by OpenSSL: minutes for the largest. */
import { checkPrimeSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { elGamalGroup, GROUP_NAMES } from "../../../src/elgamal/groups.js";
import { isPrime } from "../../../src/math/primes.js";

describe("the groups of RFC 7919", () => {
  it.each(GROUP_NAMES)("%s: p and (p - 1) / 2 are prime", (name) => {
    const { p, q } = elGamalGroup(name);
    for (const n of [p, q]) {
      expect(isPrime(n)).toBe(true);
      expect(checkPrimeSync(n)).toBe(true);
      expect(isPrime(n + 4n) || checkPrimeSync(n + 4n)).toBe(false);
    }
  });
});
