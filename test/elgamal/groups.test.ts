import { describe, expect, it } from "vitest";
import { elGamalGroup, GROUP_NAMES } from "../../src/elgamal/groups.js";
import { ParameterError } from "../../src/errors.js";
import { bigintToBytes, bytesToHex } from "../../src/math/bytes.js";
import { jacobi } from "../../src/math/jacobi.js";
import { bitLength, powMod } from "../../src/math/modular.js";
import { sha256 } from "../../src/wire/index.js";

/** SHA-256 of p as OpenSSL 3.0.19 writes it (openssl genpkey -genparam -algorithm DH -pkeyopt group:...), and the ends that RFC 7919 prints. */
const PRIMES = {
  ffdhe2048: ["9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966", "886b423861285c97"],
  ffdhe3072: ["0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17", "25e41d2b66c62e37"],
  ffdhe4096: ["4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e", "c68a007e5e655f6a"],
} as const;

describe.each(Object.entries(PRIMES))("%s", (name, [digest, end]) => {
  const group = elGamalGroup(name as keyof typeof PRIMES);
  const { p, q, g, bits, exponentBits } = group;

  it("is the prime of RFC 7919", () => {
    expect(bitLength(p)).toBe(bits);
    expect(bytesToHex(sha256(bigintToBytes(p, bits / 8)))).toBe(digest);
    expect(p.toString(16)).toMatch(new RegExp(`^ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1.*${end}ffffffffffffffff$`));
  });

  it("has a generator of the squares, of which -1 is none", () => {
    expect(p).toBe(2n * q + 1n);
    expect(p % 8n).toBe(7n);
    expect(g).toBe(2n);
    expect([jacobi(g, p), jacobi(p - 1n, p)]).toEqual([1, -1]);
    // Of prime order q, as g is not 1.
    expect(powMod(g, q, p)).toBe(1n);
  });

  it("has exponents of at least the length that the RFC asks for, the fixed bit not counted", () => {
    expect(exponentBits - 1).toBeGreaterThanOrEqual({ ffdhe2048: 225, ffdhe3072: 275, ffdhe4096: 325 }[name] as number);
    expect(exponentBits % 32).toBe(0);
  });

  it("is made once, and cannot be changed", () => {
    expect(elGamalGroup(name as keyof typeof PRIMES)).toBe(group);
    expect(() => Object.assign(group, { g: 4n })).toThrow(TypeError);
  });
});

describe("other groups", () => {
  it("are refused", () => {
    expect(GROUP_NAMES).toEqual(Object.keys(PRIMES));
    for (const bad of ["modp14", "ffdhe1024", "", null, "toString"])
      expect(() => elGamalGroup(bad as never)).toThrow(ParameterError);
  });
});
