import { beforeEach, describe, expect, it, vi } from "vitest";
import { COMMAND_WORDS, Control, DONE, HEADER_WORDS, Program } from "../../../../src/kernels/wasm/program.js";
import { type Bench, carryOut } from "../../../../src/kernels/wasm/worker/interpreter.js";

const PROGRAM = 1024;
const control = Control.bytes;

let calls: string[];
let bench: Bench;

beforeEach(() => {
  calls = [];
  bench = {
    words: new Int32Array(new SharedArrayBuffer(8192)),
    isShared: true,
    share: 0,
    control,
    kernels: ["a", "b", "c"].map((name) => (args, first, count) => {
      calls.push(`${name}(${bench.words[args / 4]}) ${first}+${count}`);
    }),
  };
});

/** Puts a program with two commands into memory. */
function place(threads: number, ordinal: number): void {
  const program = new Program(threads);
  program.add(1, 5, [70], 2);
  program.add(2, 1, [80]);
  const words = program.words();
  words[1] = ordinal;
  bench.words.set(words, PROGRAM / 4);
}

const word = (index: number) => bench.words[control / 4 + index];
const set = (index: number, value: number) => Atomics.store(bench.words, control / 4 + index, value);

describe("the interpreter", () => {
  it("gives a program of one participant its tasks in one call each", () => {
    place(1, 1);
    expect(carryOut(bench, PROGRAM)).toBe(true);
    expect(calls).toEqual(["b(70) 0+5", "c(80) 0+1"]);
    expect(word(Control.finished)).toBe(1);
  });

  it("claims chunk after chunk, and finishes alone where no other participant comes", () => {
    place(2, 1);
    expect(carryOut(bench, PROGRAM)).toBe(true);
    expect(calls).toEqual(["b(70) 0+2", "b(70) 2+2", "b(70) 4+1", "c(80) 0+1"]);
    expect(word(Control.finished)).toBe(1);
  });

  it("begins with the tasks of its own share, and helps the others then", () => {
    place(2, 1);
    bench = { ...bench, share: 1 };
    expect(carryOut(bench, PROGRAM)).toBe(true);
    expect(calls).toEqual(["b(70) 2+2", "b(70) 4+1", "b(70) 0+2", "c(80) 0+1"]);
  });

  it("leaves when it wants to, before a chunk or while it waits, and never sleeps then", () => {
    const sleep = vi.spyOn(Atomics, "wait");
    place(2, 1);
    expect(carryOut(bench, PROGRAM, () => calls.length === 2)).toBe(false);
    expect(calls).toEqual(["b(70) 0+2", "b(70) 2+2"]);
    // What it has left is done by who comes next, and by nobody twice.
    expect(carryOut(bench, PROGRAM)).toBe(true);
    expect(calls).toEqual(["b(70) 0+2", "b(70) 2+2", "b(70) 4+1", "c(80) 0+1"]);

    place(2, 3);
    let looks = 0;
    expect(carryOut(bench, PROGRAM, () => ++looks === 100_000)).toBe(false);
    expect(carryOut(bench, PROGRAM, () => word(Control.abort) !== 0 || set(Control.abort, 1) !== 1)).toBe(false);
    expect(sleep).not.toHaveBeenCalled();
    sleep.mockRestore();
  });

  it("does nothing in a program that is finished", () => {
    place(2, 1);
    carryOut(bench, PROGRAM);
    set(Control.finished, 3);
    calls = [];
    expect(carryOut(bench, PROGRAM)).toBe(true);
    expect(calls).toEqual([]);
    expect(word(Control.finished)).toBe(3);
  });

  it("does not take back what later programs have said", () => {
    place(2, 1);
    // Another thread finishes this program and the next while this one is in the last command.
    bench = { ...bench, kernels: [() => {}, () => {}, () => set(Control.finished, 2)] };
    expect(carryOut(bench, PROGRAM)).toBe(true);
    expect(word(Control.finished)).toBe(2);
  });

  it("counts ordinals beyond 2^31", () => {
    set(Control.finished, 2 ** 31 - 1);
    place(1, 2 ** 31);
    expect(carryOut(bench, PROGRAM)).toBe(true);
    expect(word(Control.finished)).toBe(-(2 ** 31));
    expect(carryOut(bench, PROGRAM)).toBe(true);
    expect(calls).toHaveLength(2);
  });

  it.each([1, 2])("leaves when it is told to, with %i threads", (threads) => {
    place(threads, 1);
    set(Control.abort, 1);
    expect(carryOut(bench, PROGRAM)).toBe(false);
    expect(calls).toEqual([]);
    expect(word(Control.finished)).toBe(0);
  });

  it("waits for the program before it, and for nothing else", () => {
    place(1, 2);
    const sleep = vi.spyOn(Atomics, "wait").mockImplementation(() => {
      calls.push("asleep");
      set(Control.finished, 1);
      return "ok";
    });
    expect(carryOut(bench, PROGRAM)).toBe(true);
    sleep.mockRestore();
    expect(calls).toEqual(["asleep", "b(70) 0+5", "c(80) 0+1"]);
  });

  it("waits for the tasks that another thread has claimed before it begins the next command", () => {
    place(2, 1);
    const first = PROGRAM / 4 + HEADER_WORDS;
    Atomics.store(bench.words, first + COMMAND_WORDS, 2);
    const sleep = vi.spyOn(Atomics, "wait").mockImplementation(() => {
      calls.push("asleep");
      Atomics.add(bench.words, first + DONE, 2);
      return "ok";
    });
    expect(carryOut(bench, PROGRAM)).toBe(true);
    sleep.mockRestore();
    expect(calls).toEqual(["b(70) 2+2", "b(70) 4+1", "asleep", "c(80) 0+1"]);
  });

  it("leaves instead of waiting for ever", () => {
    place(1, 2);
    const sleep = vi.spyOn(Atomics, "wait").mockImplementation(() => {
      set(Control.abort, 1);
      return "ok";
    });
    expect(carryOut(bench, PROGRAM)).toBe(false);
    sleep.mockRestore();
    expect(calls).toEqual([]);
  });

  it("leaves between the commands, so that the program can be carried out again", () => {
    place(2, 1);
    bench = { ...bench, kernels: [() => {}, () => set(Control.abort, 1), () => calls.push("too much")] };
    expect(carryOut(bench, PROGRAM)).toBe(false);
    expect(calls).toEqual([]);
  });

  it("needs no atomics where memory is not shared", () => {
    place(1, 5);
    bench = { ...bench, words: new Int32Array(new Int32Array(bench.words).buffer), isShared: false };
    expect(carryOut(bench, PROGRAM)).toBe(true);
    expect(calls).toHaveLength(2);
    expect(word(Control.finished)).toBe(0);
  });
});
