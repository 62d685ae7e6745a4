/**
 * WebAssembly as the kernels see it: memory, commands, reading back. Commands are collected into a program until somebody
 * reads, flushes, or much is recorded; memory that is released comes back into use when the programs recorded before are
 * finished, which is what makes every program repeatable. When nothing is to be done, released memory is wiped, and memory
 * that is no longer needed goes back to the system.
 */
import { LimitError, ParameterError } from "../../errors.js";
import type { PackedReadOptions, WorkCounters } from "../interface.js";
import { checkOpen } from "../shapes.js";
import { checkInside, MemoryBlock } from "./block.js";
import { startOf } from "./inline.js";
import { type Layout, type Machine, type Run, type Start, unlessAborted, WIPE_SPANS } from "./machine.js";
import { ENOUGH_COMMANDS, MOST_COMMANDS, Program } from "./program.js";
import { Ranges, type Span, UNIT } from "./ranges.js";
import type { Block, Runtime } from "./runtime.js";

/** Memory given out for commands after which they are submitted without being asked. */
const MOST_BYTES = 2 ** 26;

/** Memory grows by this at least, and by a quarter of what it is. */
const GROWTH_BYTES = 2 ** 24;
/** Memory that blocks leave to programs: who has filled all of it can still read. */
const RESERVE_BYTES = 2 ** 20;

/** What one wipe clears at most: short work for who comes next. */
const WIPE_BYTES = 2 ** 24;
/** Bytes that one task of a wipe clears. */
const WIPE_TASK_BYTES = 2 ** 20;

/** Time without work after which memory is wiped, and after which it is given back, in milliseconds. */
const WIPE_AFTER_MS = 20;
const RENEW_AFTER_MS = 2000;
/** Memory below this is never given back. */
const FLOOR_BYTES = 2 ** 26;

const round = (bytes: number) => Math.max(1, Math.ceil(bytes / UNIT)) * UNIT;

export interface MemoryUsage {
  /** What blocks hold, rounded up, and how many blocks. */
  readonly liveBytes: number;
  readonly liveBlocks: number;
  /** How far memory reaches. */
  readonly memoryBytes: number;
  /** How often memory was given back. */
  readonly renewals: number;
}

export class WasmContext implements Runtime {
  /** Resolves with the reason when no more work can be done, or with "closed"; never rejects. */
  readonly lost: Promise<string>;
  readonly #machine: Machine;
  readonly #layout: Layout;
  /** How far memory may grow. */
  readonly maximumBytes: number;
  readonly #ranges: Ranges;
  readonly #program: Program;
  /** Blocks that were released while the current program was recorded. */
  #released: MemoryBlock[] = [];
  /**
   * Those of them that the same program computes, by size: later results of the program may take their place, and the
   * program can be carried out again all the same, because it computes both from the start.
   */
  #reusable = new Map<number, MemoryBlock[]>();
  /** The last program on its way, and how many there are. */
  #last: { readonly released: MemoryBlock[]; readonly done: Promise<void> } | undefined;
  #inFlight = 0;
  readonly #reads = new Set<Promise<unknown>>();
  /** Programs that a late thread may still look at, though they are finished. */
  readonly #leaving = new Set<Promise<void>>();
  #bytesSince = 0;
  /** The same, counting also the places of results that are used twice, and what {@link record} is told of. */
  #workBytes = 0;
  #liveBytes = 0;
  #liveBlocks = 0;
  #dispatches = 0;
  #submissions = 0;
  #bytesUploaded = 0;
  #bytesRead = 0;
  /** Counts what may not happen while memory is replaced. */
  #activity = 0;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isScratchDirty = false;
  /** Bytes wiped since memory was last replaced: touched, but of no use. */
  #wipedBytes = 0;
  #renewals = 0;
  #tidying: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;
  #resolveLost: (reason: string) => void = () => {};

  constructor(machine: Machine, layout: Layout, maximumBytes: number) {
    this.#machine = machine;
    this.#layout = layout;
    this.maximumBytes = maximumBytes;
    this.#ranges = new Ranges(layout.end);
    this.#program = new Program(machine.threads);
    this.lost = new Promise((resolve) => {
      this.#resolveLost = resolve;
    });
    void machine.lost.then(this.#resolveLost);
  }

  get threads(): number {
    return this.#machine.threads;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  counters(): WorkCounters {
    return {
      dispatches: this.#dispatches,
      submissions: this.#submissions,
      bytesUploaded: this.#bytesUploaded,
      bytesRead: this.#bytesRead,
    };
  }

  usage(): MemoryUsage {
    return {
      liveBytes: this.#liveBytes,
      liveBlocks: this.#liveBlocks,
      memoryBytes: this.#ranges.end,
      renewals: this.#renewals,
    };
  }

  allocate(bytes: number): Block {
    return this.#allocate(bytes, false);
  }

  allocateResult(bytes: number): Block {
    return this.#allocate(bytes, true);
  }

  #allocate(bytes: number, isResult: boolean): Block {
    checkOpen(!this.isClosed);
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      const remedy = "pass a number of bytes";
      throw new ParameterError({ what: "block", expected: "a whole number of bytes", got: String(bytes), remedy });
    }
    const size = round(bytes);
    const reused = isResult ? this.#reusable.get(size)?.pop() : undefined;
    const address = reused?.start ?? this.#take(size, this.maximumBytes - RESERVE_BYTES);
    this.#activity++;
    if (!reused) this.#bytesSince += size;
    this.#workBytes += size;
    this.#liveBytes += size;
    this.#liveBlocks++;
    return new MemoryBlock(address, bytes, this.#submissions, isResult, (block) => this.#release(block));
  }

  write(block: Block, data: ArrayBufferView, byteOffset = 0): void {
    checkOpen(!this.isClosed);
    checkInside(block, byteOffset, data.byteLength);
    if (block instanceof MemoryBlock) {
      if (block.isResult) {
        const remedy = "allocate it with allocate()";
        throw new ParameterError({ what: "block", expected: "one that may be written", got: "a result of commands", remedy });
      }
      block.isWritten = true;
    }
    this.#activity++;
    this.#bytesUploaded += data.byteLength;
    this.#machine.write(block.address + byteOffset, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  record(kernel: string, tasks: number, args: readonly number[], chunk?: number, workBytes = 0): void {
    checkOpen(!this.isClosed);
    const number = this.#machine.kernels.get(kernel);
    if (number === undefined) {
      const remedy = "name an export of the modules";
      throw new ParameterError({ what: "kernel", expected: "the name of a kernel", got: kernel, remedy });
    }
    if (tasks === 0) return;
    this.#activity++;
    this.#program.add(number, tasks, args, chunk);
    this.#dispatches++;
    this.#workBytes += workBytes;
    const { commands } = this.#program;
    const isWaited = this.#inFlight === 0 && this.#start !== "here";
    const isEnough = commands >= (isWaited ? ENOUGH_COMMANDS : MOST_COMMANDS);
    if (isEnough || this.#bytesSince >= MOST_BYTES) this.#submit("workers");
  }

  /** Whether a kernel of this name is there: what the workers add depends on the platform. */
  has(kernel: string): boolean {
    return this.#machine.kernels.has(kernel);
  }

  async read(block: Block, byteOffset: number, bytes: number, { signal, into }: PackedReadOptions = {}): Promise<Uint8Array> {
    checkOpen(!this.isClosed);
    checkInside(block, byteOffset, bytes);
    signal?.throwIfAborted();
    this.#activity++;
    this.#submit(this.#start);
    block.retain();
    const reading = this.#machine.read(block.address + byteOffset, bytes, signal, into);
    this.#reads.add(reading);
    const over = () => {
      this.#reads.delete(reading);
      block.release();
    };
    reading.then(over, over);
    const data = await unlessAborted(reading, signal);
    this.#bytesRead += bytes;
    return data;
  }

  async flush(): Promise<void> {
    checkOpen(!this.isClosed);
    this.#submit(this.#start);
    await this.#last?.done;
  }

  /** Waits for what was submitted and for reads, wipes all memory and ends the threads. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.allSettled([...this.#reads, this.#last?.done, this.#tidying]);
    // A thread whose program is wiped under its eyes waits for ever.
    await Promise.all(this.#leaving);
    const { scratch, control } = this.#layout;
    const isClean = await this.#wipe([{ start: scratch[0], end: this.#ranges.end }]).then(
      () => true,
      () => false,
    );
    this.#machine.write(control, new Uint8Array(scratch[0] - control));
    await this.#machine.close(isClean);
    this.#resolveLost("closed");
  }

  /** The address of free memory, which grows where it must, up to `most`. */
  #take(bytes: number, most: number): number {
    const found = this.#ranges.take(bytes);
    if (found !== undefined) return found;
    const { end, tail } = this.#ranges;
    const missing = bytes - tail;
    for (const step of [Math.max(missing, GROWTH_BYTES, end / 4), missing]) {
      const grown = Math.min(most, Math.ceil((end + step) / 65536) * 65536);
      if (grown - end < missing || !this.#machine.reach(grown)) continue;
      this.#ranges.grow(grown - end);
      return this.#ranges.take(bytes) as number;
    }
    throw new LimitError({
      what: "WebAssembly memory",
      expected: `room for ${bytes} more bytes`,
      got: `${most} bytes at most, ${end - this.#ranges.free} of them in use`,
      remedy: "dispose of what is not needed, await flush() in between, or use smaller batches",
    });
  }

  #release(block: MemoryBlock): void {
    this.#liveBytes -= round(block.bytes);
    this.#liveBlocks--;
    if (this.#program.commands > 0 && block.program === this.#submissions && !block.isWritten) this.#offer(block);
    else if (this.#program.commands > 0) this.#released.push(block);
    else if (this.#last) this.#last.released.push(block);
    else this.#free([block]);
  }

  #offer(block: MemoryBlock): void {
    const size = round(block.bytes);
    const offered = this.#reusable.get(size);
    if (offered) offered.push(block);
    else this.#reusable.set(size, [block]);
  }

  #free(blocks: readonly MemoryBlock[]): void {
    for (const block of blocks) this.#ranges.give(block.start, round(block.bytes), true);
    if (blocks.length > 0) this.#rest();
  }

  get #start(): Start {
    return startOf(this.#workBytes, this.threads);
  }

  /** Sends off what is recorded. */
  #submit(start: Start): void {
    if (this.#program.commands === 0) return;
    const bytes = round(this.#program.bytes);
    const address = this.#take(bytes, this.maximumBytes);
    const { done, left } = this.#run(this.#program, address, start);
    this.#program.clear();
    this.#submissions++;
    this.#bytesSince = 0;
    this.#workBytes = 0;
    this.#isScratchDirty = true;
    const entry = { released: [...this.#released, ...[...this.#reusable.values()].flat()], done };
    this.#released = [];
    this.#reusable.clear();
    this.#last = entry;
    this.#inFlight++;
    const over = () => {
      this.#inFlight--;
      if (this.#last === entry) this.#last = undefined;
      this.#free(entry.released);
    };
    done.then(over, over);
    this.#leaving.add(left);
    void left.then(() => {
      this.#leaving.delete(left);
      this.#ranges.give(address, bytes, true);
      this.#rest();
    });
  }

  #run(program: Program, address: number, start: Start): Run {
    const words = program.words();
    this.#machine.write(address, new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    return this.#machine.run(address, words.byteLength, program.participants, start);
  }

  /** Arms the timer for what is done in idle times. */
  #rest(): void {
    this.#since = performance.now();
    if (this.#timer === undefined) this.#arm(WIPE_AFTER_MS);
  }

  #arm(after: number): void {
    if (this.isClosed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // One after the other: wipes write their programs to one place.
      this.#tidying = this.#tidying.then(() => this.#tidy()).catch(() => undefined);
    }, after);
    // A process that has nothing else to do ends, and its memory with it.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  get #isIdle(): boolean {
    const isQuiet = this.#inFlight === 0 && this.#leaving.size === 0 && this.#reads.size === 0;
    return isQuiet && this.#program.commands === 0 && !this.isClosed;
  }

  /** Wipes a part of what was released; when all of it is wiped, gives memory back. */
  async #tidy(): Promise<void> {
    const rested = performance.now() - this.#since;
    if (!this.#isIdle) return this.#arm(WIPE_AFTER_MS);
    if (rested < WIPE_AFTER_MS) return this.#arm(WIPE_AFTER_MS - rested);
    const spans = this.#ranges.takeDirty(WIPE_BYTES, WIPE_SPANS - 1);
    if (spans.length > 0 || this.#isScratchDirty) {
      const { scratch, end } = this.#layout;
      const more = this.#isScratchDirty ? [{ start: scratch[0], end }] : [];
      this.#isScratchDirty = false;
      await this.#wipe([...spans, ...more]);
      for (const { start, end } of spans) {
        this.#ranges.give(start, end - start, false);
        this.#wipedBytes += end - start;
      }
      return this.#arm(0);
    }
    const { end, start, free } = this.#ranges;
    const taken = end - start - free;
    const resident = taken + Math.min(free, this.#wipedBytes);
    if (resident <= FLOOR_BYTES || taken > resident / 4) return;
    if (rested < RENEW_AFTER_MS) return this.#arm(RENEW_AFTER_MS - rested);
    await this.#renew();
  }

  /** Moves to a memory in which only what blocks hold was ever touched. Addresses stay what they are. */
  async #renew(): Promise<void> {
    const { control, wipe } = this.#layout;
    const spans = this.#ranges.taken();
    const activity = this.#activity;
    const end = Math.max(spans.at(-1)?.end ?? 0, this.#layout.end);
    await this.#machine.renew(end, [{ start: control, end: wipe }, ...spans], () => {
      if (activity !== this.#activity || !this.#isIdle) return undefined;
      this.#wipedBytes = 0;
      this.#renewals++;
      return this.#ranges.renew(end);
    });
  }

  /** Clears spans that nobody else uses. */
  async #wipe(spans: readonly Span[]): Promise<void> {
    const program = new Program(this.#machine.threads);
    const clear = this.#machine.kernels.get("clear") as number;
    for (const { start, end } of spans) {
      const tasks = Math.ceil((end - start) / WIPE_TASK_BYTES);
      const last = end - start - (tasks - 1) * WIPE_TASK_BYTES;
      program.add(clear, tasks, [start, WIPE_TASK_BYTES, last, tasks], 1);
    }
    const { done, left } = this.#run(program, this.#layout.wipe, "workers");
    await done;
    await left;
  }
}
