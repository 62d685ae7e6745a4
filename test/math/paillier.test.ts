import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ParameterError, SecurityError } from "../../src/errors.js";
import { bitLength, gcd, mod, powMod } from "../../src/math/modular.js";
import {
  arePrimesClose,
  checkKeyBits,
  checkPublicModulus,
  crtConstants,
  decryptReference,
  encryptReference,
  exponentBits,
  isBlumPair,
  maskBase,
  plainFactor,
  plaintextOf,
  quotientL,
} from "../../src/math/paillier.js";
import { isPrime } from "../../src/math/primes.js";
import { fixedKey } from "../paillier/support.js";
import { testRandom } from "../support/random.js";

const vectors = (name: string) => JSON.parse(readFileSync(new URL(`../vectors/paillier/${name}`, import.meta.url), "utf8"));
const iso = vectors("ipcl-iso18033-6-2048.json");
const isoKey = crtConstants(BigInt(iso.p), BigInt(iso.q));

describe("known answers", () => {
  it("encrypts and decrypts as ISO/IEC 18033-6 says", () => {
    expect(isoKey.n).toBe(BigInt(iso.n));
    const n2 = isoKey.n ** 2n;
    for (const { m, r, c } of iso.cases) {
      expect(encryptReference(BigInt(m), powMod(BigInt(r), isoKey.n, n2), isoKey.n)).toBe(BigInt(c));
      expect(decryptReference(BigInt(c), isoKey)).toBe(BigInt(m));
    }
    const [c1, c2]: bigint[] = iso.cases.map((k: { c: string }) => BigInt(k.c));
    expect(decryptReference((c1 * c2) % n2, isoKey)).toBe(mod(BigInt(iso.cases[0].m) + BigInt(iso.cases[1].m), isoKey.n));
  });

  it("masks with a short exponent as DJN says", () => {
    const { hs, case: djn } = vectors("djn-2048.json");
    const mask = powMod(BigInt(hs), BigInt(djn.x), isoKey.n ** 2n);
    expect(encryptReference(BigInt(djn.m), mask, isoKey.n)).toBe(BigInt(djn.c));
    expect(decryptReference(BigInt(djn.c), isoKey)).toBe(BigInt(djn.m));
  });

  it("agrees with python-paillier and javallier on small keys", () => {
    const toy = vectors("phe-and-paillierjs-toy.json").g_eq_n_plus_1;
    for (const { n, m, r, c } of toy) {
      const N = BigInt(n);
      expect(encryptReference(BigInt(m), powMod(BigInt(r), N, N * N), N)).toBe(BigInt(c));
      expect(decryptReference(BigInt(c), crtConstants(293n, 433n))).toBe(BigInt(m));
    }
    const { keys } = vectors("key-files-documented.json");
    for (const { check } of [keys.phe_docs_256, keys.javallier_readme_256]) {
      const { m, c } = check.kat_computed_here;
      expect(decryptReference(BigInt(c), crtConstants(BigInt(check.p), BigInt(check.q)))).toBe(BigInt(m));
    }
  });
});

describe("decryption", () => {
  const k = fixedKey(256).constants();
  const random = testRandom("paillier");

  it("inverts encryption for edge plaintexts and random ones", () => {
    const mask = powMod(12345n, k.n, k.n ** 2n);
    const half = k.n / 2n;
    for (const m of [0n, 1n, k.n - 1n, half, half + 1n, k.p, k.q, ...Array.from({ length: 20 }, () => random.bigBelow(k.n))]) {
      expect(decryptReference(encryptReference(m, mask, k.n), k)).toBe(m);
      expect(decryptReference(encryptReference(m - k.n, mask, k.n), k)).toBe(m);
    }
  });

  it("notices a fault in either half", () => {
    const c = encryptReference(42n, powMod(7n, k.n, k.n ** 2n), k.n);
    const up = powMod(c, k.p - 1n, k.pSquared);
    const uq = powMod(c, k.q - 1n, k.qSquared);
    expect(plaintextOf(up, uq, k)).toBe(42n);
    for (let bit = 0n; bit < 256n; bit += 5n) {
      expect(plaintextOf(up ^ (1n << bit), uq, k)).toBeUndefined();
      expect(plaintextOf(up, uq ^ (1n << bit), k)).toBeUndefined();
    }
    expect(quotientL(1n, k.p)).toBe(0n);
    expect(quotientL(2n, k.p)).toBeUndefined();
  });

  it("has no answer for a multiple of a prime", () => {
    expect(() => decryptReference(k.p, k)).toThrow(SecurityError);
  });

  it("writes 1 + m n for any integer m", () => {
    expect(plainFactor(-1n, 15n)).toBe(1n + 14n * 15n);
    expect(plainFactor(15n, 15n)).toBe(1n);
  });
});

describe("the base of short-exponent masks", () => {
  for (const bits of [256, 2048] as const) {
    it(`is derived from n alone, and is an n-th residue of Jacobi symbol 1 that is no square (${bits} bits)`, () => {
      const { p, q, n, pSquared, qSquared } = fixedKey(bits).constants();
      const { h, hs } = maskBase(n);
      expect(maskBase(n, { p, q })).toEqual({ h, hs });
      expect(hs).toBe(powMod(h, n, n * n));
      // The n-th residues are the elements of order dividing (p-1)(q-1).
      expect(powMod(hs % pSquared, p - 1n, pSquared)).toBe(1n);
      expect(powMod(hs % qSquared, q - 1n, qSquared)).toBe(1n);
      // -x^2 is a non-residue modulo both Blum primes.
      expect(powMod(h, (p - 1n) / 2n, p)).toBe(p - 1n);
      expect(powMod(h, (q - 1n) / 2n, q)).toBe(q - 1n);
      expect(maskBase(n + 2n).h).not.toBe(h);
    });
  }

  it("does not change from one version to the next", () => {
    // Key ids hang on it: files of yesterday must find their key today.
    expect(maskBase(126869n)).toEqual({ h: 47991n, hs: 10603530881n });
  });

  it("uses exponents of half the key", () => {
    expect(exponentBits(3072)).toBe(1536);
    expect(exponentBits(2047)).toBe(1024);
  });
});

describe("what keys must satisfy", () => {
  it("knows Blum pairs", () => {
    expect(isBlumPair(7n, 11n)).toBe(true);
    expect(isBlumPair(7n, 19n)).toBe(false);
    expect(isBlumPair(7n, 13n)).toBe(false);
    expect(isBlumPair(7n, 7n)).toBe(false);
    expect(isBlumPair(BigInt(iso.p), BigInt(iso.q))).toBe(false);
    expect(gcd(BigInt(iso.p) - 1n, BigInt(iso.q) - 1n)).toBe(6n);
    const { p, q } = fixedKey(3072).constants();
    expect(isBlumPair(p, q)).toBe(true);
  });

  it("knows primes that are too close", () => {
    const { p, q } = fixedKey(2048).constants();
    expect(arePrimesClose(p, q)).toBe(false);
    expect(arePrimesClose(p, p + (1n << 900n))).toBe(true);
    expect(arePrimesClose(p + (1n << 950n), p)).toBe(false);
    expect(arePrimesClose(p, p)).toBe(true);
    expect(arePrimesClose(2n ** 40n + 1n, 2n ** 40n + 2n ** 12n)).toBe(true);
  });

  it("asks for a length that works and protects", () => {
    for (const bits of [2048, 3072, 4096]) expect(() => checkKeyBits(bits, false)).not.toThrow();
    expect(() => checkKeyBits(2046, false)).toThrow(SecurityError);
    expect(() => checkKeyBits(1024, false)).toThrow(
      "key length: expected at least 2048 bits, got 1024; use 3072 bits, or pass unsafe: true",
    );
    expect(() => checkKeyBits(1024, true)).not.toThrow();
    for (const bits of [62, 4098, 3071, 3072.5, Number.NaN]) expect(() => checkKeyBits(bits, true)).toThrow(ParameterError);
  });

  it("refuses moduli that no honest owner makes", () => {
    const { p, q, n } = fixedKey(512).constants();
    expect(() => checkPublicModulus(n, 512)).not.toThrow();
    expect(() => checkPublicModulus(n, 511)).toThrow(/exactly 511 bits, got 512 bits/);
    expect(() => checkPublicModulus(p * p, bitLength(p * p))).toThrow(/a square/);
    expect(isPrime(q)).toBe(true);
    expect(() => checkPublicModulus(q, bitLength(q))).toThrow(/a prime/);
    expect(() => checkPublicModulus(997n * n, bitLength(997n * n))).toThrow(/a multiple of 997/);
    expect(() => checkPublicModulus(n + 1n, bitLength(n + 1n))).toThrow(/an even number/);
    expect(() => checkPublicModulus(0n, 0)).toThrow(SecurityError);
    expect(() => checkPublicModulus(-n, 512)).toThrow(SecurityError);
  });

  it("refuses every factor below 2^16, and none above", () => {
    const { n } = fixedKey(512).constants();
    for (const d of [3n, 997n, 1009n, 65519n, 65521n]) {
      expect(() => checkPublicModulus(d * n, bitLength(d * n))).toThrow(`a multiple of ${d}`);
    }
    // 65537 is the first prime that only a proof by the owner could exclude.
    expect(() => checkPublicModulus(65537n * n, bitLength(65537n * n))).not.toThrow();
  });

  it("refuses perfect powers of every exponent that fits", () => {
    const prime = 2n ** 127n - 1n;
    for (const [root, k] of [
      [prime, 3],
      [prime * (2n ** 89n - 1n), 3],
      [prime, 31],
      [65537n, 31],
      [65537n, 251],
      [prime, 15],
    ] as const) {
      const n = root ** BigInt(k);
      expect(() => checkPublicModulus(n, bitLength(n))).toThrow(`a perfect power, of exponent ${k === 15 ? 3 : k}`);
      expect(() => checkPublicModulus(n + 2n, bitLength(n + 2n))).not.toThrow(/a perfect power/);
    }
    expect(() => checkPublicModulus(prime ** 4n, bitLength(prime ** 4n))).toThrow(/a square/);
  });

  it("takes the fixed keys of 2048 and 3072 bits", () => {
    for (const bits of [2048, 3072] as const) expect(() => checkPublicModulus(fixedKey(bits).constants().n, bits)).not.toThrow();
  });
});
