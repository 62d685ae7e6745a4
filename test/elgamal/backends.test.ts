import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ElGamal } from "../../src/elgamal/index.js";
import { BigintBackend } from "../../src/kernels/bigint/index.js";
import type { KernelBackend } from "../../src/kernels/interface.js";
import { WasmBackend } from "../../src/kernels/wasm/index.js";
import { WebGpuBackend } from "../../src/kernels/webgpu/index.js";
import { fixedKey, seeded } from "./support.js";

describe("backends", () => {
  const backends: KernelBackend[] = [];
  beforeAll(async () => {
    backends.push(await BigintBackend.create(), await WasmBackend.create(), await WebGpuBackend.create({ forceSoftware: true }));
  });
  afterAll(async () => {
    for (const backend of backends) await backend.close();
  });

  // With tables of powers and without; tables on a software GPU take ten seconds, and are compared with the kernels.
  it.each([
    [3, 3],
    [40, 2],
  ])("give the same bytes for the same randomness, all the way: %i ciphertexts on %i backends", async (batch, count) => {
    const values = Array.from({ length: batch }, (_, i) => i - 1);
    const results = await Promise.all(
      backends.slice(0, count).map(async (kernels) => {
        const elgamal = await ElGamal.create({ kernels }, fixedKey(), seeded(11));
        const counts = await elgamal.encryptCounts(values, { bound: 50 });
        const sums = elgamal.sum(await elgamal.multiplyPlain(counts, -3));
        const factors = await elgamal.encryptFactors(values.slice(2, 8).map((v) => v + 1));
        const product = elgamal.product(await elgamal.power(factors, 3));
        const bytes = [counts, sums, factors, product].map((c) => elgamal.exportSections(c));
        return {
          bytes: await Promise.all(bytes),
          sums: await elgamal.decryptCounts(sums),
          product: await elgamal.decryptFactors(product),
        };
      }),
    );
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0].sums).toEqual([3 * values.reduce((sum, v) => sum - v, 0)]);
    expect(results[0].product).toEqual([values.slice(2, 8).reduce((product, v) => product * BigInt(v + 1) ** 3n, 1n)]);
  });
});
