/** What a worker does with a program: claims tasks, calls kernels, and waits for the other threads between commands. */
import {
  argumentsAt,
  COMMAND_WORDS,
  Control,
  DONE,
  FIRST,
  HEADER_WORDS,
  nextAt,
  PARTICIPANTS,
  SHARES,
  shareStart,
} from "../program.js";

export type Kernel = (args: number, first: number, count: number) => void;

/**
 * Looks at memory before a thread lies down to sleep: some 60 us, a little less than it takes a virtual machine to wake it again.
 */
const SPINS = 20_000;

/** What the threads of one instance work on. */
export interface Bench {
  readonly kernels: readonly Kernel[];
  /** All of memory as words; shared between threads where `isShared`. */
  readonly words: Int32Array;
  readonly isShared: boolean;
  /** The share of each command that this thread begins with. */
  readonly share: number;
  /** Address of the control block. */
  readonly control: number;
}

/** Asked before every chunk of tasks and at every look while waiting: whether this thread has something else to do. */
export type Leave = () => boolean;

/**
 * Carries out the program at `address` together with its other participants, however many of them come: whoever is late
 * finds the tasks done. Returns once the program is finished, with true, or with false where it was told to leave. A thread
 * that may leave by itself never sleeps.
 */
export function carryOut(bench: Bench, address: number, leave?: Leave): boolean {
  const { words, kernels, isShared } = bench;
  const base = address / 4;
  const [commands, ordinal] = words.subarray(base, base + 2);
  const [participants, begin, shares] = [words[base + PARTICIPANTS], words[base + FIRST], words[base + SHARES]];
  const control = bench.control / 4;
  const isFinished = (n: number) => ((Atomics.load(words, control + Control.finished) - n) | 0) >= 0;
  const mustLeave = () => Atomics.load(words, control + Control.abort) !== 0;
  // What an earlier program writes must be there before this one reads it.
  if (isShared && !wait(words, control, () => isFinished(ordinal - 1), leave)) return false;
  if (isShared && isFinished(ordinal)) return true;
  let at = base + HEADER_WORDS;
  for (let c = 0; c < commands; c++) {
    const tasks = words[at + 1];
    const run = kernels[words[at]];
    const args = 4 * argumentsAt(at, shares);
    if (c < begin) {
      // The caller's thread has done it.
    } else if (participants === 1) {
      if (isShared && mustLeave()) return false;
      const first = words[at + DONE];
      run(args, first, tasks - first);
    } else if (!share({ words, at, control, own: bench.share, shares, leave }, (first, count) => run(args, first, count)))
      return false;
    at = nextAt(words, at, shares);
  }
  if (isShared) {
    // Once only: a thread that comes here late must not take back what later programs have said.
    if (Atomics.compareExchange(words, control + Control.finished, (ordinal - 1) | 0, ordinal | 0) === ((ordinal - 1) | 0)) {
      ring(words, control);
    }
  }
  return true;
}

interface Shared {
  readonly words: Int32Array;
  /** Where the command begins, and the control block, in words. */
  readonly at: number;
  readonly control: number;
  /** The share to begin with. */
  readonly own: number;
  readonly shares: number;
  readonly leave?: Leave;
}

/** One command among several threads: claims chunks while there are any, its own share's first, then waits for the last one to be done. */
function share({ words, at, control, own, shares, leave }: Shared, run: (first: number, count: number) => void): boolean {
  const [tasks, chunk] = [words[at + 1], words[at + 2]];
  for (let i = 0; i < shares; i++) {
    const n = (own + i) % shares;
    const [start, end] = [shareStart(tasks, n, shares), shareStart(tasks, n + 1, shares)];
    for (;;) {
      if (Atomics.load(words, control + Control.abort) !== 0 || leave?.()) return false;
      const first = start + Atomics.add(words, at + COMMAND_WORDS + n, chunk);
      if (first >= end) break;
      const count = Math.min(chunk, end - first);
      run(first, count);
      if (Atomics.add(words, at + DONE, count) + count === tasks) {
        ring(words, control);
        return true;
      }
    }
  }
  return wait(words, control, () => Atomics.load(words, at + DONE) === tasks, leave);
}

/** Wakes all threads that sleep on the bell. */
function ring(words: Int32Array, control: number): void {
  Atomics.add(words, control + Control.bell, 1);
  Atomics.notify(words, control + Control.bell);
}

/** Waits until something is so; false where the thread was told to leave, or leaves. */
function wait(words: Int32Array, control: number, isSo: () => boolean, leave?: Leave): boolean {
  for (let i = 0; i < SPINS || leave; i++) {
    if (isSo()) return true;
    if (leave && (leave() || Atomics.load(words, control + Control.abort) !== 0)) return false;
  }
  for (;;) {
    // The bell is read before the condition: a ring between the two ends the sleep at once.
    const bell = Atomics.load(words, control + Control.bell);
    if (isSo()) return true;
    if (Atomics.load(words, control + Control.abort) !== 0) return false;
    Atomics.wait(words, control + Control.bell, bell);
  }
}
