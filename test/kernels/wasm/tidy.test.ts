import { expect, it } from "vitest";
import { WasmContext } from "../../../src/kernels/wasm/context.js";
import { layOut, type Machine } from "../../../src/kernels/wasm/machine.js";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it("never wipes twice at once, however slow the threads are", async () => {
  const layout = layOut({ heapBase: 64, scratchBytes: 2 ** 20 } as Parameters<typeof layOut>[0], 1);
  let running = 0;
  let most = 0;
  let wipes = 0;
  // Threads that take longer for a wipe than the context waits before it looks again.
  const machine: Machine = {
    threads: 1,
    kernels: new Map([["clear", 0]]),
    lost: new Promise(() => {}),
    reach: () => true,
    write: () => {},
    run: () => {
      wipes++;
      most = Math.max(most, ++running);
      const over = sleep(90).then(() => {
        running--;
      });
      return { done: over, left: over };
    },
    read: async (_address, bytes) => new Uint8Array(bytes),
    renew: async () => {},
    close: async () => {},
  };
  const context = new WasmContext(machine, layout, 2 ** 28);
  for (let i = 0; i < 20; i++) {
    // A release starts the clock again, while an earlier wipe may be under way.
    context.allocate(2 ** 16).release();
    await sleep(25);
  }
  await context.close();
  expect(wipes).toBeGreaterThan(3);
  expect(most).toBe(1);
});

it("wipes nothing on close before the last thread has left its program", async () => {
  const layout = layOut({ heapBase: 64, scratchBytes: 2 ** 20 } as Parameters<typeof layOut>[0], 2);
  let runs = 0;
  let leave = () => {};
  const machine: Machine = {
    threads: 2,
    kernels: new Map([
      ["clear", 0],
      ["copy", 1],
    ]),
    lost: new Promise(() => {}),
    reach: () => true,
    write: () => {},
    run: () => {
      // The first program is finished at once, and one thread still looks at its words.
      const left = runs++ === 0 ? new Promise<void>((resolve) => void (leave = resolve)) : Promise.resolve();
      return { done: Promise.resolve(), left };
    },
    read: async (_address, bytes) => new Uint8Array(bytes),
    renew: async () => {},
    close: async () => {},
  };
  const context = new WasmContext(machine, layout, 2 ** 28);
  context.record("copy", 2, [0, 0, 0, 0, 2]);
  await context.flush();
  const closing = context.close();
  await sleep(50);
  expect(runs).toBe(1);
  leave();
  await closing;
  expect(runs).toBe(2);
});

it.each([1, 8, 64])("has room for the program that wipes, with %i threads", async (threads) => {
  const layout = layOut({ heapBase: 64, scratchBytes: 2 ** 20 } as Parameters<typeof layOut>[0], threads);
  const written: { address: number; bytes: number }[] = [];
  const machine: Machine = {
    threads,
    kernels: new Map([["clear", 0]]),
    lost: new Promise(() => {}),
    reach: () => true,
    write: (address, data) => void written.push({ address, bytes: data.length }),
    run: () => ({ done: Promise.resolve(), left: Promise.resolve() }),
    read: async (_address, bytes) => new Uint8Array(bytes),
    renew: async () => {},
    close: async () => {},
  };
  const context = new WasmContext(machine, layout, 2 ** 28);
  // Every second one is released, so that no two ranges can be cleared as one.
  const blocks = Array.from({ length: 300 }, () => context.allocate(4096));
  for (const [i, block] of blocks.entries()) if (i % 2 === 0) block.release();
  await sleep(80);
  await context.close();
  const programs = written.filter(({ address }) => address === layout.wipe);
  expect(Math.max(...programs.map(({ bytes }) => bytes))).toBeGreaterThan(4 * 64 * threads);
  for (const { bytes } of programs) expect(layout.wipe + bytes).toBeLessThanOrEqual(layout.scratch[0]!);
});
