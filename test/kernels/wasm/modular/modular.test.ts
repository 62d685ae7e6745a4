import { describe, expect, it } from "vitest";
import { LifetimeError, LimitError, ParameterError } from "../../../../src/errors.js";
import { BigintBackend } from "../../../../src/kernels/bigint/index.js";
import type { KernelBackend, ModularHandle } from "../../../../src/kernels/interface.js";
import { WasmModularKernels } from "../../../../src/kernels/wasm/modular/modular.js";
import { runModularCases, testModulus } from "../../../support/modular-cases.js";
import { testRandom } from "../../../support/random.js";
import { testKernels, testRuntime } from "./support.js";

const random = testRandom("modular kernels in WebAssembly");

describe("the table of modular operations", () => {
  const sizes = [
    [2, 1],
    [4, 2],
    [31, 1],
    [33, 1],
    [64, 2],
    [512, 1],
    [1024, 2],
    [2048, 1],
    [3072, 2],
    [4096, 2],
    [6144, 2],
    [8192, 1],
    [8192, 2],
  ] as const;
  it.each(sizes)("%i bits, n^%i, for one thread and for three", async (bits, power) => {
    const declaration = bits < 5 ? { n: 3n, power } : testModulus(bits, power);
    const expected = await runModularCases(await BigintBackend.create(), declaration);
    for (const threads of [1, 3]) {
      const runtime = await testRuntime(threads);
      const backend = {
        name: "wasm",
        modular: async () => WasmModularKernels.create(runtime, declaration),
      } as unknown as KernelBackend;
      const got = await runModularCases(backend, declaration);
      for (const [name, values] of expected) expect(got.get(name), name).toEqual(values);
      expect(got.size).toBe(expected.size);
    }
  });
});

describe("products", () => {
  it("of long groups are the same however many threads share them", async () => {
    const declaration = testModulus(256, 1);
    const m = declaration.n;
    const values = Array.from({ length: 1000 }, () => random.bigBelow(m));
    const groups = [values.map((_, i) => i), [], [3], values.slice(0, 37).map((_, i) => 999 - i)];
    const want = groups.map((group) => group.reduce((product, i) => (product * values[i]) % m, 1n));
    for (const threads of [1, 2, 16]) {
      const { k, runtime } = await testKernels(declaration, { threads });
      const a = k.upload(values);
      const before = runtime.recorded.length;
      const result = k.products(a, groups);
      expect(await k.read(result)).toEqual(want);
      // More threads than groups: the groups are cut, and their parts multiplied by a second command.
      expect(runtime.recorded.slice(before)).toEqual([
        ...new Array<string>(threads === 1 || groups.length >= 2 * threads ? 1 : 2).fill("modularProducts"),
        "modularRead",
      ]);
      for (const h of [a, result]) h.dispose();
      expect(runtime.live()).toBe(1);
    }
  });
});

describe("handles", () => {
  const declaration = testModulus(512, 2);
  const m = declaration.n ** 2n;
  const values = [0n, 1n, m - 1n, 1n << 500n, ...Array.from({ length: 4 }, () => random.bigBelow(m))];

  it("slice without a copy and join", async () => {
    const { k, runtime } = await testKernels(declaration);
    const a = k.upload(values);
    const b = k.upload(values.slice(5));
    const before = runtime.recorded.length;
    const slices = [k.slice(a, 6, 2), k.slice(a, 0, 1), k.slice(k.slice(a, 2, 5), 1, 2)];
    expect(runtime.recorded).toHaveLength(before);
    a.dispose();
    const joined = k.concat([...slices, b]);
    expect(await k.read(joined)).toEqual([...values.slice(6, 8), values[0], ...values.slice(3, 5), ...values.slice(5)]);
    expect(joined).toMatchObject({ kind: "modular", modulus: m, batch: 8, disposed: false });
  });

  it("join many, over several tasks of copying", async () => {
    const { k } = await testKernels(declaration);
    const many = Array.from({ length: 1500 }, (_, i) => BigInt(i) ** 3n);
    const a = k.upload(many);
    expect(await k.read(k.concat([a, k.upload([7n])]))).toEqual([...many, 7n]);
  });

  it("own their memory until they are disposed of", async () => {
    const { k, runtime } = await testKernels(declaration, { threads: 4 });
    const handles: ModularHandle[] = [k.upload(values)];
    const [a] = handles;
    handles.push(k.multiply(a, a), k.slice(a, 1, 3), k.power(a, 5n), k.products(a, [[0, 1]]), k.concat([a, a]));
    handles.push(k.multiPower(a, [[1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]], 1));
    const table = k.fixedBase(3n, 20);
    handles.push(k.fixedBasePower(table, [5n]));
    await k.read(handles[1]);
    table.dispose();
    table.dispose();
    for (const h of handles) {
      h.dispose();
      h.dispose();
      expect(h.disposed).toBe(true);
    }
    // The constants of the modulus stay.
    expect(runtime.live()).toBe(1);
    expect(() => k.multiply(a, a)).toThrow(LifetimeError);
    expect(() => k.fixedBasePower(table, [1n])).toThrow(LifetimeError);
    await expect(k.read(a)).rejects.toThrow(LifetimeError);
  });

  it("of other kernels, and wrong shapes, are refused before anything is recorded", async () => {
    const { k, runtime } = await testKernels(declaration);
    const other = (await testKernels(declaration)).k;
    const a = k.upload(values);
    const before = [runtime.live(), runtime.recorded.length];
    expect(() => k.multiply(a, other.upload([1n]))).toThrow(LifetimeError);
    expect(() => k.fixedBasePower(other.fixedBase(3n, 8), [1n])).toThrow(ParameterError);
    for (const call of [
      () => k.upload([m]),
      () => k.upload([]),
      () => k.multiply(a, k.slice(a, 0, 3)),
      () => k.products(a, [[8]]),
      () => k.power(a, -1n),
      () => k.power(a, [1n, 2n]),
      () => k.multiPower(a, [[1n]], 1),
      () => k.multiPower(a, [[1n]], 3),
      () => k.fixedBase(m, 8),
      () => k.fixedBase(2n, 0),
      () => k.fixedBasePower(k.fixedBase(2n, 8), [256n]),
      () => k.slice(a, 7, 2),
      () => k.concat([]),
    ])
      expect(call).toThrow(ParameterError);
    // Two slices and a table were arguments; a slice owns no block of its own.
    expect(runtime.live()).toBe(before[0] + 1);
    expect(() => WasmModularKernels.create(runtime, { n: 4n, power: 1 })).toThrow(ParameterError);
    expect(() => WasmModularKernels.create(runtime, { n: (1n << 8192n) + 1n, power: 1 })).toThrow(LimitError);
  });

  it("stop reading when told", async () => {
    const { k } = await testKernels(declaration);
    const a = k.upload(values);
    await expect(k.read(a, { signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow("stop");
  });
});
