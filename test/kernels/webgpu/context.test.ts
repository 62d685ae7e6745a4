import { describe, expect, it } from "vitest";
import { LifetimeError, LimitError, ParameterError, WebheError } from "../../../src/errors.js";
import { foldGroups, GpuContext } from "../../../src/kernels/webgpu/context.js";
import type { GpuMemory } from "../../../src/kernels/webgpu/memory.js";
import { useGpu } from "../../support/gpu.js";

/** output[i] = input[i] + addend, for the first `count` words. */
const ADD = `
import package::grid::flat_id::flat_id;
import constants::{SIZE};
struct Parameters { count: u32, addend: u32 }
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;
@compute @workgroup_size(SIZE)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = flat_id(group, groups, local, SIZE);
  if (i < parameters.count) { output[i] = input[i] + parameters.addend; }
}`;

const addPipeline = (gpu: GpuContext, size = 64) =>
  gpu.pipeline({ entry: "add", constants: { SIZE: size }, extra: { "entry/add.wgsl": ADD } });
const words = async (gpu: GpuContext, memory: GpuMemory) => new Uint32Array((await gpu.read(memory)).buffer);

describe("a context", () => {
  const gpu = useGpu();

  /** Records one addition and returns its result. */
  async function adder(size = 64) {
    const pipeline = await addPipeline(gpu(), size);
    return (input: GpuMemory, addend: number) => {
      const count = input.bytes / 4;
      const output = gpu().allocate(input.bytes, "sum");
      gpu().record(pipeline, [input, output], [count, addend], Math.ceil(count / size));
      return output;
    };
  }

  it("computes on uploaded words and counts what it did", async () => {
    const add = await adder();
    const before = gpu().counters();
    const a = gpu().upload(Uint32Array.of(1, 2, 0xffffffff), "words");
    const b = add(a, 5);
    const c = add(b, 7);
    expect(await words(gpu(), c)).toEqual(Uint32Array.of(13, 14, 11));
    const after = gpu().counters();
    expect(after.dispatches - before.dispatches).toBe(2);
    expect(after.submissions - before.submissions).toBe(1);
    expect(after.bytesUploaded - before.bytesUploaded).toBe(12);
    expect(after.bytesRead - before.bytesRead).toBe(12);
    for (const memory of [a, b, c]) memory.release();
  });

  it("reads parts", async () => {
    const a = gpu().upload(
      Uint32Array.from({ length: 256 }, (_, i) => i),
      "words",
    );
    const part = await gpu().read({ memory: a, offset: 512, bytes: 8 });
    expect(new Uint32Array(part.buffer)).toEqual(Uint32Array.of(128, 129));
    a.release();
  });

  it("folds groups beyond 65,535 over two dimensions", async () => {
    expect(foldGroups(65_535)).toEqual([65_535, 1, 1]);
    const [x, y] = foldGroups(65_536);
    expect(x * y).toBeGreaterThanOrEqual(65_536);
    expect(Math.max(x, y)).toBeLessThanOrEqual(65_535);
    const add = await adder(1);
    const count = 65_536 + 3;
    const a = gpu().upload(
      Uint32Array.from({ length: count }, (_, i) => i),
      "words",
    );
    const b = add(a, 1);
    const sum = await words(gpu(), b);
    expect(sum.findIndex((word, i) => word !== i + 1)).toBe(-1);
    a.release();
    b.release();
  });

  it("submits by itself when the uniforms of a submission are used up, in order", async () => {
    const add = await adder();
    const before = gpu().counters();
    let memory = gpu().upload(Uint32Array.of(0), "words");
    for (let i = 0; i < 300; i++) {
      const next = add(memory, 1);
      memory.release();
      memory = next;
    }
    expect(await words(gpu(), memory)).toEqual(Uint32Array.of(300));
    const after = gpu().counters();
    expect(after.dispatches - before.dispatches).toBe(300);
    expect(after.submissions - before.submissions).toBe(3);
    memory.release();
  });

  it("overwrites released memory once it rests", async () => {
    const secret = gpu().upload(new Uint32Array(10_000).fill(0x5ec2e7), "secret");
    const buffer = secret.buffer;
    secret.release();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const next = gpu().allocate(40_000, "next");
    expect(next.buffer).toBe(buffer);
    expect(await words(gpu(), next)).toEqual(new Uint32Array(10_000));
    next.release();
  });

  it("reuses memory among recorded work", async () => {
    const add = await adder();
    const a = gpu().upload(new Uint32Array(8192).fill(1), "words");
    const b = add(a, 1);
    await gpu().flush();
    const c = add(b, 1);
    const buffer = b.buffer;
    b.release();
    const d = add(c, 1);
    expect(d.buffer).toBe(buffer);
    expect(await words(gpu(), d)).toEqual(new Uint32Array(8192).fill(4));
    for (const memory of [a, c, d]) memory.release();
  });

  it("does not hand out memory that recorded work still reads", async () => {
    const add = await adder();
    const a = gpu().upload(new Uint32Array(64).fill(1), "words");
    const b = add(a, 1);
    const buffer = a.buffer;
    a.release();
    const c = gpu().upload(new Uint32Array(64).fill(100), "other words");
    expect(c.buffer).not.toBe(buffer);
    expect(await words(gpu(), b)).toEqual(new Uint32Array(64).fill(2));
    b.release();
    c.release();
  });

  it("refuses released memory", () => {
    const a = gpu().allocate(16, "words");
    a.retain();
    a.release();
    expect(() => a.buffer).not.toThrow();
    a.release();
    expect(() => a.buffer).toThrow(LifetimeError);
    expect(() => a.release()).toThrow(LifetimeError);
    expect(() => a.retain()).toThrow(LifetimeError);
  });

  it("refuses bindings that do not fit the shader", async () => {
    const pipeline = await addPipeline(gpu());
    const a = gpu().allocate(16, "words");
    expect(() => gpu().record(pipeline, [a], [4, 1], 1)).toThrow(ParameterError);
    expect(() => gpu().record(pipeline, [a, a], new Array(65).fill(0), 1)).toThrow(ParameterError);
    a.release();
  });

  it("spoils what a failed submission computed, and what was computed from that, and nothing else", async () => {
    const add = await adder();
    const a = gpu().upload(Uint32Array.of(1), "words");
    const good = add(a, 1);
    expect(await words(gpu(), good)).toEqual(Uint32Array.of(2));
    const bad = gpu().allocate(4, "words");
    // One buffer for reading and for writing in one dispatch.
    gpu().record(await addPipeline(gpu()), [bad, bad], [1, 1], 1);
    const heir = add(bad, 1);
    await gpu().flush();
    const grandchild = add(heir, 1);
    const fresh = add(good, 1);
    const failure = await gpu()
      .read(bad)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WebheError);
    await expect(gpu().read(heir)).rejects.toBe(failure);
    await expect(gpu().read(grandchild)).rejects.toBe(failure);
    expect(await words(gpu(), fresh)).toEqual(Uint32Array.of(3));
    for (const memory of [a, good, bad, heir, grandchild, fresh]) memory.release();
  });

  it("stops reading when the signal says so", async () => {
    const a = gpu().upload(new Uint32Array(4), "words");
    await expect(gpu().read(a, { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
    const controller = new AbortController();
    const reading = gpu().read(a, { signal: controller.signal });
    controller.abort(new Error("meanwhile"));
    await expect(reading).rejects.toThrow("meanwhile");
    expect(await words(gpu(), a)).toEqual(new Uint32Array(4));
    a.release();
  });

  it("tells the time on the device where there is a clock", async () => {
    const add = await adder();
    // Long enough for a fast GPU: Dawn rounds times to 65 microseconds.
    const a = gpu().upload(new Uint32Array(2 ** 22), "words");
    const nanoseconds = await gpu().measure(() => {
      for (let i = 0; i < 32; i++) add(a, 1).release();
    });
    if (gpu().hasTimestamps) expect(nanoseconds).toBeGreaterThan(0);
    else expect(nanoseconds).toBeUndefined();
    a.release();
  });
});

describe("a context without enough memory", () => {
  it("refuses what exceeds a limit, naming it, before any work", async () => {
    const gpu = await GpuContext.create({ limits: { maxStorageBufferBindingSize: 1024 } });
    expect(() => gpu.allocate(1028, "words")).toThrow(LimitError);
    expect(() => gpu.allocate(1028, "words")).toThrow(/maxStorageBufferBindingSize: expected at least 1028, got 1024/);
    expect(() => gpu.upload(new Uint32Array(257), "words")).toThrow(LimitError);
    expect(gpu.counters()).toEqual({ dispatches: 0, submissions: 0, bytesUploaded: 0, bytesRead: 0 });
    await gpu.close();
  });

  it("says so where memory that does not exist is read", async () => {
    const gpu = await GpuContext.create();
    // The largest buffer that the limits admit is more than SwiftShader has; hardware may have it, or refuse several.
    const memories: GpuMemory[] = [];
    let failure: unknown;
    for (let i = 0; i < 512 && failure === undefined; i++) {
      const memory = gpu.allocate(gpu.limits.maxStorageBufferBindingSize, "too much");
      memories.push(memory);
      failure = await gpu.read({ memory, offset: 0, bytes: 4 }).then(
        () => undefined,
        (error: unknown) => error,
      );
    }
    expect(failure).toBeInstanceOf(LimitError);
    expect(String(failure)).toMatch(/GPU memory: .*use smaller batches/);
    for (const memory of memories) memory.release();
    const small = gpu.upload(Uint32Array.of(7), "words");
    expect(await words(gpu, small)).toEqual(Uint32Array.of(7));
    await gpu.close();
  });
});

describe("a closed context", () => {
  it("finishes reads, refuses everything else, and says that it was closed", async () => {
    const gpu = await GpuContext.create();
    const pipeline = await addPipeline(gpu);
    // More than one slice of a read.
    const length = 2 ** 23 + 1;
    const a = gpu.upload(new Uint32Array(length).fill(7), "words");
    const reading = gpu.read(a);
    const closing = gpu.close();
    const words = new Uint32Array((await reading).buffer);
    expect([words.length, words[0], words[length - 1]]).toEqual([length, 7, 7]);
    await closing;
    await gpu.close();
    expect(await gpu.lost).toBe("closed");
    expect(() => gpu.allocate(4, "words")).toThrow(LifetimeError);
    expect(() => gpu.record(pipeline, [a, a], [0, 0], 1)).toThrow(LifetimeError);
    expect(() => gpu.pipeline({ entry: "add" })).toThrow(LifetimeError);
    await expect(gpu.read(a)).rejects.toThrow(LifetimeError);
    await expect(gpu.flush()).rejects.toThrow(LifetimeError);
  });
});
