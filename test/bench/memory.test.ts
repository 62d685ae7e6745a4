import { describe, expect, it } from "vitest";
import { MemoryWatch } from "../../bench/memory.js";
import type { Engine } from "../../src/index.js";
import { WebGpuBackend } from "../../src/kernels/webgpu/index.js";

describe("what a run holds in memory", () => {
  it("is read off WebAssembly alone", async () => {
    const backend = await WebGpuBackend.create();
    const engine = { kernels: backend, describe: () => backend.describe() } as unknown as Engine;
    const { reachedBytes, ciphertexts, peakRssBytes } = await new MemoryWatch([engine]).report([[1024, 1]]);
    expect(reachedBytes).toEqual({});
    expect(ciphertexts).toEqual([]);
    expect(peakRssBytes).toBeGreaterThan(2 ** 20);
    await backend.close();
  });
});
