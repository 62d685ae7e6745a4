import { describe, expect, it } from "vitest";
import { KeyMismatchError, LifetimeError, SecurityError } from "../../src/errors.js";
import type { KernelBackend, ModularHandle, ModularKernels } from "../../src/kernels/interface.js";
import { powMod } from "../../src/math/modular.js";
import { Paillier } from "../../src/paillier/paillier.js";
import { fixedKey, openFixed, plainKey, sharedEngine } from "./support.js";

/** A backend whose kernels modulo `modulus` are changed by `change`. */
function tampered(
  backend: KernelBackend,
  modulus: bigint,
  change: (kernels: ModularKernels) => Partial<ModularKernels>,
): KernelBackend {
  const wrap = (kernels: ModularKernels) => {
    if (kernels.modulus !== modulus) return kernels;
    const changes = change(kernels);
    return new Proxy(kernels, {
      get: (target, name) => {
        const value = changes[name as keyof ModularKernels] ?? Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
  return new Proxy(backend, {
    get: (target, name) => {
      if (name === "modular")
        return async (declaration: Parameters<KernelBackend["modular"]>[0]) => wrap(await target.modular(declaration));
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Ciphertexts that no half of the key had a part in. */
async function encrypted(values: readonly number[]) {
  return (await Paillier.create(await sharedEngine(), fixedKey(256).publicKey)).encrypt(values);
}

describe("decryption", () => {
  const k = fixedKey(256).constants();
  const n2 = k.n ** 2n;

  for (const [name, key] of [
    ["Blum primes", fixedKey(256)],
    ["other primes", plainKey()],
  ] as const) {
    it(`inverts encryption: zero, negative numbers, the largest (${name})`, async () => {
      const paillier = await Paillier.create(await sharedEngine(), key);
      const values = [0n, 1n, -1n, 2n ** 63n, -(2n ** 63n), 12345n];
      const c = await paillier.encrypt(values, { bound: 2n ** 63n });
      expect((await paillier.decryptIntegers(c)).map(([v]) => v)).toEqual(values);
      expect(await paillier.decrypt(c)).toEqual(Float64Array.from(values, Number));
    });
  }

  it("decrypts zero, whatever the blinding, many times over", async () => {
    const paillier = await openFixed();
    const zeros = paillier.importIntegers([1n, ...Array.from({ length: 79 }, (_, i) => powMod(BigInt(i + 2), k.n, n2))]);
    expect(await paillier.decrypt(zeros)).toEqual(new Float64Array(80));
    for (let i = 0; i < 40; i++) expect(await paillier.decrypt(paillier.importIntegers([1n]))).toEqual(Float64Array.of(0));
  });

  it("never raises a ciphertext itself to the secret power", async () => {
    const raised: Promise<bigint[]>[] = [];
    const { kernels } = await sharedEngine();
    const backend = tampered(kernels, k.pSquared, (own) => ({
      power: (a: ModularHandle, e: bigint | readonly bigint[]) => {
        raised.push(own.read(a));
        return own.power(a, e);
      },
    }));
    const paillier = await Paillier.create({ kernels: backend }, fixedKey(256));
    const c = await encrypted([1, 1, 1]);
    const raw = await paillier.exportIntegers(c);
    await paillier.decrypt(c);
    await paillier.decrypt(c);
    const seen = (await Promise.all(raised)).flat();
    // One renewal, then two batches of three, each with its check.
    expect(seen.length).toBe(9);
    expect(new Set(seen).size).toBe(9);
    for (const v of raw) expect(seen).not.toContain(v % k.pSquared);
  });

  for (const half of ["p", "q"] as const) {
    it(`releases nothing after a fault in the half modulo ${half}`, async () => {
      let faults = 0;
      const modulus = half === "p" ? k.pSquared : k.qSquared;
      const { kernels } = await sharedEngine();
      const backend = tampered(kernels, modulus, (own) => ({
        read: async (a: ModularHandle) => {
          const values = await own.read(a);
          // The first read of this half renews the blinding; the fault hits the powers.
          if (values.length === 3) values[faults++ % 3] ^= 1n << 77n;
          return values;
        },
      }));
      const paillier = await Paillier.create({ kernels: backend }, fixedKey(256));
      const c = await encrypted([1, 2, 3]);
      await expect(paillier.decrypt(c)).rejects.toThrow(SecurityError);
      await expect(paillier.decrypt(c)).rejects.toThrow(/fault check/);
      expect(faults).toBe(2);
      expect(await paillier.decrypt(await encrypted([7]))).toEqual(Float64Array.of(7));
    });

    it(`releases nothing after a fault in the half modulo ${half} that leaves the power 1 modulo the prime`, async () => {
      const [prime, modulus] = half === "p" ? [k.p, k.pSquared] : [k.q, k.qSquared];
      const { kernels } = await sharedEngine();
      let hit = 3;
      const backend = tampered(kernels, modulus, (own) => ({
        read: async (a: ModularHandle) => {
          const values = await own.read(a);
          // In the p-adic form this is a fault in c1.
          if (values.length === hit) values[values.length - 1] = (values[values.length - 1] + (prime << 40n)) % modulus;
          return values;
        },
      }));
      const paillier = await Paillier.create({ kernels: backend }, fixedKey(256));
      const c = await encrypted([1, 2, 3]);
      await expect(paillier.decrypt(c)).rejects.toThrow(/fault check: expected plaintexts that agree with a second decryption/);
      // The same in a single decryption, and in the decryption that checks.
      hit = 1;
      await expect(paillier.decryptIntegers(await encrypted([7]))).rejects.toThrow(SecurityError);
      hit = 2;
      expect(await paillier.decrypt(c)).toEqual(Float64Array.of(1, 2, 3));
    });
  }

  it("checks every call, of any size, with one more decryption", async () => {
    const { kernels } = await sharedEngine();
    const sizes: number[] = [];
    const backend = tampered(kernels, n2, (own) => ({
      multiPower: (a: ModularHandle, exponents: readonly (readonly bigint[])[], groups: number) => {
        sizes.push(a.batch);
        for (const w of exponents[0]) expect(w > 0n && w <= 2n ** 32n).toBe(true);
        expect(new Set(exponents[0]).size).toBe(a.batch);
        return own.multiPower(a, exponents, groups);
      },
    }));
    const paillier = await Paillier.create({ kernels: backend }, fixedKey(256));
    const list = Array.from({ length: 130 }, (_, i) => i);
    expect([...(await paillier.decrypt(await encrypted(list)))]).toEqual(list);
    expect([...(await paillier.decrypt(await encrypted([5])))]).toEqual([5]);
    expect(sizes).toEqual([130, 1]);
  });

  it("refuses ciphertexts of another key, a disposed key and disposed ciphertexts", async () => {
    const paillier = await openFixed(256);
    const other = await openFixed(512);
    await expect(paillier.decrypt(await other.encrypt([1]))).rejects.toThrow(KeyMismatchError);
    const c = await paillier.encrypt([1]);
    c.dispose();
    c.dispose();
    expect(c.disposed).toBe(true);
    await expect(paillier.decrypt(c)).rejects.toThrow(LifetimeError);
    const key = fixedKey(256);
    const third = await Paillier.create(await sharedEngine(), key);
    const d = await third.encrypt([1]);
    key.dispose();
    await expect(third.decrypt(d)).rejects.toThrow(LifetimeError);
    third.dispose();
    third.dispose();
  });

  it("works in pieces, tells progress, and stops when told", async () => {
    const paillier = await openFixed();
    const c = await paillier.encrypt(Array.from({ length: 130 }, (_, i) => i));
    const seen: number[] = [];
    const values = await paillier.decrypt(c, { onProgress: (f) => seen.push(f) });
    expect([...values]).toEqual(Array.from({ length: 130 }, (_, i) => i));
    expect(seen).toEqual([64 / 130, 128 / 130, 1]);
    const controller = new AbortController();
    const stopped = paillier.decrypt(c, { signal: controller.signal, onProgress: () => controller.abort(new Error("stop")) });
    await expect(stopped).rejects.toThrow("stop");
  });
});
