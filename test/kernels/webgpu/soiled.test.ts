/** Every kernel writes the whole of its result and reads nothing that it or an upload has not written: memory is handed out full of ones here. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BigintBackend } from "../../../src/kernels/bigint/index.js";
import { WebGpuBackend } from "../../../src/kernels/webgpu/index.js";
import { digest } from "../../support/digest.js";
import { runModularCases, testModulus } from "../../support/modular-cases.js";
import { runRingCases } from "../../support/ring-cases.js";

let backend: WebGpuBackend;
let bigint: BigintBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.create({ soil: true });
  bigint = await BigintBackend.create();
});
afterAll(() => backend?.close());

describe("on memory full of ones", () => {
  it.each([
    [1024, 4],
    [2048, 3],
    [8192, 2],
  ])("ring kernels of N = %i, %i limbs, compute the same", async (degree, limbs) => {
    const expected = await runRingCases(bigint, { degree, limbs }, "random");
    const got = await runRingCases(backend, { degree, limbs }, "random");
    for (const [name, residues] of expected) expect(digest(got.get(name)!), name).toBe(digest(residues));
  });

  it("modular kernels compute the same", async () => {
    const declaration = testModulus(1024, 2);
    const expected = await runModularCases(bigint, declaration);
    const got = await runModularCases(backend, declaration);
    for (const [name, values] of expected) expect(got.get(name), name).toEqual(values);
  });
});
