/** The same bytes on every backend, from reading a file to writing one. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BigintBackend } from "../../../src/kernels/bigint/index.js";
import type { KernelBackend } from "../../../src/kernels/interface.js";
import { WasmBackend } from "../../../src/kernels/wasm/index.js";
import { WebGpuBackend } from "../../../src/kernels/webgpu/index.js";
import {
  fromPaillierBigint,
  PaillierBigint,
  PaillierBigintDecryptor,
  PhePaillierDecryptor,
} from "../../../src/paillier/interop/index.js";
import { Paillier } from "../../../src/paillier/paillier.js";
import { fixedKey, plainKey, seeded } from "../support.js";

describe("backends", () => {
  const backends: KernelBackend[] = [];
  beforeAll(async () => {
    backends.push(await BigintBackend.create(), await WasmBackend.create(), await WebGpuBackend.create({ forceSoftware: true }));
  });
  afterAll(async () => {
    for (const backend of backends) await backend.close();
  });

  it("write the same files of encrypted numbers for the same randomness", async () => {
    const results = await Promise.all(
      backends.map(async (kernels) => {
        const phe = new PhePaillierDecryptor(await Paillier.create({ kernels }, fixedKey(256), seeded(21)));
        const sent = await phe.writeJson(await phe.encrypt([1.5, -2n, 1e-3, 7n]));
        const a = phe.readJson(sent);
        const weights = [
          [0.5, -3n],
          [7n, 0],
        ];
        const dots = await phe.dot(a, weights, { groups: 2 });
        const more = phe.addPlain(await phe.subtract(await phe.add(a, a), phe.decreaseExponentTo(a, -20)), 1n);
        const answer = await phe.writeJson(dots);
        return { sent, answer, more: await phe.writeJson(more), values: [await phe.decrypt(dots), await phe.decrypt(more)] };
      }),
    );
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]!.values).toEqual([
      [6.75, 10.5, 0.0005 - 21, 0.007],
      [2.5, -1, 1.001, 8],
    ]);
  });

  it("give the same ciphertexts under a random generator", async () => {
    const { n } = plainKey().publicKey;
    const g = ((1n + 12345n * n) * 77n ** 5n) % (n * n);
    const { p, q } = plainKey().constants();
    const results = await Promise.all(
      backends.map(async (kernels) => {
        const key = fromPaillierBigint({ n, g, p, q }, { unsafe: true });
        const open = fromPaillierBigint({ n, g }, { unsafe: true });
        const anybody = new PaillierBigint(await Paillier.create({ kernels }, open.publicKey, seeded(4)), open);
        const owner = new PaillierBigintDecryptor(await Paillier.create({ kernels }, key.secretKey, seeded(5)), key);
        const c = anybody.addPlain(await anybody.multiplyPlain(await anybody.encrypt([1n, -2n]), [-3n]), [10n]);
        const numbers = await anybody.exportIntegers(c);
        return { numbers, values: await owner.decrypt(owner.importIntegers(numbers)) };
      }),
    );
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]!.values).toEqual([7n, 16n]);
  });
});
