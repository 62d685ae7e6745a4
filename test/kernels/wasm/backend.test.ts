import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LifetimeError } from "../../../src/errors.js";
import { BigintBackend } from "../../../src/kernels/bigint/index.js";
import { WasmBackend, type WasmOptions } from "../../../src/kernels/wasm/index.js";
import { digest } from "../../support/digest.js";
import { MODULAR_CASES, runModularCases, testModulus } from "../../support/modular-cases.js";
import { casesFor, runRingCases } from "../../support/ring-cases.js";

const settings: [string, WasmOptions][] = [
  ["one thread", { threads: 1 }],
  ["three threads", { threads: 3 }],
  ["memory that is not shared", { shared: false }],
];

let bigint: BigintBackend;
beforeAll(async () => {
  bigint = await BigintBackend.create();
});
afterAll(() => bigint.close());

describe.each(settings)("the backend with %s", (_name, options) => {
  it("describes itself", async () => {
    const backend = await WasmBackend.create({ ...options, maximumBytes: 2 ** 28 });
    expect(backend.name).toBe("wasm");
    expect(backend.describe()).toEqual({
      backend: "wasm",
      adapter: "none",
      isSoftware: false,
      threads: options.threads ?? 1,
      limits: { memoryBytes: 2 ** 28 },
      ...(options.shared === false && { note: "one thread, because threads that share memory were not wanted" }),
    });
    await backend.close();
    expect(await backend.lost).toBe("closed");
  });

  it("returns what bigint returns on rings", async () => {
    const backend = await WasmBackend.create(options);
    const setting = { degree: 1024, limbs: 3 };
    for (const fill of ["random", "edges"] as const) {
      const [expected, got] = [await runRingCases(bigint, setting, fill), await runRingCases(backend, setting, fill)];
      for (const [name, residues] of expected) expect(digest(got.get(name)!), name).toBe(digest(residues));
      expect(got.size).toBe(casesFor(setting).length);
    }
    await backend.close();
  });

  it("returns what bigint returns modulo big integers", async () => {
    const backend = await WasmBackend.create(options);
    const modulus = testModulus(1024, 2);
    const [expected, got] = [await runModularCases(bigint, modulus), await runModularCases(backend, modulus)];
    for (const [name, values] of expected) expect(got.get(name), name).toEqual(values);
    expect(got.size).toBe(MODULAR_CASES.length);
    await backend.close();
  });

  it("shares kernels of one name while they are used", async () => {
    const backend = await WasmBackend.create(options);
    const [a, b] = await Promise.all([backend.ring(1024, [12289]), backend.ring(1024, [12289])]);
    expect(a).toBe(b);
    const modulus = testModulus(1024, 1);
    expect(await backend.modular(modulus)).toBe(await backend.modular(modulus));
    await backend.close();
  });

  it("refuses work after close, and lets handles be disposed of", async () => {
    const backend = await WasmBackend.create(options);
    const ring = await backend.ring(1024, [12289]);
    const handle = ring.upload(new Uint32Array(1024), { basis: [12289], form: "coefficient", batch: 1 });
    await backend.close();
    await backend.close();
    expect(() => ring.ntt(handle)).toThrow(LifetimeError);
    await expect(ring.read(handle)).rejects.toThrow(LifetimeError);
    await expect(backend.ring(1024, [12289])).rejects.toThrow(LifetimeError);
    await expect(backend.modular(testModulus(1024, 1))).rejects.toThrow(LifetimeError);
    await expect(backend.flush()).rejects.toThrow(LifetimeError);
    handle.dispose();
  });
});
