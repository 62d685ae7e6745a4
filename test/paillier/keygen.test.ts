import { describe, expect, it } from "vitest";
import { ParameterError, SecurityError } from "../../src/errors.js";
import { bitLength, gcd } from "../../src/math/modular.js";
import { isPrime } from "../../src/math/primes.js";
import { DEFAULT_KEY_BITS, generatePaillierKey } from "../../src/paillier/keygen.js";

describe("key generation", () => {
  for (const bits of [128, 512, 1026]) {
    it(`makes a key of exactly ${bits} bits from two Blum primes`, async () => {
      const key = await generatePaillierKey({ bits, unsafe: true });
      const { p, q, n } = key.constants();
      expect(bitLength(n)).toBe(bits);
      expect(key.publicKey.bits).toBe(bits);
      expect(key.publicKey.blum).toBe(true);
      expect([p % 4n, q % 4n]).toEqual([3n, 3n]);
      expect(gcd(p - 1n, q - 1n)).toBe(2n);
      expect(isPrime(p) && isPrime(q)).toBe(true);
    });
  }

  it("makes 3072 bits unless told otherwise", async () => {
    expect(DEFAULT_KEY_BITS).toBe(3072);
    expect((await generatePaillierKey()).publicKey.bits).toBe(3072);
  });

  it("refuses short keys and lengths that cannot be", async () => {
    await expect(generatePaillierKey({ bits: 1024 })).rejects.toThrow(SecurityError);
    await expect(generatePaillierKey({ bits: 2047, unsafe: true })).rejects.toThrow(ParameterError);
    await expect(generatePaillierKey({ bits: 8192 })).rejects.toThrow(ParameterError);
  });

  it("stops when told", async () => {
    await expect(generatePaillierKey({ signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow("stop");
  });
});
