/** A device with a helper on the CPU gives the bytes of the specification, whatever becomes of the helper. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EncodingError, ParameterError, WireError } from "../../src/errors.js";
import { BigintBackend } from "../../src/kernels/bigint/index.js";
import { CpuHelper } from "../../src/kernels/helped.js";
import type { KernelBackend, RingKernels } from "../../src/kernels/interface.js";
import { WasmBackend } from "../../src/kernels/wasm/index.js";
import { WebGpuBackend } from "../../src/kernels/webgpu/index.js";
import { WebGpuRingKernels } from "../../src/kernels/webgpu/ring.js";
import { Domain } from "../../src/math/chacha.js";
import { nttPrimes } from "../../src/math/primes.js";
import { digest } from "../support/digest.js";
import { runHostCases } from "../support/host-cases.js";
import { runRingCases } from "../support/ring-cases.js";

const setting = { degree: 1024, limbs: 3 };
const primes = nttPrimes({ degree: 1024, bits: 30, count: 3 });
let bigint: BigintBackend;
beforeAll(async () => {
  bigint = await BigintBackend.create();
});

/** What a helper was asked for, around a backend that answers. */
function watched(backend: KernelBackend): { readonly calls: string[]; readonly backend: KernelBackend } {
  const calls: string[] = [];
  const ring = async (degree: number, of: readonly number[]) => {
    const kernels = await backend.ring(degree, of);
    return new Proxy(kernels, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          calls.push(String(name));
          return Reflect.apply(value, target, args);
        };
      },
    });
  };
  return { calls, backend: new Proxy(backend, { get: (target, name) => (name === "ring" ? ring : bound(target, name)) }) };
}

function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name) as unknown;
  return typeof value === "function" ? value.bind(target) : value;
}

describe("a device with a helper", () => {
  const calls: string[] = [];
  let gpu: WebGpuBackend;
  let opened = 0;
  beforeAll(async () => {
    gpu = await WebGpuBackend.create({
      host: async () => {
        opened++;
        const found = watched(await WasmBackend.create({ threads: 1 }));
        found.calls.push = (...names) => calls.push(...names);
        return found.backend;
      },
    });
  });
  afterAll(() => gpu?.close());

  it("opens it once, when it is needed, and tells its threads", async () => {
    const k = await gpu.ring(1024, primes);
    const a = k.upload(new Uint32Array(3 * 1024), { basis: primes, form: "coefficient", batch: 1 });
    await k.read(k.ntt(a));
    expect(opened).toBe(0);
    expect(gpu.describe().threads).toBe(1);
    await Promise.all([k.decode(a, 1), k.readPacked(a)]);
    expect(opened).toBe(1);
    expect(calls).toEqual(expect.arrayContaining(["decode", "readPacked"]));
  });

  it("encodes, decodes and samples to the same bytes", async () => {
    const expected = await runHostCases(bigint, setting);
    const got = await runHostCases(gpu, setting);
    expect([...got.keys()]).toEqual([...expected.keys()]);
    for (const [name, words] of expected) expect(digest(got.get(name)!), name).toBe(digest(words));
    for (const name of ["encode", "decode", "sampleUniform", "sampleTernary", "sampleGaussian"]) expect(calls).toContain(name);
  });

  it("packs to the same bytes, and computes as before", async () => {
    const expected = await runRingCases(bigint, setting, "random");
    const got = await runRingCases(gpu, setting, "random");
    for (const [name, residues] of expected) expect(digest(got.get(name)!), name).toBe(digest(residues));
    const [k, s] = [await gpu.ring(1024, primes), await bigint.ring(1024, primes)];
    const source = { seed: new Uint8Array(32).fill(3), domain: Domain.PublicUniform };
    const shape = { basis: primes, form: "ntt", batch: 2 } as const;
    const packed = await s.readPacked(await s.sampleUniform(source, shape));
    const uploaded = await k.uploadPacked(packed, shape, "residues");
    expect(await k.readPacked(uploaded)).toEqual(packed);
    const into = new Uint8Array(packed.length);
    expect(await k.readPacked(uploaded, { into })).toBe(into);
    expect(into).toEqual(packed);
    await expect(k.readPacked(uploaded, { into: into.subarray(1) })).rejects.toThrow(/into/);
  });

  it("refuses what the specification refuses, in its words", async () => {
    const words = async (call: (k: RingKernels) => Promise<unknown>, kind: unknown) => {
      const errors = await Promise.all(
        [gpu, bigint].map(async (backend) => call(await backend.ring(1024, primes)).catch((error: unknown) => error)),
      );
      expect(errors[0]).toBeInstanceOf(kind);
      expect((errors[0] as Error).message).toBe((errors[1] as Error).message);
    };
    const plan = { scale: 2, basis: primes };
    await words((k) => k.encode([[1], [Number.NaN]], plan), EncodingError);
    await words((k) => k.encode(null as never, plan), ParameterError);
    await words((k) => k.uploadPacked(new Uint8Array(7), { basis: primes, form: "ntt", batch: 1 }, "bytes"), WireError);
  });

  it("stops when the signal says so", async () => {
    const k = await gpu.ring(1024, primes);
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    await expect(k.encode([[1]], { scale: 2, basis: primes }, { signal: controller.signal })).rejects.toThrow("enough");
  });
});

describe("a helper", () => {
  it("is given batches in parts that it has room for, and what is told of them is told of the whole", async () => {
    const gpu = await WebGpuBackend.create();
    const wasm = watched(await WasmBackend.create({ threads: 1 }));
    const cpu = new CpuHelper(async () => wasm.backend, 2 * 3 * 1024 + 5);
    const k = await WebGpuRingKernels.create(gpu.context, 1024, primes, cpu);
    const s = await bigint.ring(1024, primes);
    const items = Array.from({ length: 5 }, (_, i) => [i + 0.5, -i]);
    const progress: [number, number][] = [];
    const plan = { scale: 2 ** 20, basis: primes };
    const encoded = await k.encode(items, plan, { onProgress: (done, total) => progress.push([done, total]) });
    expect(wasm.calls.filter((name) => name === "encode")).toHaveLength(3);
    expect(progress.at(-1)).toEqual([5, 5]);
    expect(digest(await k.read(encoded))).toBe(digest(await s.read(await s.encode(items, plan))));
    expect((await k.decode(encoded, 2 ** 20)).map(({ re }) => Math.round(10 * re[0]))).toEqual([5, 15, 25, 35, 45]);
    for (const kind of ["sampleUniform", "sampleTernary", "sampleGaussian"] as const) {
      const shape = { basis: primes, form: "coefficient", batch: 5 } as const;
      const domain = kind === "sampleUniform" ? Domain.PublicUniform : Domain.Error;
      const source = { seed: new Uint8Array(32).fill(9), domain, first: 4 };
      expect(digest(await k.read(await k[kind](source, shape)))).toBe(digest(await s.read(await s[kind](source, shape))));
    }
    await cpu.close();
    expect(await cpu.ring(1024, primes)).toBeUndefined();
    await gpu.close();
  });

  it.each<[string, () => Promise<KernelBackend>]>([
    ["does not open", () => Promise.reject(new Error("no"))],
    [
      "is lost",
      async () => {
        const backend = await WasmBackend.create({ threads: 1 });
        await backend.close();
        return backend;
      },
    ],
  ])("that %s is done without", async (_name, host) => {
    const gpu = await WebGpuBackend.create({ host });
    const expected = await runHostCases(bigint, { degree: 1024, limbs: 1 });
    const got = await runHostCases(gpu, { degree: 1024, limbs: 1 });
    for (const [name, words] of expected) expect(digest(got.get(name)!), name).toBe(digest(words));
    expect(gpu.describe().threads).toBe(1);
    await gpu.close();
  });
});
