/**
 * Programs: recorded commands as u32 words, the form in which workers carry them out (worker/interpreter.ts). Numbers of
 * words from the start of a program:
 *
 *   [0] commands  [1] ordinal of the program  [2] participants  [3] commands that are done, before it begins
 *   then for each command: [kernel, tasks, chunk, number of arguments, tasks claimed, tasks done, ...arguments]
 *
 * The two counters are what threads share a command by; with them at zero a program can be carried out again, because
 * nothing that it reads is overwritten before it is finished.
 */

/** Words before the first command. */
export const HEADER_WORDS = 4;
/** Words of a command before its arguments. */
export const COMMAND_WORDS = 6;
/** Where a header says with which command to begin: the caller's thread may have done the first ones, and a part of the next. */
export const FIRST = 3;
export const CLAIMED = 4;
export const DONE = 5;

/** Words of the control block that all threads of a backend share. */
export const Control = {
  /** Other than 0: leave every program at once. */
  abort: 0,
  /** The ordinal of the last finished program. */
  finished: 1,
  /** Counts finished commands and aborts; threads that wait sleep on it. */
  bell: 2,
  bytes: 64,
} as const;

/** Commands after which a program is submitted without being asked. */
export const MOST_COMMANDS = 256;
/** Commands of a long program after which threads that have nothing to do start, while the caller goes on recording. */
export const ENOUGH_COMMANDS = 24;

/** Pieces a thread gets of a command where the caller does not say: more even shares, more claims. */
const PIECES_A_THREAD = 16;

export class Program {
  #words = new Uint32Array(1024);
  #length = HEADER_WORDS;
  #commands = 0;
  #participants = 1;

  constructor(private readonly threads: number) {}

  get commands(): number {
    return this.#commands;
  }

  get bytes(): number {
    return 4 * this.#length;
  }

  /** Threads that find something to do in it. */
  get participants(): number {
    return this.#participants;
  }

  /** Adds a command of at least one task. */
  add(kernel: number, tasks: number, args: readonly number[], chunk?: number): void {
    const size = chunk ?? Math.max(1, Math.ceil(tasks / (PIECES_A_THREAD * this.threads)));
    const at = this.#length;
    this.#length += COMMAND_WORDS + args.length;
    while (this.#length > this.#words.length) {
      const words = new Uint32Array(2 * this.#words.length);
      words.set(this.#words);
      this.#words = words;
    }
    this.#words.set([kernel, tasks, size, args.length, 0, 0], at);
    this.#words.set(args, at + COMMAND_WORDS);
    this.#commands++;
    this.#participants = Math.max(this.#participants, Math.min(this.threads, Math.ceil(tasks / size)));
  }

  /** Forgets all commands. */
  clear(): void {
    this.#length = HEADER_WORDS;
    this.#commands = 0;
    this.#participants = 1;
  }

  /** All words, complete but for the ordinal, which the machine gives. */
  words(): Uint32Array {
    this.#words.set([this.#commands, 0, this.#participants, 0]);
    return this.#words.subarray(0, this.#length);
  }
}

/** Sets the counters of a program in memory to zero, so that it can be carried out once more, from its start. */
export function rewind(words: Int32Array): void {
  words[FIRST] = 0;
  let at = HEADER_WORDS;
  for (let c = 0; c < words[0]; c++) {
    Atomics.store(words, at + CLAIMED, 0);
    Atomics.store(words, at + DONE, 0);
    at += COMMAND_WORDS + words[at + 3];
  }
}
