import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { spawn } from "#workers";
import { InlineRunner } from "../../../src/kernels/wasm/inline.js";
import { openContext } from "../../../src/kernels/wasm/open.js";
import { COMMAND_WORDS, Control, HEADER_WORDS, Program } from "../../../src/kernels/wasm/program.js";
import type { Spawn } from "../../../src/kernels/wasm/spawn.js";
import { carryOut } from "../../../src/kernels/wasm/worker/interpreter.js";

const PROGRAM = 1024;

let calls: string[];
let now: number;
let words: Int32Array;

/** Kernels that note their calls; each task takes 2.75 ms. */
const kernels = ["a", "b", "c"].map((name) => (args: number, first: number, count: number) => {
  calls.push(`${name}(${words[args / 4]}) ${first}+${count}`);
  now += 2.75 * count;
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
    place(threads, 11);
    expect(new InlineRunner(kernels).run(words, PROGRAM)).toBe(false);
    // Four chunks between two looks at the clock.
    expect(calls).toEqual(["b(70) 0+8"]);
    calls = [];
    expect(carryOut({ words, kernels, isShared: true, share: 0, control: Control.bytes }, PROGRAM)).toBe(true);
    expect(calls.join()).toBe(threads === 1 ? "b(70) 8+3,c(80) 0+1" : "b(70) 8+2,b(70) 10+1,c(80) 0+1");
  });

  it.each([1, 2])("leaves later commands to %i workers", (threads) => {
    place(threads, 4);
    expect(new InlineRunner(kernels).run(words, PROGRAM)).toBe(false);
    calls = [];
    expect(carryOut({ words, kernels, isShared: true, share: 0, control: Control.bytes }, PROGRAM)).toBe(true);
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

describe("a program on the caller's thread and on workers", () => {
  const bench = () => ({ words, control: Control.bytes, share: 1 });
  const worker = () => carryOut({ words, kernels, isShared: true, share: 0, control: Control.bytes }, PROGRAM);

  it("is carried out to its end where that is near, its own share first", () => {
    place(2, 3);
    const relief = vi.fn();
    expect(new InlineRunner(kernels).join(bench(), PROGRAM, relief)).toBe(true);
    expect(calls).toEqual(["b(70) 1+2", "b(70) 0+1", "c(80) 0+1"]);
    expect(relief).not.toHaveBeenCalled();
    expect(worker()).toBe(true);
    expect(calls).toHaveLength(3);
  });

  it("is left after a while, when relief was sent for, and nothing is done twice", () => {
    place(2, 20);
    const relief = vi.fn(() => calls.push("relief"));
    expect(new InlineRunner(kernels).join(bench(), PROGRAM, relief)).toBe(false);
    // 10 ms are over after two calls of 5.5 ms; one more call is made while the relief is on its way.
    expect(calls).toEqual(["b(70) 10+2", "b(70) 12+2", "relief", "b(70) 14+2"]);
    calls = [];
    expect(worker()).toBe(true);
    const rest = [0, 2, 4, 6, 8, 16, 18].map((first) => `b(70) ${first}+2`);
    expect(calls).toEqual([...rest, "c(80) 0+1"]);
  });

  it("is not waited for longer than that, whatever a worker still does", () => {
    place(2, 4);
    const at = PROGRAM / 4 + HEADER_WORDS;
    // A worker has claimed the first tasks, and does not come back.
    words[at + COMMAND_WORDS] = 2;
    vi.spyOn(performance, "now").mockImplementation(() => {
      now += 0.01;
      return now;
    });
    const relief = vi.fn();
    expect(new InlineRunner(kernels).join(bench(), PROGRAM, relief)).toBe(false);
    expect(calls).toEqual(["b(70) 2+2"]);
    expect(relief).toHaveBeenCalledOnce();
    expect(now).toBeLessThan(15);
  });

  it("is known before, where a kernel may not be carried out here", () => {
    place(2, 3);
    expect(new InlineRunner(kernels).knows(words, PROGRAM)).toBe(true);
    expect(new InlineRunner([kernels[0], kernels[1], undefined]).knows(words, PROGRAM)).toBe(false);
  });
});

describe.each([1, 2])("a context with %i threads", (threads) => {
  it("sends no message for little work, and for more one to each worker whose place it does not take", async () => {
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
    expect(messages).toBe(1);
    await copyOf(4096, 2 ** 23);
    expect(messages).toBe(2);
    await copyOf(4096);
    expect(messages).toBe(2);
    // Of so much work single tasks may take long.
    await copyOf(4096, 2 ** 27);
    expect(messages).toBe(2 + threads);
    await context.close();
  });
});
