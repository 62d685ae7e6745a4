import { afterAll, beforeAll, expect, it } from "vitest";
import { WebGpuBackend } from "../../../src/kernels/webgpu/index.js";
import { BigintBackend } from "../../../src/kernels/bigint/index.js";
import { runRingCases } from "../../support/ring-cases.js";
let gpu: WebGpuBackend; let big: BigintBackend;
beforeAll(async () => { gpu = await WebGpuBackend.create(); big = await BigintBackend.create(); });
afterAll(() => gpu.close());
it.each([[1024, 2], [2048, 3], [4096, 1], [8192, 2]])("%i x %i", async (degree, limbs) => {
  for (const fill of ["random", "edges"] as const) {
  const t0 = performance.now();
  const ours = await runRingCases(gpu, { degree, limbs }, fill);
  const t1 = performance.now();
  const theirs = await runRingCases(big, { degree, limbs }, fill);
  console.log(degree, t1 - t0, performance.now() - t1);
  const bad: string[] = [];
  for (const [name, x] of theirs) { const y = ours.get(name)!; if (x.length !== y.length || x.some((v, i) => v !== y[i])) bad.push(name); }
  expect(bad).toEqual([]);
  }
});
