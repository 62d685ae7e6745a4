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

describe("a pool", () => {
  it("hands a buffer out again only after it was overwritten and submitted", () => {
    const pool = new BufferPool();
    const buffer = fakeBuffer(256);
    pool.adopt(buffer);
    pool.retire(buffer);
    expect(pool.take(256, 128)).toBeUndefined();
    const encoder = fakeEncoder();
    pool.wipe(encoder);
    expect(encoder.cleared).toEqual([buffer]);
    expect(pool.take(256, 128)).toBeUndefined();
    pool.recycle();
    expect(pool.take(512, 128)).toBeUndefined();
    expect(pool.take(256, 64)).toBeUndefined();
    expect(pool.take(256, 128)).toBe(buffer);
    expect(pool.take(256, 128)).toBeUndefined();
  });

  /** A pool with these buffers, given back in this order. */
  function poolWith(keepBytes: number, buffers: readonly GPUBuffer[]): BufferPool {
    const pool = new BufferPool(keepBytes);
    for (const buffer of buffers) pool.adopt(buffer);
    for (const buffer of buffers) pool.retire(buffer);
    pool.recycle();
    return pool;
  }

  it("keeps no more than its share, and what was used last", () => {
    const buffers = [fakeBuffer(256), fakeBuffer(256), fakeBuffer(256)];
    const pool = poolWith(600, buffers);
    expect(buffers.map((b) => b.destroyed)).toEqual([true, false, false]);
    pool.trim();
    expect(buffers.every((b) => b.destroyed)).toBe(true);
    expect(pool.take(256, 128)).toBeUndefined();
  });

  it("lets sizes of earlier work go when later work gives back others", () => {
    const old = [fakeBuffer(256), fakeBuffer(256)];
    const pool = poolWith(600, old);
    const later = fakeBuffer(512);
    pool.adopt(later);
    pool.retire(later);
    pool.recycle();
    expect(old.map((b) => b.destroyed)).toEqual([true, true]);
    expect(pool.take(256, 128)).toBeUndefined();
    expect(pool.take(512, 128)).toBe(later);
  });

  it("keeps as much as is in use", () => {
    const kept = [fakeBuffer(1024), fakeBuffer(1024)];
    const pool = new BufferPool(100);
    const inUse = fakeBuffer(2048);
    for (const buffer of [inUse, ...kept]) pool.adopt(buffer);
    for (const buffer of kept) pool.retire(buffer);
    pool.recycle();
    expect(kept.map((b) => b.destroyed)).toEqual([false, false]);
    pool.retire(inUse);
    pool.recycle();
    // Nothing is in use any more: all of it is above the share.
    expect([...kept, inUse].every((b) => b.destroyed)).toBe(true);
  });

  it("never touches a buffer without memory again", () => {
    const pool = new BufferPool();
    const buffer = fakeBuffer(256);
    pool.adopt(buffer);
    pool.retire(buffer);
    pool.discard(buffer);
    pool.retire(buffer);
    const encoder = fakeEncoder();
    pool.wipe(encoder);
    expect(encoder.cleared).toEqual([]);
    expect(pool.hasRetired).toBe(false);
  });

  it("overwrites and destroys everything at the end, owned or not", () => {
    const pool = new BufferPool();
    const buffers = [fakeBuffer(256), fakeBuffer(512)];
    for (const buffer of buffers) pool.adopt(buffer);
    pool.retire(buffers[0]);
    const encoder = Object.assign(fakeEncoder(), { finish: () => "commands" });
    const submitted: unknown[] = [];
    pool.wipeAll({
      createCommandEncoder: () => encoder,
      queue: { submit: (c: unknown[]) => submitted.push(...c) },
    } as unknown as GPUDevice);
    expect(encoder.cleared).toEqual(buffers);
    expect(submitted).toEqual(["commands"]);
    pool.destroyAll();
    expect(buffers.every((b) => b.destroyed)).toBe(true);
  });
});
