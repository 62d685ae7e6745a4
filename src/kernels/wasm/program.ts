/**
 * Programs: recorded commands as u32 words, the form in which workers carry them out (worker/interpreter.ts). Numbers of
 * words from the start of a program:
 *
 *   [0] commands  [1] ordinal of the program  [2] participants  [3] commands that are done, before it begins  [4] shares
 *   then for each command: [kernel, tasks, chunk, number of arguments, tasks done, claimed in each share ..., arguments ...]
 *
 * A command's tasks lie in as many shares as there are threads, in order. A thread claims those of its own share first, then
 * helps the others: so it meets the rows again that it has worked on before, which lie in its core's cache. With all counters at
 * zero a program can be carried out again, because nothing that it reads is overwritten before it is finished.
 */

/** Words before the first command. */
export const HEADER_WORDS = 5;
/** Words of a command before its counters of claimed tasks, which its arguments follow. */
export const COMMAND_WORDS = 5;
/** Where a header says whether threads share commands at all. */
export const PARTICIPANTS = 2;
/** Where a header says with which command to begin: the caller's thread may have done the first ones, and a part of the next. */
export const FIRST = 3;
export const SHARES = 4;
/** Where a command counts the tasks that are done. */
export const DONE = 4;

/** The first task of a share; that of the share after the last is the number of tasks. */
export const shareStart = (tasks: number, share: number, shares: number): number => Math.floor((tasks * share) / shares);

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
    const counters = at + COMMAND_WORDS;
    this.#length = counters + this.threads + args.length;
    while (this.#length > this.#words.length) {
      const words = new Uint32Array(2 * this.#words.length);
      words.set(this.#words);
      this.#words = words;
    }
    this.#words.set([kernel, tasks, size, args.length, 0], at);
    this.#words.fill(0, counters, counters + this.threads);
    this.#words.set(args, counters + this.threads);
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
    this.#words.set([this.#commands, 0, this.#participants, 0, this.threads]);
    return this.#words.subarray(0, this.#length);
  }
}

/** Where the arguments of the command at `at` begin, and where the next command does. */
export const argumentsAt = (at: number, shares: number): number => at + COMMAND_WORDS + shares;
export const nextAt = (words: Int32Array, at: number, shares: number): number => argumentsAt(at, shares) + words[at + 3];

/** Writes that the first tasks of the command at `at` are done, and no others claimed. Nobody else looks at it meanwhile. */
export function setDone(words: Int32Array, at: number, done: number, shares: number): void {
  const tasks = words[at + 1];
  words[at + DONE] = done;
  for (let share = 0; share < shares; share++) {
    words[at + COMMAND_WORDS + share] = Math.max(0, done - shareStart(tasks, share, shares));
  }
}

/** Sets the counters of a program in memory to zero, so that it can be carried out once more, from its start. */
export function rewind(words: Int32Array): void {
  words[FIRST] = 0;
  let at = HEADER_WORDS;
  for (let c = 0; c < words[0]; c++) {
    setDone(words, at, 0, words[SHARES]);
    at = nextAt(words, at, words[SHARES]);
  }
}
