/** What a worker does with a program: claims tasks, calls kernels, and waits for the other threads between commands. */
import { CLAIMED, COMMAND_WORDS, Control, DONE, FIRST, HEADER_WORDS } from "../program.js";

export type Kernel = (args: number, first: number, count: number) => void;

/** Looks at memory before a thread lies down to sleep: some ten microseconds. */
const SPINS = 1000;

/** What the threads of one instance work on. */
export interface Bench {
  readonly kernels: readonly Kernel[];
  /** All of memory as words; shared between threads where `isShared`. */
  readonly words: Int32Array;
  readonly isShared: boolean;
  /** Address of the control block. */
  readonly control: number;
}

/**
 * Carries out the program at `address` together with its other participants, however many of them come: whoever is late
 * finds the tasks done. Returns once the program is finished, with true, or with false where it was told to leave.
 */
export function carryOut(bench: Bench, address: number): boolean {
  const { words, kernels, isShared } = bench;
  const base = address / 4;
  const [commands, ordinal, participants] = words.subarray(base, base + 3);
  const begin = words[base + FIRST];
  const control = bench.control / 4;
  const isFinished = (n: number) => ((Atomics.load(words, control + Control.finished) - n) | 0) >= 0;
  const mustLeave = () => Atomics.load(words, control + Control.abort) !== 0;
  // What an earlier program writes must be there before this one reads it.
  if (isShared && !wait(words, control, () => isFinished(ordinal - 1))) return false;
  if (isShared && isFinished(ordinal)) return true;
  let at = base + HEADER_WORDS;
  for (let c = 0; c < commands; c++) {
    const [kernel, tasks, chunk, size] = words.subarray(at, at + 4);
    const run = kernels[kernel];
    const args = 4 * (at + COMMAND_WORDS);
    if (c < begin) {
      // The caller's thread has done it.
    } else if (participants === 1) {
      if (isShared && mustLeave()) return false;
      const first = words[at + CLAIMED];
      run(args, first, tasks - first);
    } else if (!share(words, at, control, (first, count) => run(args, first, count), tasks, chunk)) return false;
    at += COMMAND_WORDS + size;
  }
  if (isShared) {
    // Once only: a thread that comes here late must not take back what later programs have said.
    if (Atomics.compareExchange(words, control + Control.finished, (ordinal - 1) | 0, ordinal | 0) === ((ordinal - 1) | 0)) {
      ring(words, control);
    }
  }
  return true;
}

/** One command among several threads: claims chunks while there are any, then waits for the last one to be done. */
function share(
  words: Int32Array,
  at: number,
  control: number,
  run: (first: number, count: number) => void,
  tasks: number,
  chunk: number,
): boolean {
  for (;;) {
    if (Atomics.load(words, control + Control.abort) !== 0) return false;
    const first = Atomics.add(words, at + CLAIMED, chunk);
    if (first >= tasks) break;
    const count = Math.min(chunk, tasks - first);
    run(first, count);
    if (Atomics.add(words, at + DONE, count) + count === tasks) {
      ring(words, control);
      return true;
    }
  }
  return wait(words, control, () => Atomics.load(words, at + DONE) === tasks);
}

/** Wakes all threads that sleep on the bell. */
function ring(words: Int32Array, control: number): void {
  Atomics.add(words, control + Control.bell, 1);
  Atomics.notify(words, control + Control.bell);
}

/** Waits until something is so; false where the thread was told to leave. */
function wait(words: Int32Array, control: number, isSo: () => boolean): boolean {
  for (let i = 0; i < SPINS; i++) if (isSo()) return true;
  for (;;) {
    // The bell is read before the condition: a ring between the two ends the sleep at once.
    const bell = Atomics.load(words, control + Control.bell);
    if (isSo()) return true;
    if (Atomics.load(words, control + Control.abort) !== 0) return false;
    Atomics.wait(words, control + Control.bell, bell);
  }
}
