/** What a worker offers to the thread that owns it, through comlink. */
import { transfer } from "comlink";
import { Control } from "../program.js";
import { type Bench, carryOut, type Kernel } from "./interpreter.js";

/** How a worker is set up. */
export interface Setup {
  readonly module: WebAssembly.Module;
  /** The memory of all threads; without one, the worker makes its own. */
  readonly memory?: WebAssembly.Memory;
  /** Bytes that its own memory may have at most. */
  readonly maximumBytes: number;
  /** Names of the exported kernels, in the order in which programs count them. */
  readonly names: readonly string[];
  /** Address of the control block, and of this thread's scratch. */
  readonly control: number;
  readonly scratch: number;
  /** The share of each command that this thread begins with. */
  readonly share: number;
  /** Bytes of memory that the addresses above need. */
  readonly bytes: number;
}

/** What came of a program. */
export interface Outcome {
  readonly finished: boolean;
  /** The message of a trap in a kernel. */
  readonly trap?: string;
}

/** One message to a worker with memory of its own: writes, then a program, then reads. */
export interface Order {
  /** Bytes of memory that the order needs. */
  readonly bytes: number;
  readonly writes: readonly { readonly address: number; readonly data: Uint8Array }[];
  /** Address of a program, among what was written. */
  readonly program?: number;
  readonly read?: { readonly address: number; readonly bytes: number };
}

export interface Reply extends Outcome {
  readonly data?: Uint8Array;
}

/** Kernels in JavaScript that a platform adds, over memory as it is at each call. */
export type ExtraKernels = (memory: WebAssembly.Memory) => Record<string, Kernel>;

const PAGE = 65536;

export class Service {
  #setup: Setup | undefined;
  #memory: WebAssembly.Memory | undefined;
  #bench: Bench | undefined;

  constructor(
    private readonly extraKernels: ExtraKernels,
    private readonly end: () => void,
  ) {}

  /** Makes an instance; returns the names of the extra kernels, which programs count after the others. */
  open(setup: Setup): string[] {
    const own = () => new WebAssembly.Memory({ initial: Math.ceil(setup.bytes / PAGE), maximum: setup.maximumBytes / PAGE });
    const memory = setup.memory ?? own();
    const { exports } = new WebAssembly.Instance(setup.module, { env: { memory, abort: trap } });
    (exports.setScratch as (address: number) => void)(setup.scratch);
    const extras = this.extraKernels(memory);
    this.#setup = setup;
    this.#memory = memory;
    this.#bench = {
      kernels: [...setup.names.map((name) => exports[name] as Kernel), ...Object.values(extras)],
      words: new Int32Array(memory.buffer),
      isShared: setup.memory !== undefined,
      share: setup.share,
      control: setup.control,
    };
    return Object.keys(extras);
  }

  /** Carries out a program, in memory of `bytes` bytes. */
  run(address: number, bytes: number): Outcome {
    const bench = this.#reach(bytes);
    try {
      return { finished: carryOut(bench, address) };
    } catch (error) {
      if (bench.isShared) {
        // The others would wait for tasks that nobody will do.
        Atomics.store(bench.words, bench.control / 4 + Control.abort, 1);
        Atomics.add(bench.words, bench.control / 4 + Control.bell, 1);
        Atomics.notify(bench.words, bench.control / 4 + Control.bell);
      }
      return { finished: false, trap: String(error) };
    }
  }

  /** Writes, computes and reads in memory of its own. */
  serve(order: Order): Reply {
    const bench = this.#reach(order.bytes);
    const memory = new Uint8Array(bench.words.buffer);
    for (const { address, data } of order.writes) {
      memory.set(data, address);
      data.fill(0);
    }
    if (order.program !== undefined) {
      const outcome = this.run(order.program, order.bytes);
      if (!outcome.finished) return outcome;
    }
    if (order.read === undefined) return { finished: true };
    const data = memory.slice(order.read.address, order.read.address + order.read.bytes);
    return transfer({ finished: true, data }, [data.buffer]);
  }

  /** Replaces memory of its own by a smaller one that holds the same in `spans`. */
  renew(bytes: number, spans: readonly { readonly start: number; readonly end: number }[]): void {
    const old = new Uint8Array(this.#reach(0).words.buffer);
    this.open({ ...(this.#setup as Setup), bytes });
    const memory = new Uint8Array(this.#reach(bytes).words.buffer);
    for (const { start, end } of spans) memory.set(old.subarray(start, end), start);
    old.fill(0);
  }

  /** Ends the worker. */
  close(): void {
    this.#bench = undefined;
    this.#memory = undefined;
    this.end();
  }

  /** The bench, with its view of memory as long as `bytes` at least. Throws where memory cannot grow so far. */
  #reach(bytes: number): Bench {
    const [bench, memory] = [this.#bench as Bench, this.#memory as WebAssembly.Memory];
    if (bench.words.byteLength >= bytes && bench.words.byteLength > 0) return bench;
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
    // Growing by nothing makes an engine look again at memory that another thread grew.
    memory.grow(bench.isShared ? 0 : Math.max(0, missing));
    this.#bench = { ...bench, words: new Int32Array(memory.buffer) };
    return this.#bench;
  }
}

function trap(): never {
  throw new WebAssembly.RuntimeError("abort");
}
