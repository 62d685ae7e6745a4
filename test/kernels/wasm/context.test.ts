import { afterEach, describe, expect, it } from "vitest";
import { LifetimeError, LimitError, ParameterError } from "../../../src/errors.js";
import type { WasmContext } from "../../../src/kernels/wasm/context.js";
import { loadKernels } from "../../../src/kernels/wasm/features.js";
import { layOut } from "../../../src/kernels/wasm/machine.js";
import { type ContextOptions, openContext } from "../../../src/kernels/wasm/open.js";
import type { Block } from "../../../src/kernels/wasm/runtime.js";
import { testRandom } from "../../support/random.js";

const settings: [string, ContextOptions][] = [
  ["one thread", { threads: 1 }],
  ["two threads", { threads: 2 }],
  ["five threads", { threads: 5 }],
  ["memory that is not shared", { shared: false }],
];

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Element by element, `toEqual` takes long. */
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

/** Records target = source, in `tasks` parts of 64 bytes or more. */
function copy(context: WasmContext, target: Block, source: Block, tasks = 1, chunk?: number): void {
  const part = Math.ceil(source.bytes / tasks / 64) * 64;
  const count = Math.ceil(source.bytes / part);
  context.record("copy", count, [target.address, source.address, part, source.bytes - part * (count - 1), count], chunk);
}

describe.each(settings)("a context with %s", (_name, options) => {
  let open: WasmContext | undefined;
  const context = async (more: ContextOptions = {}) => {
    open = (await openContext({ ...options, ...more })).context;
    return open;
  };
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });
  const random = testRandom("context");

  it("computes on what was written, and counts what it did", async () => {
    const c = await context();
    const [a, b, d] = [c.allocate(100_000), c.allocate(100_000), c.allocate(100_000)];
    const data = random.bytes(100_000);
    c.write(a, data);
    copy(c, b, a, 16);
    copy(c, d, b, 3);
    expect(same(await c.read(d, 0, 100_000), data)).toBe(true);
    expect(c.counters()).toEqual({ dispatches: 2, submissions: 1, bytesUploaded: 100_000, bytesRead: 100_000 });
    for (const block of [a, b, d]) block.release();
    expect(c.usage()).toMatchObject({ liveBytes: 0, liveBlocks: 0 });
  });

  it("writes and reads parts, of any view", async () => {
    const c = await context();
    const a = c.allocate(64);
    c.write(a, new Uint8Array(64));
    c.write(a, new Uint16Array([0x0201, 0x0403, 0x0605]).subarray(1), 8);
    expect(await c.read(a, 6, 8)).toEqual(Uint8Array.of(0, 0, 3, 4, 5, 6, 0, 0));
    expect(await c.read(a, 64, 0)).toEqual(new Uint8Array(0));
  });

  it("keeps commands in order, whatever threads do them", async () => {
    const c = await context();
    const bytes = 64 * 256;
    const blocks = Array.from({ length: 60 }, () => c.allocate(bytes));
    let data = random.bytes(bytes);
    for (let round = 0; round < 5; round++) {
      c.write(blocks[0], data);
      for (let i = 1; i < blocks.length; i++) copy(c, blocks[i], blocks[i - 1], 256, 1 + random.below(40));
      expect(same(await c.read(blocks.at(-1)!, 0, bytes), data)).toBe(true);
      data = random.bytes(bytes);
    }
  });

  it("keeps programs in order, whatever threads take part in them", async () => {
    const c = await context();
    const a = c.allocate(64 * 64);
    const data = random.bytes(64 * 64);
    c.write(a, data);
    const readings: Promise<Uint8Array>[] = [];
    let last = a;
    for (let i = 0; i < 100; i++) {
      const next = c.allocate(a.bytes);
      // Now one thread has something to do, now all of them.
      copy(c, next, last, i % 3 === 0 ? 1 : 64);
      readings.push(c.read(next, 0, next.bytes));
      last = next;
    }
    for (const reading of readings) expect(same(await reading, data)).toBe(true);
  });

  it("submits by itself when much is recorded", async () => {
    const c = await context();
    const [a, b] = [c.allocate(64), c.allocate(64)];
    c.write(a, new Uint8Array(64));
    for (let i = 0; i < 600; i++) copy(c, b, a);
    expect(c.counters()).toMatchObject({ dispatches: 600, submissions: 2 });
    for (let i = 0; i < 3; i++) copy(c, c.allocate(2 ** 25), a);
    expect(c.counters().submissions).toBe(3);
    await c.flush();
    expect(c.counters()).toMatchObject({ dispatches: 603, submissions: 4 });
    await c.flush();
    expect(c.counters().submissions).toBe(4);
  });

  it("starts a long program of 24 commands where nothing is under way, and goes on recording", async () => {
    const c = await context();
    const a = c.allocate(64);
    c.write(a, new Uint8Array(64));
    const b = c.allocate(2 ** 23);
    for (let i = 0; i < 23; i++) copy(c, b, a);
    expect(c.counters().submissions).toBe(0);
    copy(c, b, a);
    expect(c.counters().submissions).toBe(1);
    // Something is under way now.
    for (let i = 0; i < 255; i++) copy(c, b, a);
    expect(c.counters().submissions).toBe(1);
    await c.flush();
    expect(c.counters()).toMatchObject({ dispatches: 279, submissions: 2 });
  });

  it("does not hand out memory that recorded work still uses", async () => {
    const c = await context();
    const [a, b] = [c.allocate(4096), c.allocate(4096)];
    c.write(a, new Uint8Array(4096).fill(1));
    const { address } = a;
    copy(c, b, a, 64);
    a.release();
    const early = c.allocate(4096);
    expect(early.address).not.toBe(address);
    c.write(early, new Uint8Array(4096).fill(9));
    expect(await c.read(b, 0, 4096)).toEqual(new Uint8Array(4096).fill(1));
    expect(c.allocate(4096).address).toBe(address);
  });

  it("computes a result where the same program has computed one that was released, and nowhere else", async () => {
    const c = await context();
    const a = c.allocate(4096);
    c.write(a, new Uint8Array(4096).fill(1));
    const first = c.allocateResult(4096);
    copy(c, first, a, 4);
    const { address } = first;
    const second = c.allocateResult(4096);
    copy(c, second, first, 4);
    first.release();
    // Not for what the caller's thread writes: that would come before the copies.
    const written = c.allocate(4096);
    expect(written.address).not.toBe(address);
    c.write(written, new Uint8Array(4096).fill(7));
    const other = c.allocateResult(64);
    expect(other.address).not.toBe(address);
    const third = c.allocateResult(4096);
    expect(third.address).toBe(address);
    copy(c, third, written, 4);
    expect(c.allocateResult(4096).address).not.toBe(address);
    // What was written is an input, which a program that is carried out again needs.
    const input = written.address;
    written.release();
    expect(c.allocateResult(4096).address).not.toBe(input);
    expect(await c.read(second, 0, 4096)).toEqual(new Uint8Array(4096).fill(1));
    expect(await c.read(third, 0, 4096)).toEqual(new Uint8Array(4096).fill(7));
  });

  it("does not compute a result where an earlier program has", async () => {
    const c = await context();
    const [a, b] = [c.allocate(2 ** 22), c.allocateResult(2 ** 22)];
    c.write(a, new Uint8Array(2 ** 22).fill(1));
    copy(c, b, a, 64);
    const flushing = c.flush();
    const d = c.allocateResult(2 ** 22);
    copy(c, d, b, 64);
    const { address } = b;
    b.release();
    // The program that is recorded reads it, and cannot make it again.
    expect(c.allocateResult(2 ** 22).address).not.toBe(address);
    await flushing;
    expect(await c.read(d, 0, 4)).toEqual(Uint8Array.of(1, 1, 1, 1));
  });

  it("grows by what the free memory at the end lacks", async () => {
    const c = await context({ maximumBytes: 2 ** 27 });
    const { memoryBytes } = c.usage();
    const room = 2 ** 27 - memoryBytes - 2 ** 22;
    const a = c.allocate(room / 2);
    a.release();
    expect(c.allocate(room).bytes).toBe(room);
    expect(() => c.allocate(2 ** 23)).toThrow(LimitError);
  });

  it("does not let the caller's thread write to a result", async () => {
    const c = await context();
    expect(() => c.write(c.allocateResult(64), new Uint8Array(64))).toThrow(/expected one that may be written/);
  });

  it("frees what nobody recorded work for at once", async () => {
    const c = await context();
    const a = c.allocate(4096);
    const { address } = a;
    a.release();
    expect(c.allocate(4096).address).toBe(address);
  });

  it("keeps a block for as long as it is read", async () => {
    const c = await context();
    const a = c.allocate(4096);
    c.write(a, new Uint8Array(4096).fill(3));
    const reading = c.read(a, 0, 4096);
    a.release();
    const b = c.allocate(4096);
    c.write(b, new Uint8Array(4096).fill(4));
    expect(await reading).toEqual(new Uint8Array(4096).fill(3));
    expect(c.usage().liveBlocks).toBe(1);
  });

  it("reuses memory under load", async () => {
    const c = await context();
    const a = c.allocate(2 ** 20);
    c.write(a, new Uint8Array(2 ** 20));
    for (let i = 0; i < 100; i++) {
      const b = c.allocate(2 ** 20);
      copy(c, b, a, 4);
      b.release();
      await c.flush();
    }
    expect(c.usage().memoryBytes).toBeLessThan(64 * 2 ** 20);
  });

  it("wipes released memory when nothing is to be done", async () => {
    const c = await context();
    const secret = c.allocate(100_000);
    const other = c.allocate(64);
    c.write(secret, new Uint8Array(100_000).fill(0x5e));
    c.write(other, new Uint8Array(64).fill(1));
    const { address } = secret;
    secret.release();
    let left: Uint8Array = new Uint8Array(1).fill(1);
    for (let i = 0; i < 100 && left.some((byte) => byte !== 0); i++) {
      await sleep(50);
      const probe = c.allocate(100_000);
      expect(probe.address).toBe(address);
      left = await c.read(probe, 0, 100_000);
      probe.release();
    }
    expect(left.every((byte) => byte === 0)).toBe(true);
    expect(await c.read(other, 0, 64)).toEqual(new Uint8Array(64).fill(1));
    expect(c.counters().dispatches).toBe(0);
  });

  it("refuses released blocks, wrong ranges and unknown kernels", async () => {
    const c = await context();
    const a = c.allocate(16);
    a.retain();
    a.release();
    expect(() => a.address).not.toThrow();
    a.release();
    expect(() => a.address).toThrow(LifetimeError);
    expect(() => a.release()).toThrow(LifetimeError);
    expect(() => a.retain()).toThrow(LifetimeError);
    await expect(c.read(a, 0, 16)).rejects.toThrow(LifetimeError);
    const b = c.allocate(16);
    expect(() => c.write(b, new Uint8Array(17))).toThrow(/range: expected inside \[0, 16\), got \[0, 17\)/);
    expect(() => c.write(b, new Uint8Array(1), -1)).toThrow(ParameterError);
    await expect(c.read(b, 8, 9)).rejects.toThrow(ParameterError);
    expect(() => c.allocate(-1)).toThrow(ParameterError);
    expect(() => c.allocate(1.5)).toThrow(ParameterError);
    expect(() => c.record("nothing", 1, [])).toThrow(ParameterError);
  });

  it("refuses what exceeds the limit, naming need and have, and goes on", async () => {
    const c = await context({ maximumBytes: 2 ** 25 });
    const a = c.allocate(2 ** 20);
    expect(() => c.allocate(2 ** 25)).toThrow(LimitError);
    expect(() => c.allocate(2 ** 25)).toThrow(
      /room for 33554432 more bytes, got 32505856 bytes at most, \d+ of them in use; dispose/,
    );
    c.write(a, new Uint8Array(2 ** 20).fill(7));
    const b = c.allocate(2 ** 20);
    copy(c, b, a, 4);
    expect((await c.read(b, 2 ** 20 - 1, 1))[0]).toBe(7);
    // With every byte taken, what is there can still be worked on.
    for (const bytes of [2 ** 20, 2 ** 14, 64]) {
      const fill = () => c.allocate(bytes);
      for (;;) {
        try {
          fill();
        } catch (error) {
          expect(error).toBeInstanceOf(LimitError);
          break;
        }
      }
    }
    copy(c, a, b, 4);
    expect((await c.read(a, 5, 1))[0]).toBe(7);
  });

  it("stops reading when the signal says so", async () => {
    const c = await context();
    const a = c.allocate(2 ** 24);
    await expect(c.read(a, 0, 1, { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
    const controller = new AbortController();
    const reading = c.read(a, 0, 2 ** 24, { signal: controller.signal });
    controller.abort(new Error("meanwhile"));
    await expect(reading).rejects.toThrow("meanwhile");
    expect((await c.read(a, 0, 4)).length).toBe(4);
  });

  it("closes after what is under way, and refuses everything afterwards", async () => {
    const c = await context();
    const [a, b] = [c.allocate(2 ** 23 + 1), c.allocate(2 ** 23 + 1)];
    c.write(a, new Uint8Array(2 ** 23 + 1).fill(7));
    copy(c, b, a, 32);
    const reading = c.read(b, 0, 2 ** 23 + 1);
    const closing = c.close();
    expect(() => c.allocate(4)).toThrow(LifetimeError);
    const bytes = await reading;
    expect([bytes.length, bytes[0], bytes.at(-1)]).toEqual([2 ** 23 + 1, 7, 7]);
    await closing;
    await c.close();
    expect(await c.lost).toBe("closed");
    expect(() => c.write(a, new Uint8Array(1))).toThrow(LifetimeError);
    expect(() => c.record("copy", 1, [])).toThrow(LifetimeError);
    await expect(c.read(a, 0, 1)).rejects.toThrow(LifetimeError);
    await expect(c.flush()).rejects.toThrow(LifetimeError);
    // Handles that are disposed of late do no harm.
    a.release();
    b.release();
  });
});

describe.each(settings.filter((_, i) => i % 2 === 1))("a context with %s that rests", (_name, options) => {
  it("gives memory back, and keeps what lives, where it is", { timeout: 30_000 }, async () => {
    const { context: c } = await openContext(options);
    const random = testRandom("giving back");
    const low = c.allocate(70_000);
    const big = Array.from({ length: 5 }, () => c.allocate(40 * 2 ** 20));
    const high = c.allocate(80_000);
    const [lowData, highData] = [random.bytes(70_000), random.bytes(80_000)];
    c.write(low, lowData);
    c.write(high, highData);
    for (const block of big) copy(c, block, low, 8);
    await c.flush();
    const full = c.usage().memoryBytes;
    expect(full).toBeGreaterThan(200 * 2 ** 20);
    for (const block of big) block.release();
    for (let i = 0; i < 400 && c.usage().renewals === 0; i++) await sleep(50);
    expect(c.usage().renewals).toBe(1);
    expect(same(await c.read(low, 0, 70_000), lowData)).toBe(true);
    expect(same(await c.read(high, 0, 80_000), highData)).toBe(true);
    // New commands run in the new memory.
    const next = c.allocate(80_000);
    copy(c, next, high, 4);
    expect(same(await c.read(next, 0, 80_000), highData)).toBe(true);
    for (const block of [low, high, next]) block.release();
    const again = c.allocate(250 * 2 ** 20);
    c.write(again, highData, 249 * 2 ** 20);
    expect(same(await c.read(again, 249 * 2 ** 20, 80_000), highData)).toBe(true);
    again.release();
    await c.close();
  });

  it("clears the scratch of its threads", async () => {
    const { context: c } = await openContext(options);
    // The first scratch follows the control block and the wiping program; a first block is 64 bytes of known content.
    const block = c.allocate(64);
    const scratch = layOut(await loadKernels(options.shared !== false), c.threads).scratch;
    c.write(block, new Uint8Array(64).fill(0x5e));
    const spots = scratch.map((at) => at + 2 ** 22 - 64);
    for (const spot of spots) c.record("copy", 1, [spot, block.address, 64, 64, 1]);
    await c.flush();
    const look = async () => {
      const bytes: number[] = [];
      for (const spot of spots) {
        c.record("copy", 1, [block.address, spot, 64, 64, 1]);
        bytes.push(...(await c.read(block, 0, 64)));
      }
      return bytes;
    };
    let left = await look();
    expect(left.every((byte) => byte === 0x5e)).toBe(true);
    for (let i = 0; i < 100 && left.some((byte) => byte !== 0); i++) {
      await sleep(50);
      left = await look();
    }
    expect(left.every((byte) => byte === 0)).toBe(true);
    await c.close();
  });
});

describe("the memory of the next context", () => {
  it("is that of the last one, all zero", async () => {
    const first = (await openContext({ threads: 2 })).context;
    const block = first.allocate(2 ** 20);
    first.write(block, new Uint8Array(2 ** 20).fill(0x5e));
    const { address } = block;
    await first.close();
    const second = (await openContext({ threads: 2 })).context;
    const next = second.allocate(2 ** 20);
    expect(next.address).toBe(address);
    expect((await second.read(next, 0, 2 ** 20)).every((byte) => byte === 0)).toBe(true);
    await second.close();
  });
});
