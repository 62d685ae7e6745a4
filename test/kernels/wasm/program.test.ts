import { describe, expect, it } from "vitest";
import { COMMAND_WORDS, HEADER_WORDS, Program, rewind, setDone, shareStart } from "../../../src/kernels/wasm/program.js";

describe("a program", () => {
  it("is a header and its commands, with counters at zero", () => {
    const program = new Program(2);
    program.add(7, 100, [1, 2, 0xffffffff], 5);
    program.add(9, 1, []);
    const [first, second] = [
      [7, 100, 5, 3, 0, 0, 0, 1, 2, 0xffffffff],
      [9, 1, 1, 0, 0, 0, 0],
    ];
    expect([...program.words()]).toEqual([2, 0, 2, 0, 2, ...first, ...second]);
    expect(program.bytes).toBe(4 * (HEADER_WORDS + 2 * (COMMAND_WORDS + 2) + 3));
    program.clear();
    expect([...program.words()]).toEqual([0, 0, 1, 0, 2]);
  });

  it.each([
    [1, undefined, 1],
    [3, undefined, 3],
    [1000, undefined, 4],
    [1000, 1000, 1],
    [1000, 400, 3],
  ])("of %i tasks in runs of %s wakes %i threads of 4", (tasks, chunk, participants) => {
    const program = new Program(4);
    program.add(0, tasks, [], chunk);
    program.add(0, 1, []);
    expect(program.participants).toBe(participants);
  });

  it("cuts commands so that no thread is left with much more than the others", () => {
    for (const threads of [1, 2, 5, 16]) {
      for (const tasks of [1, 7, 31, 32, 33, 1000, 65537]) {
        const program = new Program(threads);
        program.add(0, tasks, []);
        const chunk = program.words()[HEADER_WORDS + 2];
        expect(chunk).toBeGreaterThan(0);
        expect(chunk - 1).toBeLessThan(tasks / (4 * threads));
      }
    }
  });

  it("grows as it needs to", () => {
    const program = new Program(1);
    for (let i = 0; i < 500; i++) program.add(i, 1, [i, i + 1, i + 2]);
    const words = program.words();
    expect(words[0]).toBe(500);
    expect([...words.subarray(-3)]).toEqual([499, 500, 501]);
  });

  it.each([1, 2, 3, 5])("has %i shares that hold all tasks, in order", (shares) => {
    for (const tasks of [1, 2, 7, 100]) {
      const starts = Array.from({ length: shares + 1 }, (_, share) => shareStart(tasks, share, shares));
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      expect([starts[0], starts[shares]]).toEqual([0, tasks]);
      for (let share = 0; share < shares; share++) expect(starts[share + 1]! - starts[share]!).toBeLessThan(tasks / shares + 1);
    }
  });

  it("of which the first tasks are done leaves the others to be claimed", () => {
    const program = new Program(3);
    program.add(1, 10, []);
    const words = new Int32Array(program.words());
    setDone(words, HEADER_WORDS, 5, 3);
    // Shares begin at 0, 3 and 6: the first is done and claimed beyond its end, of the second two tasks are.
    expect([...words.subarray(HEADER_WORDS + 4)]).toEqual([5, 5, 2, 0]);
  });

  it("can be carried out again once its counters are zero", () => {
    const program = new Program(2);
    program.add(1, 10, [11, 12]);
    program.add(2, 20, [13]);
    const fresh = new Int32Array(new SharedArrayBuffer(program.bytes));
    fresh.set(program.words());
    const used = fresh.slice();
    used.set([10, 8, 9], HEADER_WORDS + 4);
    used.set([20, 17, 18], HEADER_WORDS + COMMAND_WORDS + 2 + 2 + 4);
    rewind(used);
    expect([...used]).toEqual([...fresh]);
  });
});
