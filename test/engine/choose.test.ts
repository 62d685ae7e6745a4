/** What `auto` and `wasm` come to where WebAssembly cannot run. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { BackendUnavailableError } from "../../src/errors.js";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** The engine as a process meets it that has tried nothing yet: what a platform can do is found out once. */
async function load(): Promise<typeof import("../../src/engine/index.js")> {
  vi.resetModules();
  return import("../../src/engine/index.js");
}

const hindrances: Record<string, () => void> = {
  "without WebAssembly": () => vi.stubGlobal("WebAssembly", undefined),
  "without SIMD": () => vi.spyOn(WebAssembly, "validate").mockReturnValue(false),
  "without room for memory": () =>
    vi.spyOn(WebAssembly, "Memory").mockImplementation(function refuse(): never {
      throw new RangeError("could not allocate memory");
    }),
};

describe.each(Object.entries(hindrances))("a machine %s", (_, hinder) => {
  it("is refused by name, with a reason and a remedy", async () => {
    const { Engine } = await load();
    hinder();
    const refusal = await Engine.create({ backend: "wasm" }).catch((error: unknown) => error);
    const { name, what, got, remedy } = refusal as BackendUnavailableError;
    expect({ name, what }).toEqual({ name: "BackendUnavailableError", what: "backend wasm" });
    for (const part of [got, remedy]) expect(part.length).toBeGreaterThan(3);
  });

  it("gets bigint from auto, which tells what it tried", async () => {
    const { Engine } = await load();
    hinder();
    const engine = await Engine.create();
    const { backend, reason, tried } = engine.describe();
    await engine.close();
    if (backend === "webgpu") return;
    expect(backend).toBe("bigint");
    expect(reason).toMatch(/WebAssembly cannot run here/);
    expect(tried.map((t) => t.backend)).toEqual(["webgpu", "wasm"]);
    expect(tried[1]!.outcome).toMatch(/^backend wasm: expected/);
  });

  it("is described by the probe without an error", async () => {
    const { probeWasm } = await load();
    hinder();
    const { description, outcome } = await probeWasm();
    expect(description).toBeUndefined();
    expect(outcome).toMatch(/^backend wasm: expected/);
  });
});

describe("the probe", () => {
  it("tells threads and limits", async () => {
    const { probeWasm } = await load();
    const { description, outcome } = await probeWasm(2);
    expect(description).toMatchObject({ backend: "wasm", threads: 2 });
    expect(outcome).toMatch(/^2 threads; up to \d{3,} MiB of memory$/);
  });
});
