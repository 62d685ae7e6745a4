import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BackendUnavailableError, LifetimeError, LimitError, ParameterError } from "../../../src/errors.js";
import { WebGpuBackend } from "../../../src/kernels/webgpu/index.js";
import { nttPrimes } from "../../../src/math/primes.js";

const degree = 1024;
const primes = nttPrimes({ degree, bits: 30, count: 2 });

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.create();
});
afterAll(() => backend.close());

describe("the webgpu backend", () => {
  it("describes itself in plain data", () => {
    const description = backend.describe();
    expect(description).toEqual(structuredClone(description));
    expect(description).toMatchObject({ backend: "webgpu", threads: 1 });
    expect(description.adapter).not.toBe("");
    expect(description.isSoftware).toBe(/swiftshader|llvmpipe/i.test(description.adapter));
    expect(description.limits.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(2 ** 27);
  });

  it("asks for no more than WebGPU's defaults, except for the size of buffers", () => {
    expect(backend.describe().limits).toMatchObject({
      maxStorageBuffersPerShaderStage: 8,
      maxComputeWorkgroupStorageSize: 16384,
      maxComputeInvocationsPerWorkgroup: 256,
      maxComputeWorkgroupsPerDimension: 65535,
    });
  });

  it("makes kernels once, by degree and primes", async () => {
    const first = await backend.ring(degree, primes);
    expect(await backend.ring(degree, [...primes])).toBe(first);
    expect(await backend.ring(degree, [primes[0]])).not.toBe(first);
  });

  it("refuses degrees and primes that it cannot serve, and serves others afterwards", async () => {
    await expect(backend.ring(512, [primes[0]])).rejects.toThrow(LimitError);
    await expect(backend.ring(2 ** 17, [primes[0]])).rejects.toThrow(LimitError);
    await expect(backend.ring(1000, [primes[0]])).rejects.toThrow(ParameterError);
    await expect(backend.ring(degree, [])).rejects.toThrow(ParameterError);
    await expect(backend.ring(degree, [primes[0], primes[0]])).rejects.toThrow(ParameterError);
    await expect(backend.ring(degree, [7])).rejects.toThrow(ParameterError);
    expect((await backend.ring(degree, primes)).degree).toBe(degree);
  });

  it.each([
    ["maxComputeWorkgroupStorageSize", 2048],
    ["maxComputeInvocationsPerWorkgroup", 128],
    ["maxStorageBuffersPerShaderStage", 4],
    ["maxStorageBufferBindingSize", 4096],
  ] as const)("says which limit is too low: %s", async (name, value) => {
    const small = await WebGpuBackend.create({ limits: { [name]: value } });
    const before = small.counters();
    const failure = await small.ring(degree, primes).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LimitError);
    expect(String(failure)).toContain(`${name}: expected at least`);
    expect(String(failure)).toContain(`got ${value}`);
    expect(small.counters()).toEqual(before);
    await small.close();
  });

  it("refuses a device that is none, and an adapter that nobody has", async () => {
    await expect(WebGpuBackend.create({ device: {} })).rejects.toThrow(ParameterError);
    await expect(WebGpuBackend.create({ device: null })).rejects.toThrow(ParameterError);
    await expect(WebGpuBackend.create({ adapter: "no such adapter" })).rejects.toThrow(BackendUnavailableError);
  });

  it("is dead after close", async () => {
    const other = await WebGpuBackend.create();
    const kernels = await other.ring(degree, primes);
    const a = kernels.upload(new Uint32Array(2 * degree), { basis: primes, form: "ntt", batch: 1 });
    await other.close();
    await other.close();
    expect(await other.lost).toBe("closed");
    expect(() => kernels.add(a, a)).toThrow(LifetimeError);
    await expect(kernels.read(a)).rejects.toThrow(LifetimeError);
    await expect(other.ring(degree, primes)).rejects.toThrow(LifetimeError);
    await expect(other.modular({ n: 15n, power: 1 })).rejects.toThrow(LifetimeError);
    await expect(other.flush()).rejects.toThrow(LifetimeError);
  });

  it("flushes", async () => {
    const kernels = await backend.ring(degree, primes);
    const a = kernels.upload(new Uint32Array(2 * degree), { basis: primes, form: "ntt", batch: 1 });
    const before = backend.counters();
    const b = kernels.add(a, a);
    expect(backend.counters().submissions).toBe(before.submissions);
    await backend.flush();
    expect(backend.counters().submissions).toBe(before.submissions + 1);
    a.dispose();
    b.dispose();
  });
});
