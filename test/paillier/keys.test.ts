import { describe, expect, it } from "vitest";
import { KeyMismatchError, LifetimeError, ParameterError, SecurityError } from "../../src/errors.js";
import { bytesToBigint, bytesToHex } from "../../src/math/bytes.js";
import { ciphertextBytes, PaillierPublicKey, PaillierSecretKey } from "../../src/paillier/keys.js";
import { turnsDuring } from "../support/turns.js";
import { fixedKey, plainKey } from "./support.js";

describe("public keys", () => {
  it("are the same from the modulus and from the factors", () => {
    for (const bits of [256, 2048] as const) {
      const { publicKey } = fixedKey(bits);
      const again = PaillierPublicKey.fromModulus(publicKey.n, { blum: true, unsafe: true });
      expect(again.bits).toBe(bits);
      expect(again.hs).toBe(publicKey.hs);
      expect(again.equals(publicKey)).toBe(true);
    }
  });

  it("have short-exponent masks only where the primes are known to be right", () => {
    const { n } = fixedKey(256).publicKey;
    const unknown = PaillierPublicKey.fromModulus(n, { unsafe: true });
    expect(unknown.blum).toBe(false);
    expect(unknown.hs).toBeUndefined();
    expect(fixedKey(256).publicKey.blum).toBe(true);
    expect(plainKey().publicKey.blum).toBe(false);
    // hs is part of the id: the same n with and without it are two keys.
    expect(unknown.equals(fixedKey(256).publicKey)).toBe(false);
  });

  it("keep their id", () => {
    expect(bytesToHex(fixedKey(256).publicKey.id)).toBe("f5a077cba7ef0c09b48277996da72555b56d8c9d39bdd4a044153a7a332ee34a");
  });

  it("are refused when short, unless unsafe is said, and when no honest owner makes them", () => {
    const { n } = fixedKey(512).publicKey;
    expect(() => PaillierPublicKey.fromModulus(n)).toThrow(SecurityError);
    expect(() => PaillierPublicKey.fromModulus(n, { unsafe: true })).not.toThrow();
    expect(() => PaillierPublicKey.fromModulus(n + 2n, { blum: true, unsafe: true })).toThrow(SecurityError);
    expect(() => PaillierPublicKey.fromModulus(1n << 9000n, { unsafe: true })).toThrow(ParameterError);
    expect(() => PaillierPublicKey.fromModulus(0n, { unsafe: true })).toThrow(ParameterError);
    const { p } = fixedKey(512).constants();
    expect(() => PaillierPublicKey.fromModulus(p * p, { unsafe: true })).toThrow(/a square/);
    expect(() => PaillierPublicKey.fromModulus(plainKey().publicKey.n * 3n, { unsafe: true })).toThrow(/a multiple of 3/);
  });

  it("refuse to pass for products of Blum primes where n says otherwise", () => {
    const threeModFour = fixedKey(256).constants().p * plainKey().constants().p;
    expect(threeModFour % 4n).toBe(3n);
    expect(() => PaillierPublicKey.fromModulus(threeModFour, { blum: true, unsafe: true })).toThrow(/1 mod 4, as every product/);
  });

  it("are refused when they have another length than was agreed", () => {
    const { n } = fixedKey(512).publicKey;
    expect(PaillierPublicKey.fromModulus(n, { bits: 512, unsafe: true }).bits).toBe(512);
    expect(() => PaillierPublicKey.fromModulus(n, { bits: 510, unsafe: true })).toThrow(/exactly 510 bits, got 512 bits/);
    expect(() => PaillierPublicKey.fromModulus(n, { bits: 3072 })).toThrow(/exactly 3072 bits, got 512 bits/);
    expect(() => PaillierPublicKey.fromModulus(n, { bits: 512 })).toThrow(/at least 2048 bits/);
    expect(() => PaillierPublicKey.fromModulus(n, { bits: Number.NaN, unsafe: true })).toThrow(ParameterError);
  });

  it("are the same in steps, with the same errors", async () => {
    const { n, id } = fixedKey(512).publicKey;
    const again = await PaillierPublicKey.fromModulusAsync(n, { blum: true, unsafe: true });
    expect(again.id).toEqual(id);
    await expect(PaillierPublicKey.fromModulusAsync(n)).rejects.toThrow(/at least 2048 bits/);
    await expect(PaillierPublicKey.fromModulusAsync(n + 1n, { unsafe: true })).rejects.toThrow(/an even number/);
    await expect(PaillierPublicKey.fromModulusAsync(n, { signal: {} as AbortSignal })).rejects.toThrow(ParameterError);
    const controller = new AbortController();
    const stopped = PaillierPublicKey.fromModulusAsync(fixedKey(3072).publicKey.n, { blum: true, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("stop")), 0);
    await expect(stopped).rejects.toThrow("stop");
  });

  it("leave the thread to others while they are checked in steps", async () => {
    // Two powers of 3072 bits take 100 ms of arithmetic and more, in turns of 8 ms.
    const { n } = fixedKey(3072).publicKey;
    const { turns } = await turnsDuring(() => PaillierPublicKey.fromModulusAsync(n, { blum: true }));
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it("tell other keys' data apart", () => {
    const { publicKey } = fixedKey(256);
    expect(() => publicKey.requireId(publicKey.id, "request")).not.toThrow();
    expect(() => publicKey.requireId(fixedKey(512).publicKey.id, "request")).toThrow(KeyMismatchError);
  });

  it("say how long ciphertexts are", () => {
    expect(ciphertextBytes(3072)).toBe(768);
    expect(ciphertextBytes(255)).toBe(64);
  });
});

describe("secret keys", () => {
  it("are checked", () => {
    const { p, q } = fixedKey(512).constants();
    const make = (a: bigint, b: bigint) => () => PaillierSecretKey.fromPrimes(a, b, { unsafe: true });
    expect(make(p, q)).not.toThrow();
    expect(() => PaillierSecretKey.fromPrimes(p, q)).toThrow(SecurityError);
    expect(make(p, p)).toThrow(/primes that are close or equal/);
    expect(make(p, p + 2n)).toThrow(/primes that are close or equal/);
    expect(make(p, q + 2n)).toThrow(/a number that is not prime/);
    expect(make(p, q >> 8n)).toThrow(/numbers of two lengths/);
    expect(make(0n, q)).toThrow(SecurityError);
    expect(make(-p, -q)).toThrow(SecurityError);
  });

  it("refuse a pair whose n is not coprime to its totient", () => {
    // A Sophie Germain prime and its partner: q - 1 = 2 p.
    const p = 2n ** 80n - 1337n;
    expect(() => PaillierSecretKey.fromPrimes(p, 2n * p + 1n, { unsafe: true })).toThrow(/one divides the other minus one/);
  });

  it("are the same in steps, with the same errors, and leave the thread to others", async () => {
    const { p, q } = fixedKey(512).constants();
    const key = await PaillierSecretKey.fromPrimesAsync(p, q, { unsafe: true });
    expect(key.publicKey.id).toEqual(fixedKey(512).publicKey.id);
    await expect(PaillierSecretKey.fromPrimesAsync(p, q + 2n, { unsafe: true })).rejects.toThrow(/a number that is not prime/);
    await expect(PaillierSecretKey.fromPrimesAsync(p, q, { signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow(
      "stop",
    );
    const long = fixedKey(3072).constants();
    const { turns } = await turnsDuring(() => PaillierSecretKey.fromPrimesAsync(long.p, long.q));
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it("overwrite their primes", () => {
    const key = fixedKey(256);
    const { p } = key.constants();
    const copy = key.primeBytes();
    expect(bytesToBigint(copy.p)).toBe(p);
    key.dispose();
    key.dispose();
    expect(key.disposed).toBe(true);
    // The copy is the caller's own and is untouched.
    expect(bytesToBigint(copy.p)).toBe(p);
    expect(() => key.constants()).toThrow(LifetimeError);
    expect(() => key.primeBytes()).toThrow(LifetimeError);
    expect(key.publicKey.bits).toBe(256);
  });
});
