import { describe, expect, it } from "vitest";
import { BufferPool, sizeClass } from "../../../src/kernels/webgpu/pool.js";

/** A buffer that knows whether it was destroyed, and an encoder that lists what it clears. */
function fakeBuffer(size: number, usage = 128): GPUBuffer & { destroyed: boolean } {
  const buffer = { size, usage, destroyed: false, destroy: () => (buffer.destroyed = true) };
  return buffer as unknown as GPUBuffer & { destroyed: boolean };
}
function fakeEncoder(): GPUCommandEncoder & { cleared: GPUBuffer[] } {
  const cleared: GPUBuffer[] = [];
  return { cleared, clearBuffer: (buffer: GPUBuffer) => cleared.push(buffer) } as unknown as GPUCommandEncoder & {
    cleared: GPUBuffer[];
  };
}

describe("size classes", () => {
  it("hold what they are for, waste at most a fifth, and are multiples of 256", () => {
    for (let bytes = 1; bytes < 2 ** 31; bytes = Math.ceil(bytes * 1.07) + 1) {
      const size = sizeClass(bytes);
      expect(size).toBeGreaterThanOrEqual(bytes);
      expect(size % 256).toBe(0);
      if (bytes > 1024) expect(size).toBeLessThan(1.25 * bytes);
      expect(sizeClass(size)).toBe(size);
    }
  });

  it("are few: four to an octave", () => {
    const classes = new Set<number>();
    for (let bytes = 4097; bytes <= 8192; bytes++) classes.add(sizeClass(bytes));
    expect([...classes]).toEqual([5120, 6144, 7168, 8192]);
  });
});

/** What a submission does for a pool; the buffers that it overwrites. */
function submit(pool: BufferPool): GPUBuffer[] {
  const encoder = fakeEncoder();
  pool.collect(encoder);
  pool.submitted();
  return encoder.cleared;
}

/** A device whose submissions are the buffers that they overwrite. */
function fakeDevice(): GPUDevice & { submitted: GPUBuffer[][] } {
  const submitted: GPUBuffer[][] = [];
  const device = {
    submitted,
    createCommandEncoder: () => {
      const encoder = fakeEncoder();
      return Object.assign(encoder, { finish: () => encoder.cleared });
    },
    queue: { submit: (commands: GPUBuffer[][]) => submitted.push(...commands) },
  };
  return device as unknown as GPUDevice & { submitted: GPUBuffer[][] };
}

function adopted(pool: BufferPool, ...sizes: number[]): (GPUBuffer & { destroyed: boolean })[] {
  const buffers = sizes.map((size) => fakeBuffer(size));
  for (const buffer of buffers) {
    pool.adopt(buffer);
    pool.confirm(buffer);
  }
  return buffers;
}

const retire = (pool: BufferPool, buffers: readonly GPUBuffer[]) => buffers.forEach((buffer) => void pool.retire(buffer));
const destroyed = (buffers: readonly { destroyed: boolean }[]) => buffers.map((buffer) => buffer.destroyed);

describe("a pool", () => {
  it("hands a buffer out again: to recorded work at once, to the queue only after a submission", () => {
    const pool = new BufferPool();
    const [buffer] = adopted(pool, 256);
    pool.retire(buffer);
    expect(pool.take(256, 128, "queue")).toBeUndefined();
    expect(pool.take(512, 128, "work")).toBeUndefined();
    expect(pool.take(256, 64, "work")).toBeUndefined();
    expect(pool.take(256, 128, "work")).toBe(buffer);
    expect(pool.take(256, 128, "work")).toBeUndefined();
    pool.retire(buffer);
    expect(submit(pool)).toEqual([]);
    expect(pool.take(512, 128, "queue")).toBeUndefined();
    expect(pool.take(256, 64, "queue")).toBeUndefined();
    expect(pool.take(256, 128, "queue")).toBe(buffer);
    expect(pool.take(256, 128, "queue")).toBeUndefined();
  });

  it("keeps a buffer that may have no memory from others until the submission that tells", () => {
    const pool = new BufferPool();
    const buffer = fakeBuffer(256);
    pool.adopt(buffer);
    pool.retire(buffer);
    expect(pool.take(256, 128, "work")).toBeUndefined();
    pool.confirm(buffer);
    expect(pool.take(256, 128, "work")).toBe(buffer);
  });

  it("overwrites old content once, when told that it rests", () => {
    const pool = new BufferPool();
    const device = fakeDevice();
    const buffers = adopted(pool, 256, 256, 512);
    pool.wipe(device);
    expect(device.submitted).toEqual([]);
    retire(pool, buffers);
    submit(pool);
    const again = pool.take(512, 128, "work");
    pool.wipe(device);
    pool.wipe(device);
    expect(device.submitted).toEqual([buffers.slice(0, 2)]);
    pool.retire(again as GPUBuffer);
    submit(pool);
    pool.wipe(device);
    expect(device.submitted.at(-1)).toEqual([again]);
  });

  const small = { keepBytes: 600, recentSubmissions: 2, recentMs: 0 };

  it("keeps what recent work had at once, and lets it go when work becomes smaller: oldest first, overwritten first", () => {
    const pool = new BufferPool(small);
    const buffers = adopted(pool, 1024, 1024, 256);
    retire(pool, buffers);
    expect(submit(pool)).toEqual([]);
    expect(submit(pool)).toEqual([]);
    expect(submit(pool)).toEqual([]);
    expect(destroyed(buffers)).toEqual([false, false, false]);
    // Two stretches of two submissions without use.
    expect(submit(pool)).toEqual(buffers.slice(0, 2));
    expect(destroyed(buffers)).toEqual([true, true, false]);
    expect(pool.bytes).toBe(256);
    expect(pool.take(1024, 128, "work")).toBeUndefined();
    expect(pool.take(256, 128, "work")).toBe(buffers[2]);
  });

  it("remembers a peak for as long as the work goes on that needs it", () => {
    const pool = new BufferPool(small);
    const buffers = adopted(pool, 4096, 4096);
    for (let call = 0; call < 20; call++) {
      retire(pool, buffers);
      expect(submit(pool)).toEqual([]);
      for (const buffer of buffers) expect(buffers).toContain(pool.take(buffer.size, 128, "queue"));
    }
    expect(destroyed(buffers)).toEqual([false, false]);
  });

  it("lets sizes of earlier work go when later work gives back others", () => {
    const pool = new BufferPool({ keepBytes: 600, recentSubmissions: 1, recentMs: 0 });
    const old = adopted(pool, 256, 256);
    retire(pool, old);
    submit(pool);
    const later = adopted(pool, 512);
    retire(pool, later);
    submit(pool);
    submit(pool);
    expect(destroyed(old)).toEqual([true, true]);
    expect(pool.take(256, 128, "queue")).toBeUndefined();
    expect(pool.take(512, 128, "queue")).toBe(later[0]);
  });

  it("never forgets within the time that counts as recent", () => {
    const pool = new BufferPool({ keepBytes: 0, recentSubmissions: 1, recentMs: 1e9 });
    const buffers = adopted(pool, 1024);
    retire(pool, buffers);
    for (let i = 0; i < 100; i++) expect(submit(pool)).toEqual([]);
    expect(destroyed(buffers)).toEqual([false]);
  });

  it("can be emptied", () => {
    const pool = new BufferPool();
    const [owned, ...buffers] = adopted(pool, 256, 512, 1024);
    retire(pool, buffers);
    submit(pool);
    pool.trim();
    expect(destroyed(buffers)).toEqual([true, true]);
    expect(owned.destroyed).toBe(false);
    expect(pool.bytes).toBe(256);
  });

  it("never touches a buffer without memory again", () => {
    const pool = new BufferPool();
    for (const state of ["owned", "retired", "unused"]) {
      const buffer = fakeBuffer(256);
      pool.adopt(buffer);
      if (state !== "owned") pool.retire(buffer);
      if (state === "unused") submit(pool);
      pool.discard(buffer);
      pool.retire(buffer);
      expect(pool.hasRetired).toBe(false);
      expect(submit(pool)).toEqual([]);
      expect(pool.take(256, 128, "queue")).toBeUndefined();
    }
    expect(pool.bytes).toBe(0);
  });

  it("overwrites and destroys everything at the end, owned or not", () => {
    const pool = new BufferPool();
    const device = fakeDevice();
    const buffers = adopted(pool, 256, 512);
    pool.retire(buffers[0]);
    pool.wipeAll(device);
    expect(device.submitted).toEqual([buffers]);
    pool.destroyAll();
    expect(destroyed(buffers)).toEqual([true, true]);
  });
});
