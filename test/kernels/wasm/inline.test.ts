import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { spawn } from "#workers";
import { InlineRunner } from "../../../src/kernels/wasm/inline.js";
import { openContext } from "../../../src/kernels/wasm/open.js";
import { Control, Program } from "../../../src/kernels/wasm/program.js";
import type { Spawn } from "../../../src/kernels/wasm/spawn.js";
import { carryOut } from "../../../src/kernels/wasm/worker/interpreter.js";

const PROGRAM = 1024;

let calls: string[];
let now: number;
let words: Int32Array;

/** Kernels that note their calls; each task takes 2.5 ms. */
const kernels = ["a", "b", "c"].map((name) => (args: number, first: number, count: number) => {
  calls.push(`${name}(${words[args / 4]}) ${first}+${count}`);
  now += 2.5 * count;
});

beforeEach(() => {
  calls = [];
  now = 0;
  words = new Int32Array(new SharedArrayBuffer(8192));
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

/** Puts a program with two commands into memory: `tasks` tasks by twos, and one. */
function place(threads: number, tasks: number): void {
  const program = new Program(threads);
  program.add(1, tasks, [70], 2);
  program.add(2, 1, [80]);
  const made = program.words();
  made[1] = 1;
  words.set(made, PROGRAM / 4);
}

describe("a program on the caller's thread", () => {
  it("is carried out whole where it is short", () => {
    place(1, 2);
    expect(new InlineRunner(kernels).run(words, PROGRAM)).toBe(true);
    expect(calls).toEqual(["b(70) 0+2", "c(80) 0+1"]);
  });

  it.each([1, 2])("leaves to %i workers what would hold the thread, and nothing is done twice", (threads) => {
    place(threads, 7);
    expect(new InlineRunner(kernels).run(words, PROGRAM)).toBe(false);
    expect(calls).toEqual(["b(70) 0+2", "b(70) 2+2"]);
    calls = [];
    expect(carryOut({ words, kernels, isShared: true, control: Control.bytes }, PROGRAM)).toBe(true);
    expect(calls.join()).toBe(threads === 1 ? "b(70) 4+3,c(80) 0+1" : "b(70) 4+2,b(70) 6+1,c(80) 0+1");
  });

  it.each([1, 2])("leaves later commands to %i workers", (threads) => {
    place(threads, 3);
    expect(new InlineRunner(kernels).run(words, PROGRAM)).toBe(false);
    calls = [];
    expect(carryOut({ words, kernels, isShared: true, control: Control.bytes }, PROGRAM)).toBe(true);
    expect(calls).toEqual(["c(80) 0+1"]);
  });

  it("leaves kernels of long tasks to the workers", () => {
    place(1, 1);
    expect(new InlineRunner([kernels[0], kernels[1], undefined]).run(words, PROGRAM)).toBe(false);
    expect(calls).toEqual(["b(70) 0+1"]);
  });

  it("is left from its start to the workers where a kernel traps", () => {
    place(1, 1);
    const fresh = words.slice();
    const trap = () => {
      throw new Error("trap");
    };
    expect(new InlineRunner([kernels[0], kernels[1], trap]).run(words, PROGRAM)).toBe(false);
    expect(words).toEqual(fresh);
  });
});

describe.each([1, 2])("a context with %i threads", (threads) => {
  it("sends no message for little work, and one to each worker that has something to do for more", async () => {
    vi.restoreAllMocks();
    let messages = 0;
    const counting: Spawn = (onDeath) => {
      const worker = spawn(onDeath);
      const run = (address: number, bytes: number) => {
        messages++;
        return worker.service.run(address, bytes);
      };
      const service = new Proxy(worker.service, { get: (target, key) => (key === "run" ? run : Reflect.get(target, key)) });
      return { service, terminate: () => worker.terminate(), keepAlive: (on) => worker.keepAlive(on) };
    };
    const { context } = await openContext({ threads, spawn: counting });
    const copyOf = async (bytes: number, workBytes?: number) => {
      const [a, b] = [context.allocate(bytes), context.allocate(bytes)];
      const data = new Uint8Array(bytes).fill(messages + 1);
      context.write(a, data);
      context.record("copy", 64, [b.address, a.address, bytes / 64, bytes / 64, 64], undefined, workBytes);
      expect(Buffer.compare(await context.read(b, 0, bytes), data)).toBe(0);
      for (const block of [a, b]) block.release();
    };
    await copyOf(4096);
    await copyOf(65536);
    expect(messages).toBe(0);
    await copyOf(2 ** 22);
    expect(messages).toBe(threads);
    await copyOf(4096, 2 ** 23);
    expect(messages).toBe(2 * threads);
    await copyOf(4096);
    expect(messages).toBe(2 * threads);
    await context.close();
  });
});
