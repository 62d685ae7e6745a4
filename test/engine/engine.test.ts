import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/index.js";
import { BackendUnavailableError, LifetimeError, ParameterError } from "../../src/errors.js";

describe("Engine.create", () => {
  it("opens the backend that is named, and says so", async () => {
    const engine = await Engine.create({ backend: "bigint" });
    expect(engine.describe()).toEqual({
      backend: "bigint",
      adapter: "none",
      isSoftware: false,
      threads: 1,
      limits: {},
      reason: "asked for by name",
      tried: [],
    });
    await engine.close();
  });

  it("opens WebAssembly on the threads that are asked for", async () => {
    for (const threads of [1, 2]) {
      const engine = await Engine.create({ backend: "wasm", threads });
      expect(engine.describe()).toMatchObject({ backend: "wasm", adapter: "none", isSoftware: false, threads, tried: [] });
      await engine.close();
    }
  });

  it("auto leaves a software adapter alone, and tells why", async () => {
    const engine = await Engine.create({ threads: 2 });
    const { backend, isSoftware, reason, threads, tried } = engine.describe();
    if (backend === "webgpu") {
      expect(isSoftware).toBe(false);
      expect(reason).toMatch(/hardware adapter/);
    } else {
      expect({ backend, threads }).toEqual({ backend: "wasm", threads: 2 });
      expect(reason).toMatch(/slower than WebAssembly|no hardware GPU/);
      expect(tried.map((t) => t.backend)).toEqual(["webgpu"]);
      for (const { outcome } of tried) expect(outcome.length).toBeGreaterThan(10);
    }
    await engine.close();
  });

  it("opens webgpu on a software adapter when asked by name", async () => {
    const engine = await Engine.create({ backend: "webgpu" });
    expect(engine.describe().backend).toBe("webgpu");
    expect(engine.describe().limits.maxStorageBufferBindingSize).toBeGreaterThan(0);
    await engine.close();
  });

  it("refuses unknown backends and options", async () => {
    await expect(Engine.create({ backend: "cuda" as "auto" })).rejects.toThrow(ParameterError);
    await expect(Engine.create({ bakend: "bigint" } as object)).rejects.toThrow(/bakend/);
    await expect(Engine.create({ backend: "webgpu", adapter: "no such adapter" })).rejects.toThrow(BackendUnavailableError);
    for (const bad of [null, "bigint", 5, [], { backend: "bigint", signal: {} }, { backend: "bigint", adapter: 5 }])
      await expect(Engine.create(bad as object), JSON.stringify(bad)).rejects.toThrow(ParameterError);
    await expect(Engine.create({ device: { limits: {} } })).rejects.toThrow(ParameterError);
  });

  it("refuses an adapter or a device beside backends that would ignore them", async () => {
    for (const backend of ["bigint", "wasm"] as const) {
      await expect(Engine.create({ backend, adapter: "NVIDIA" })).rejects.toThrow(ParameterError);
      await expect(Engine.create({ backend, device: {} })).rejects.toThrow(ParameterError);
    }
  });

  it("refuses threads that make no sense, and beside backends that would ignore them", async () => {
    for (const threads of [0, -1, 1.5, 65, Number.NaN, "2", null])
      await expect(Engine.create({ backend: "wasm", threads: threads as number }), `${threads}`).rejects.toThrow(/^threads/);
    for (const backend of ["bigint", "webgpu"] as const)
      await expect(Engine.create({ backend, threads: 2 })).rejects.toThrow(ParameterError);
    await expect(Engine.create({ device: {}, threads: 2 })).rejects.toThrow(/threads/);
  });

  it("heeds its signal", async () => {
    await expect(Engine.create({ backend: "bigint", signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no");
  });
});

describe("an engine's end", () => {
  it("may come twice, and ends the kernels", async () => {
    const engine = await Engine.create({ backend: "bigint" });
    await Promise.all([engine.close(), engine.close()]);
    expect(() => engine.kernels).toThrow(LifetimeError);
    expect(engine.describe().backend).toBe("bigint");
  });

  it("is the end of kernels that were handed out before, too", async () => {
    const engine = await Engine.create({ backend: "bigint" });
    const kernels = await engine.kernels.modular({ n: 15n, power: 1 });
    const a = kernels.upload([7n]);
    expect(await kernels.read(a)).toEqual([7n]);
    await engine.close();
    expect(() => kernels.upload([7n])).toThrow(LifetimeError);
    expect(() => kernels.multiply(a, a)).toThrow(LifetimeError);
  });

  it("comes by itself with await using", async () => {
    const engine = await Engine.create({ backend: "bigint" });
    await engine[Symbol.asyncDispose]();
    expect(() => engine.kernels).toThrow(LifetimeError);
  });
});
