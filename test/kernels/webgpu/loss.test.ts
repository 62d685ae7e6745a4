import { describe, expect, it } from "vitest";
import { requestAdapter } from "#gpu";
import { DeviceLostError } from "../../../src/errors.js";
import { WebGpuBackend } from "../../../src/kernels/webgpu/index.js";
import { nttPrimes } from "../../../src/math/primes.js";

const degree = 1024;
const basis = nttPrimes({ degree, bits: 30, count: 2 });

async function openDevice(): Promise<GPUDevice> {
  const adapter = await requestAdapter();
  return adapter!.requestDevice();
}

describe("a lost device", () => {
  it("rejects the work in flight and all later work with one error, and tells the reason once", async () => {
    const device = await openDevice();
    const backend = await WebGpuBackend.create({ device });
    const kernels = await backend.ring(degree, basis);
    const a = kernels.upload(new Uint32Array(2 * degree).fill(1), { basis, form: "coefficient", batch: 1 });
    let b = kernels.ntt(a);
    for (let i = 0; i < 20; i++) b = kernels.multiply(b, b);
    const reads = [kernels.read(a), kernels.read(b)].map((reading) => reading.catch((error: unknown) => error));
    device.destroy();
    const [first, second] = await Promise.all(reads);
    expect(first).toBeInstanceOf(DeviceLostError);
    expect(second).toBe(first);
    expect(await backend.lost).toMatch(/^destroyed: /);
    const c = kernels.add(b, b);
    await expect(kernels.read(c)).rejects.toBe(first);
    await expect(backend.flush()).rejects.toBe(first);
    await backend.close();
  });

  it("does not keep close() from ending", async () => {
    const device = await openDevice();
    const backend = await WebGpuBackend.create({ device });
    const kernels = await backend.ring(degree, basis);
    kernels.upload(new Uint32Array(2 * degree), { basis, form: "ntt", batch: 1 });
    device.destroy();
    await backend.close();
    expect(await backend.lost).toMatch(/destroyed|closed/);
  });
});

describe("a device of the caller's", () => {
  it("works after the backend is closed", async () => {
    const device = await openDevice();
    const backend = await WebGpuBackend.create({ device });
    const kernels = await backend.ring(degree, basis);
    const a = kernels.upload(new Uint32Array(2 * degree).fill(3), { basis, form: "ntt", batch: 1 });
    expect((await kernels.read(kernels.add(a, a)))[5]).toBe(6);
    await backend.close();
    const buffer = device.createBuffer({ size: 4, usage: GPU_MAP_READ | GPU_COPY_DST });
    device.queue.writeBuffer(buffer, 0, Uint32Array.of(42));
    await buffer.mapAsync(1);
    expect(new Uint32Array(buffer.getMappedRange())[0]).toBe(42);
    device.destroy();
    await device.lost;
  });
});

const GPU_MAP_READ = 1;
const GPU_COPY_DST = 8;
