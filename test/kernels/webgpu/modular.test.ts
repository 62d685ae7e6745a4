import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { LifetimeError, ParameterError } from "../../../src/errors.js";
import type { ModularKernels } from "../../../src/kernels/interface.js";
import { GpuContext } from "../../../src/kernels/webgpu/context.js";
import { onLeak } from "../../../src/kernels/webgpu/leaks.js";
import { createModularKernels } from "../../../src/kernels/webgpu/modular.js";
import { powMod } from "../../../src/math/modular.js";
import { useGpu } from "../../support/gpu.js";
import { testRandom } from "../../support/random.js";

const gpu = useGpu({ forceSoftware: true });
const random = testRandom("modular kernels, 1024 bits");
const n = random.bigBits(512) | 1n;
const m = n * n;
const values = [0n, 1n, m - 1n, m - 2n, (m - 1n) / 2n, random.bigBelow(m), random.bigBelow(m), random.bigBelow(m), 1n << 1000n];

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

let k: ModularKernels;
beforeAll(async () => {
  k = await createModularKernels(gpu(), { n, power: 2 });
});

describe("values and products", () => {
  it("reads back what was uploaded", async () => {
    const a = k.upload(values);
    expect(a).toMatchObject({ kind: "modular", modulus: m, batch: values.length, disposed: false });
    expect(await k.read(a)).toEqual(values);
  });

  it("multiplies all pairs, with a broadcast", async () => {
    const a = k.upload(values.flatMap((v) => values.map(() => v)));
    const b = k.upload(values);
    expect(await k.read(k.multiply(a, b))).toEqual(values.flatMap((v) => values.map((w) => (v * w) % m)));
  });

  it("stays right over a long chain without reductions", async () => {
    let a = k.upload(values);
    let expected = values;
    for (let i = 0; i < 20; i++) {
      a = k.multiply(a, a);
      expected = expected.map((v) => (v * v) % m);
    }
    expect(await k.read(a)).toEqual(expected);
  });

  it("slices and joins, also across memories", async () => {
    const a = k.upload(values);
    const b = k.upload(values.slice(5));
    const joined = k.concat([k.slice(a, 6, 3), k.slice(a, 0, 1), b, k.slice(k.slice(a, 2, 5), 1, 2)]);
    const expected = [...values.slice(6, 9), values[0], ...values.slice(5), ...values.slice(3, 5)];
    expect(await k.read(joined)).toEqual(expected);
    expect(await k.read(k.multiply(k.slice(a, 3, 4), k.slice(a, 7, 2)))).toEqual(
      values.slice(3, 7).map((v, i) => (v * values[7 + (i % 2)]) % m),
    );
  });

  it("keeps a slice alive after its parent", async () => {
    const a = k.upload(values);
    const s = k.slice(a, 5, 2);
    a.dispose();
    expect(await k.read(s)).toEqual(values.slice(5, 7));
    s.dispose();
    expect(s.disposed).toBe(true);
  });
});

describe("product trees", () => {
  const product = (group: readonly number[]) => group.reduce((p, i) => (p * values[i]) % m, 1n);

  it.each([
    ["groups of all sizes", [[5, 6, 7], [], [4], [1, 2], [7, 7, 7, 7, 7], [5, 6, 7, 8, 4, 3, 2], [0, 5]]],
    ["single elements", [[3], [2], [8]]],
    ["only empty groups", [[], []]],
    ["one long group", [Array.from({ length: 37 }, (_, i) => 1 + (i % 8))]],
  ])("%s", async (_, groups) => {
    const a = k.upload(values);
    expect(await k.read(k.products(a, groups))).toEqual(groups.map(product));
  });

  it("takes indices within a slice", async () => {
    const a = k.slice(k.upload(values), 4, 4);
    expect(await k.read(k.products(a, [[0, 3], [1]]))).toEqual([(values[4] * values[7]) % m, values[5]]);
  });

  it("takes one dispatch a level", async () => {
    const a = k.upload(values);
    const before = gpu().counters().dispatches;
    k.products(a, [
      [0, 1, 2, 3, 4],
      [5, 6],
    ]);
    expect(gpu().counters().dispatches - before).toBe(3);
  });
});

describe("powers", () => {
  const exponents = [0n, 1n, 2n, 31n, 32n, 0xffffn, random.bigBits(40), 1n << 39n, (1n << 40n) - 1n];

  it("raises to a shared exponent", async () => {
    const a = k.upload(values);
    for (const e of [0n, 1n, 2n, 65537n, random.bigBits(70)]) {
      expect(await k.read(k.power(a, e))).toEqual(values.map((v) => powMod(v, e, m)));
    }
  });

  it("raises to one exponent an item, bases repeating", async () => {
    const a = k.upload(values.slice(5, 8));
    expect(await k.read(k.power(a, exponents))).toEqual(exponents.map((e, i) => powMod(values[5 + (i % 3)], e, m)));
    expect(await k.read(k.power(k.slice(a, 1, 1), exponents))).toEqual(exponents.map((e) => powMod(values[6], e, m)));
    expect(await k.read(k.power(a, [0n, 0n, 0n]))).toEqual([1n, 1n, 1n]);
  });

  it("raises to a full-length exponent", async () => {
    const e = random.bigBits(1024);
    expect(await k.read(k.power(k.upload([values[6]]), e))).toEqual([powMod(values[6], e, m)]);
  });

  it("does the same work for every exponent of one length", async () => {
    const a = k.upload(values.slice(5));
    const work = (e: bigint[]) => {
      const before = gpu().counters().dispatches;
      k.power(a, e).dispose();
      return gpu().counters().dispatches - before;
    };
    const sparse = work([1n << 99n, 0n, 1n, 0n]);
    expect(work([(1n << 100n) - 1n, 1n, 1n, (1n << 99n) + 1n])).toBe(sparse);
  });

  it("raises a fixed base, with exponents to the last bit of the table", async () => {
    const base = values[7];
    for (const bits of [1, 4, 23]) {
      const table = k.fixedBase(base, bits);
      expect(table).toMatchObject({ base, exponentBits: bits });
      const top = 1n << BigInt(bits);
      const list = [0n, 1n, top - 1n, top / 2n, random.bigBelow(top)];
      expect(await k.read(k.fixedBasePower(table, list))).toEqual(list.map((e) => powMod(base, e, m)));
      table.dispose();
      expect(() => k.fixedBasePower(table, [0n])).toThrow(LifetimeError);
    }
  });
});

describe("lifetime", () => {
  it("tells of a handle that was forgotten, not of one that was disposed of", async () => {
    const forgotten: string[] = [];
    const stop = onLeak((description) => forgotten.push(description));
    // Batches that no other test of this file has: their handles are forgotten too.
    k.upload(Array.from({ length: 17 }, () => 1n));
    k.upload(Array.from({ length: 19 }, () => 1n)).dispose();
    await vi.waitFor(() => {
      collectGarbage();
      expect(forgotten).toContain("modular handle [17]");
    });
    stop();
    expect(forgotten).not.toContain("modular handle [19]");
  });

  it("refuses work and reading after the context is closed", async () => {
    const context = await GpuContext.create({ forceSoftware: true });
    const kernels = await createModularKernels(context, { n: 1009n, power: 1 });
    const a = kernels.upload([5n]);
    await context.close();
    expect(() => kernels.multiply(a, a)).toThrow(LifetimeError);
    await expect(kernels.read(a)).rejects.toThrow(LifetimeError);
  });

  it("stops reading for a signal", async () => {
    const a = k.upload(values);
    await expect(k.read(a, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    expect(await k.read(a)).toEqual(values);
  });
});

describe("refusals", () => {
  it("refuses values, shapes and exponents outside the contract", () => {
    const a = k.upload(values);
    expect(() => k.upload([m])).toThrow(ParameterError);
    expect(() => k.upload([])).toThrow(ParameterError);
    expect(() => k.multiply(a, k.slice(a, 0, 2))).toThrow(/batch of the second operand: expected a divisor of 9, got 2/);
    expect(() => k.products(a, [[9]])).toThrow(ParameterError);
    expect(() => k.power(a, -1n)).toThrow(ParameterError);
    expect(() => k.power(a, [1n, 2n])).toThrow(ParameterError);
    expect(() => k.slice(a, 8, 2)).toThrow(ParameterError);
    expect(() => k.concat([])).toThrow(ParameterError);
    expect(() => k.fixedBasePower(k.fixedBase(3n, 8), [256n])).toThrow(/expected an integer in \[0, 2\^8\)/);
  });

  it("refuses even moduli", async () => {
    await expect(createModularKernels(gpu(), { n: 1n << 100n, power: 1 })).rejects.toThrow(ParameterError);
  });

  it("refuses disposed and foreign handles and tables", async () => {
    const other = await createModularKernels(gpu(), { n, power: 2 });
    const a = k.upload([5n]);
    expect(() => other.multiply(a, a)).toThrow(/expected a handle of these kernels/);
    expect(() => other.fixedBasePower(k.fixedBase(3n, 8), [1n])).toThrow(ParameterError);
    a.dispose();
    a.dispose();
    expect(() => k.multiply(a, a)).toThrow(LifetimeError);
    await expect(k.read(a)).rejects.toThrow(LifetimeError);
  });
});

describe("a small modulus", () => {
  it("works down to 3", async () => {
    const three = await createModularKernels(gpu(), { n: 3n, power: 1 });
    const a = three.upload([0n, 1n, 2n]);
    expect(await three.read(three.multiply(a, a))).toEqual([0n, 1n, 1n]);
    expect(await three.read(three.power(a, 5n))).toEqual([0n, 1n, 2n]);
  });
});
