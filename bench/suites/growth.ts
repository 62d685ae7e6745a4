/** Growth curves: how the time of one operation changes with batch, N, limbs, key size and threads. One parameter moves at a time. */
import type { KernelBackend, ModularKernels, RingHandle, RingKernels } from "../../src/kernels/interface.js";
import { testRandom } from "../../test/support/random.js";
import type { Case, Prepared } from "../case.js";
import { prepareRing, type RingSetup } from "./ring.js";

const base: RingSetup = { degree: 8192, limbs: 5, batch: 1, form: "coefficient", other: "plaintext" };
const transform = (k: RingKernels, a: RingHandle) => k.ntt(a);

/** Bigint stays below what would take it minutes; a software GPU below what would take it long. */
const affordable = (backend: KernelBackend, work: number): boolean =>
  work <= (backend.name === "bigint" ? 2 ** 21 : backend.describe().isSoftware ? 2 ** 21 : 2 ** 26);

function ringCurve(axis: "batch" | "degree" | "limbs", values: readonly number[]): Case[] {
  return values.map((value) => {
    const setup = { ...base, [axis]: value };
    const { degree, limbs, batch } = setup;
    return {
      name: "ntt",
      params: { N: degree, limbs, batch, variant: `growth with ${axis === "degree" ? "N" : axis}` },
      prepare: async (backend) =>
        affordable(backend, degree * limbs * batch) ? prepareRing(backend, setup, transform) : undefined,
    };
  });
}

/** One case: its rows on engines of different numbers of threads are the curve. */
function threadCurve(): Case[] {
  const setup = { ...base, batch: 16 };
  const { degree, limbs, batch } = setup;
  return [
    {
      name: "ntt",
      params: { N: degree, limbs, batch, variant: "growth with threads" },
      prepare: async (backend) => (backend.name === "wasm" ? prepareRing(backend, setup, transform) : undefined),
    },
  ];
}

function keyCurve(values: readonly number[]): Case[] {
  return values.map((keyBits) => ({
    name: "product",
    params: { keyBits, modulusBits: 2 * keyBits, variant: "growth with key size" },
    prepare: async (backend) =>
      prepareProduct(backend, await backend.modular({ n: testRandom(`growth ${keyBits}`).bigBits(keyBits) | 1n, power: 2 })),
  }));
}

async function prepareProduct(backend: KernelBackend, k: ModularKernels): Promise<Prepared> {
  const batch = 64;
  const random = testRandom("growth");
  const a = k.upload(Array.from({ length: batch }, () => random.bigBelow(k.modulus)));
  return {
    items: batch,
    params: { batch },
    run: async () => {
      const result = k.multiply(a, a);
      await backend.flush();
      result.dispose();
    },
    close: () => a.dispose(),
  };
}

export const growthCases = (): Case[] => [
  ...ringCurve("batch", [1, 2, 4, 8, 16, 32, 64]),
  ...ringCurve("degree", [1024, 2048, 4096, 8192, 16384, 32768, 65536]),
  ...ringCurve("limbs", [1, 2, 4, 8, 16]),
  ...threadCurve(),
  ...keyCurve([1024, 2048, 3072, 4096]),
];
