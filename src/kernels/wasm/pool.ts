/** The machine with threads: workers over one shared memory, one message to each of them for a program. */
import { type KernelModule, unavailable } from "./features.js";
import { InlineRunner } from "./inline.js";
import { Deferred, type Layout, lostError, type Machine, numberKernels, type Run, type Start } from "./machine.js";
import { Member } from "./member.js";
import { Control, rewind } from "./program.js";
import type { Span } from "./ranges.js";
import { keepMemory, PAGE, type SharedMemory, takeMemory } from "./shared-memory.js";
import type { Spawn } from "./spawn.js";
import type { Outcome, Setup } from "./worker/index.js";

/** Copies of this size are made between two looks at the clock. */
const SLICE_BYTES = 2 ** 21;
/** How long the event loop may be held by copies, in milliseconds. */
const HOLD_MS = 10;
/** A program that fails this often is not tried again. */
const ATTEMPTS = 2;

const DONE = Promise.resolve();

interface Job {
  readonly address: number;
  readonly bytes: number;
  readonly ordinal: number;
  readonly participants: number;
  readonly done: Deferred<void>;
  readonly left: Deferred<void>;
  failures: number;
  /** Members that have not come back from it. */
  out: number;
}

export class Pool implements Machine {
  readonly lost: Promise<string>;
  kernels: ReadonlyMap<string, number> = new Map();
  #memory: SharedMemory;
  #bytes: Uint8Array;
  #inline: InlineRunner;
  readonly #members: Member[] = [];
  /** Jobs that are not finished, in order. */
  #jobs: Job[] = [];
  #ordinal = 0;
  /** True from the start, until all members are there. */
  #recovering = true;
  /** Resolves when a member comes back, for who waits for all of them. */
  #back = new Deferred<void>();
  #reason: string | undefined;
  #resolveLost: (reason: string) => void = () => {};

  private constructor(
    private readonly module: KernelModule,
    private readonly layout: Layout,
    memory: SharedMemory,
    inline: InlineRunner,
    private readonly spawn: Spawn,
  ) {
    this.#memory = memory;
    this.#inline = inline;
    this.#bytes = new Uint8Array(this.#memory.memory.buffer);
    this.lost = new Promise((resolve) => {
      this.#resolveLost = resolve;
    });
  }

  /** One thread for each scratch of the layout. Throws BackendUnavailableError where workers do not start. */
  static async create(module: KernelModule, layout: Layout, memory: SharedMemory, spawn: Spawn): Promise<Pool> {
    const inline = await InlineRunner.create(module, memory.memory, layout.inlineScratch);
    const pool = new Pool(module, layout, memory, inline, spawn);
    const started = await Promise.allSettled(layout.scratch.map((_, i) => pool.#start(i)));
    const failed = started.find((one) => one.status === "rejected");
    if (failed || pool.#members.some((member) => member.isDead)) {
      await pool.close(false);
      throw unavailable(`a worker that does not start: ${failed?.reason ?? "it ended"}`, failed?.reason);
    }
    pool.#recovering = false;
    return pool;
  }

  get threads(): number {
    return this.layout.scratch.length;
  }

  reach(end: number): boolean {
    const { memory, maximumBytes } = this.#memory;
    const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
    if (missing <= 0) return true;
    if (end > maximumBytes) return false;
    try {
      memory.grow(missing);
    } catch {
      return false;
    }
    this.#bytes = new Uint8Array(memory.buffer);
    return true;
  }

  write(address: number, data: Uint8Array): void {
    this.#bytes.set(data, address);
  }

  run(address: number, bytes: number, participants: number, start: Start = "workers"): Run {
    const words = new Int32Array(this.#bytes.buffer);
    // Its place among all programs: threads meet them in this order.
    words[address / 4 + 1] = ++this.#ordinal;
    const isFree = this.#jobs.length === 0 && !this.#recovering && this.#reason === undefined;
    if (start === "here" && isFree && this.#runInline(words, address)) return { done: DONE, left: DONE };
    const [done, left] = [new Deferred<void>(), new Deferred<void>()];
    const job = { address, bytes, participants, ordinal: this.#ordinal, done, left, failures: 0, out: 0 };
    this.#jobs.push(job);
    if (this.#reason !== undefined) this.#giveUp();
    else if (start === "together" && isFree && participants > 1 && this.#inline.knows(words, address)) this.#lead(job, words);
    else if (!this.#recovering) this.#post(job);
    return { done: done.promise, left: left.promise };
  }

  /** Whether this thread has carried out the program, while nothing else is under way. */
  #runInline(words: Int32Array, address: number): boolean {
    if (!this.#inline.run(words, address)) return false;
    // All earlier programs are finished, so nobody waits for this one.
    Atomics.store(words, this.layout.control / 4 + Control.finished, this.#ordinal);
    return true;
  }

  /** Carries out the program on this thread in the place of the last of its workers, and on the others. */
  #lead(job: Job, words: Int32Array): void {
    const members = this.#members.slice(0, job.participants);
    const last = members.pop() as Member;
    this.#post(job, members);
    try {
      const bench = { words, control: this.layout.control, share: members.length };
      if (this.#inline.join(bench, job.address, () => this.#post(job, [last]))) this.#finish(job.ordinal);
    } catch (error) {
      // As where a kernel traps in a worker: once more, from the start, without this thread.
      this.#interrupt(String(error));
    }
  }

  async read(address: number, bytes: number, signal?: AbortSignal, into?: Uint8Array): Promise<Uint8Array> {
    await this.#jobs.at(-1)?.done.promise;
    if (this.#reason !== undefined) throw lostError(this.#reason);
    const out = into ?? new Uint8Array(bytes);
    await inSlices(0, bytes, (start, end) => {
      signal?.throwIfAborted();
      out.set(this.#bytes.subarray(address + start, address + end), start);
    });
    return out;
  }

  async renew(end: number, spans: readonly Span[], commit: () => number | undefined): Promise<void> {
    const next = takeMemory(end, this.#memory.maximumBytes);
    const bytes = new Uint8Array(next.memory.buffer);
    const inline = await InlineRunner.create(this.module, next.memory, this.layout.inlineScratch);
    const old = { memory: this.#memory, bytes: this.#bytes };
    for (const { start, end } of spans) {
      await inSlices(start, end, (from, to) => bytes.set(old.bytes.subarray(from, to), from));
    }
    const isRenewed = !this.#recovering && this.#reason === undefined && commit() !== undefined;
    if (isRenewed) {
      this.#memory = next;
      this.#bytes = bytes;
      this.#inline = inline;
      // Messages arrive in order: whatever is sent from now on meets the new instance.
      for (const [i, member] of this.#members.entries()) {
        const opened = member.open(this.#setup(i)).catch((error) => this.#fail(member, String(error)));
        void opened.then(() => this.#back.resolve());
      }
    }
    const rest = isRenewed ? old.bytes : bytes;
    for (const { start, end } of spans) await inSlices(start, end, (from, to) => rest.fill(0, from, to));
    keepMemory(isRenewed ? old.memory : next);
  }

  async close(isClean: boolean): Promise<void> {
    this.#reason ??= "closed";
    await Promise.all(this.#members.map((member) => member.terminate()));
    if (isClean) keepMemory(this.#memory);
  }

  #setup(index: number): Setup {
    const { module, names } = this.module;
    const { memory, maximumBytes } = this.#memory;
    const { control, scratch } = this.layout;
    return {
      module,
      memory,
      maximumBytes,
      names,
      control,
      scratch: scratch[index],
      share: index,
      bytes: memory.buffer.byteLength,
    };
  }

  /** Starts the member of this place, or its successor. */
  async #start(index: number): Promise<void> {
    const { member, extras } = await Member.start(this.spawn, this.#setup(index), (dead, reason) => this.#fail(dead, reason));
    this.#members[index] = member;
    if (this.kernels.size === 0) this.kernels = numberKernels(this.module.names, extras);
  }

  #post(job: Job, members = this.#members.slice(0, job.participants)): void {
    for (const member of members) {
      job.out++;
      member.run(job.address, this.#bytes.byteLength).then(
        (outcome) => this.#returned(member, job, outcome),
        (error) => this.#returned(member, job, { finished: false, trap: String(error) }),
      );
    }
  }

  #returned(member: Member, job: Job, { finished, trap }: Outcome): void {
    job.out--;
    if (finished) this.#finish(job.ordinal);
    else if (trap !== undefined && !member.isDead) this.#fail(member, trap);
    if (job.out === 0 && !this.#jobs.includes(job)) job.left.resolve();
    this.#back.resolve();
  }

  /** All programs up to this one are done. */
  #finish(ordinal: number): void {
    while (this.#jobs.length > 0 && ((this.#jobs[0].ordinal - ordinal) | 0) <= 0) {
      const job = this.#jobs.shift() as Job;
      job.done.resolve();
      if (job.out === 0) job.left.resolve();
    }
  }

  /** A member died, or a kernel trapped in it: all leave their programs, it is replaced, and the programs start again. */
  #fail(member: Member, reason: string): void {
    member.isDead = true;
    if (this.#members.includes(member)) this.#interrupt(reason);
  }

  #interrupt(reason: string): void {
    if (this.#recovering || this.#reason !== undefined) return;
    this.#recovering = true;
    this.#recover(reason).catch((error: unknown) => this.#lose(String(error)));
  }

  async #recover(reason: string): Promise<void> {
    const words = () => new Int32Array(this.#memory.memory.buffer);
    const control = this.layout.control / 4;
    Atomics.store(words(), control + Control.abort, 1);
    Atomics.add(words(), control + Control.bell, 1);
    Atomics.notify(words(), control + Control.bell);
    await this.#quiet();
    this.#finish(Atomics.load(words(), control + Control.finished));
    const [first] = this.#jobs;
    if (first && ++first.failures >= ATTEMPTS) return this.#lose(reason);
    const dead = () => [...this.#members.keys()].filter((i) => this.#members[i].isDead);
    while (dead().length > 0) {
      for (const i of dead()) {
        await this.#members[i].terminate();
        // A successor may die young; two of them are enough.
        await this.#start(i).catch(() => this.#start(i));
      }
    }
    if (this.#reason !== undefined) return;
    Atomics.store(words(), control + Control.abort, 0);
    for (const job of this.#jobs) rewind(words().subarray(job.address / 4, (job.address + job.bytes) / 4));
    this.#recovering = false;
    for (const job of this.#jobs) this.#post(job);
  }

  /** Waits until all members that live have come back. */
  async #quiet(): Promise<void> {
    while (this.#members.some((member) => member.calls > 0 && !member.isDead)) {
      this.#back = new Deferred<void>();
      await this.#back.promise;
    }
  }

  #lose(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#giveUp();
    this.#resolveLost(reason);
    void Promise.all(this.#members.map((member) => member.terminate()));
  }

  #giveUp(): void {
    for (const job of this.#jobs) {
      job.done.reject(lostError(this.#reason ?? ""));
      job.left.resolve();
    }
    this.#jobs = [];
  }
}

/** Calls `handle` for slices of [first, end), and lets the event loop turn between them. */
async function inSlices(first: number, end: number, handle: (start: number, end: number) => void): Promise<void> {
  let since = performance.now();
  for (let start = first; start < end; start += SLICE_BYTES) {
    if (performance.now() - since >= HOLD_MS) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      since = performance.now();
    }
    handle(start, Math.min(end, start + SLICE_BYTES));
  }
}
