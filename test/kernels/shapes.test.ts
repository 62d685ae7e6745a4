/** Handles that went to the wrong backend: each refuses the others' in the same words. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LifetimeError } from "../../src/errors.js";
import { BigintBackend } from "../../src/kernels/bigint/index.js";
import type { KernelBackend } from "../../src/kernels/interface.js";
import { checkKind } from "../../src/kernels/shapes.js";
import { WasmBackend } from "../../src/kernels/wasm/index.js";
import { nttPrimes } from "../../src/math/primes.js";

let backends: KernelBackend[];
beforeAll(async () => {
  backends = [await BigintBackend.create(), await WasmBackend.create({ threads: 1 })];
});
afterAll(async () => {
  for (const backend of backends) await backend.close();
});

const modulus = { n: 2n ** 64n + 13n, power: 1 } as const;
const refusal = /^handle: expected a handle of these kernels, got one of another backend; read it there and upload it here$/;

describe("a handle of another backend", () => {
  it("is refused by modular kernels", async () => {
    const [a, b] = await Promise.all(backends.map((backend) => backend.modular(modulus)));
    for (const [mine, theirs] of [
      [a!, b!],
      [b!, a!],
    ]) {
      const [own, foreign] = [mine!.upload([2n]), theirs!.upload([3n])];
      for (const use of [() => mine!.multiply(own, foreign), () => mine!.power(foreign, 3n), () => mine!.slice(foreign, 0, 1)]) {
        expect(use).toThrow(LifetimeError);
        expect(use).toThrow(refusal);
      }
      await expect(mine!.read(foreign)).rejects.toThrow(refusal);
      expect(await mine!.read(mine!.multiply(own, own))).toEqual([4n]);
    }
  });

  it("is refused by ring kernels of bigint", async () => {
    const primes = nttPrimes({ degree: 64, bits: 30, count: 1 });
    const [mine, theirs] = await Promise.all(backends.map((backend) => backend.ring(64, primes)));
    const shape = { basis: primes, form: "ntt", batch: 1 } as const;
    const foreign = theirs!.upload(new Uint32Array(64), shape);
    const own = mine!.upload(new Uint32Array(64), shape);
    expect(() => mine!.add(own, foreign)).toThrow(refusal);
    await expect(mine!.read(foreign)).rejects.toThrow(refusal);
  });
});

describe("checkKind", () => {
  it("returns what is of the class, and names what is no handle", () => {
    const map = new Map();
    expect(checkKind(map, Map)).toBe(map);
    expect(() => checkKind(5, Map)).toThrow(/got 5;/);
    expect(() => checkKind(null, Map)).toThrow(/got null;/);
  });
});
