/** Long work in parts: slices over dispatches, window tables in several goes, and what does not fit at all. */
import { beforeAll, expect, it } from "vitest";
import { LimitError } from "../../../src/errors.js";
import type { ModularKernels } from "../../../src/kernels/interface.js";
import { createModularKernels } from "../../../src/kernels/webgpu/modular.js";
import { planGeometry } from "../../../src/kernels/webgpu/modular-geometry.js";
import { powMod } from "../../../src/math/modular.js";
import { useGpu } from "../../support/gpu.js";
import { testRandom } from "../../support/random.js";

// A number of 520 bits takes 192 bytes, a row of 8 powers 1536: tables of two rows fit, and 32 numbers.
const gpu = useGpu({ forceSoftware: true, limits: { maxStorageBufferBindingSize: 6144 } });
const random = testRandom("modular parts");
const m = random.bigBits(520) | 1n;
const values = Array.from({ length: 7 }, () => random.bigBelow(m));
const exponents = Array.from({ length: 14 }, () => random.bigBits(30));

let k: ModularKernels;
beforeAll(async () => {
  // Two products of 48 limbs to a dispatch.
  k = await createModularKernels(gpu(), { n: m, power: 1 }, { budget: 4 * 48 ** 2 });
});

async function dispatches(work: () => Promise<unknown>): Promise<number> {
  const before = gpu().counters().dispatches;
  await work();
  return gpu().counters().dispatches - before;
}

it("cuts products over items", async () => {
  const a = k.upload(values);
  const squares = k.multiply(a, a);
  expect(await k.read(squares)).toEqual(values.map((v) => (v * v) % m));
  expect(await dispatches(() => k.read(squares))).toBe(4);
});

it("cuts powers over windows, and window tables over rows and entries", async () => {
  const a = k.upload(values);
  expect(await k.read(k.power(a, exponents))).toEqual(exponents.map((e, i) => powMod(values[i % 7]!, e, m)));
  expect(await k.read(k.power(k.slice(a, 2, 3), exponents[0]!))).toEqual(
    values.slice(2, 5).map((v) => powMod(v, exponents[0]!, m)),
  );
});

it("cuts fixed-base powers over windows", async () => {
  const table = k.fixedBase(values[0]!, 7);
  const list = [0n, 1n, 127n, 85n];
  expect(await k.read(k.fixedBasePower(table, list))).toEqual(list.map((e) => powMod(values[0]!, e, m)));
});

it("packs several numbers into a workgroup, as on hardware, and leaves the last workgroup part empty", async () => {
  const wide = await createModularKernels(gpu(), { n: m, power: 1 }, { isSoftware: false });
  expect(planGeometry(m, gpu().limits, false).numbers).toBeGreaterThan(3);
  const a = wide.upload(values);
  const b = wide.upload([values[3]!]);
  expect(await wide.read(wide.multiply(a, b))).toEqual(values.map((v) => (v * values[3]!) % m));
  expect(await wide.read(wide.products(a, [[0, 1, 2], [], [6], [5, 5]]))).toEqual([
    (((values[0]! * values[1]!) % m) * values[2]!) % m,
    1n,
    values[6],
    (values[5]! * values[5]!) % m,
  ]);
  expect(await wide.read(wide.power(a, exponents))).toEqual(exponents.map((e, i) => powMod(values[i % 7]!, e, m)));
  const list = [0n, 1n, 127n, 85n, 63n, 64n];
  expect(await wide.read(wide.fixedBasePower(wide.fixedBase(values[0]!, 7), list))).toEqual(
    list.map((e) => powMod(values[0]!, e, m)),
  );
});

it("puts each of several slices into a submission of its own", async () => {
  const a = k.upload(values);
  await gpu().flush();
  const before = gpu().counters();
  k.multiply(a, a);
  await gpu().flush();
  const after = gpu().counters();
  expect(after.submissions - before.submissions).toBe(after.dispatches - before.dispatches);
});

it("refuses batches and tables beyond one binding, and stays usable", async () => {
  expect(() => k.upload(Array.from({ length: 33 }, () => 1n))).toThrow(LimitError);
  expect(() => k.upload(Array.from({ length: 33 }, () => 1n))).toThrow(
    /maxStorageBufferBindingSize: expected at least 6336, got 6144/,
  );
  expect(() => k.fixedBase(3n, 2000)).toThrow(LimitError);
  expect(await k.read(k.upload([5n]))).toEqual([5n]);
});
