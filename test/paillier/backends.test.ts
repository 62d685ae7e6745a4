import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BigintBackend } from "../../src/kernels/bigint/index.js";
import type { KernelBackend } from "../../src/kernels/interface.js";
import { WasmBackend } from "../../src/kernels/wasm/index.js";
import { WebGpuBackend } from "../../src/kernels/webgpu/index.js";
import { Paillier } from "../../src/paillier/index.js";
import { fixedKey, seeded } from "./support.js";

describe("backends", () => {
  const backends: KernelBackend[] = [];
  beforeAll(async () => {
    backends.push(await BigintBackend.create(), await WasmBackend.create(), await WebGpuBackend.create({ forceSoftware: true }));
  });
  afterAll(async () => {
    for (const backend of backends) await backend.close();
  });

  it("give the same bytes for the same randomness, all the way", async () => {
    const layout = { slots: 3, slotBits: 80 };
    const results = await Promise.all(
      backends.map(async (kernels) => {
        const paillier = await Paillier.create({ kernels }, fixedKey(512), seeded(11));
        const a = await paillier.encryptSlots([[1.5, -2, 3], [4, 5, -6.25], [0.5], [-1]], { layout, scaleBits: 8, bound: 8 });
        const b = await paillier.dot(
          a,
          [
            [0.5, -3],
            [7, 0],
          ],
          { groups: 2, scaleBits: 4 },
        );
        const c = paillier.addPlain(paillier.sum(b, 2), [[1, -1]]);
        const bytes = [
          ...(await paillier.exportSections(a)),
          ...(await paillier.exportSections(await paillier.multiplyPlain(c, [-2, 3]))),
        ];
        return {
          bytes,
          values: await paillier.decryptSlots(c),
          fresh: await paillier.exportIntegers(await paillier.encrypt(new Array<number>(40).fill(1))),
        };
      }),
    );
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0].values.map((row) => [...row])).toEqual([
      [-11.25 + 10.5 + 1, -16 - 14 - 1, 20.25 + 21],
      [3.25 + 3.5 + 1, -1, 0],
    ]);
  });
});
