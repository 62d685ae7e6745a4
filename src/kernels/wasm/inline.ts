/**
 * Programs on the caller's thread: short ones, where a message to a worker and its answer would take longer than the program, and the
 * beginning of longer ones that the caller waits for.
 */
import type { KernelModule } from "./features.js";
import type { Start } from "./machine.js";
import { argumentsAt, FIRST, HEADER_WORDS, nextAt, rewind, SHARES, setDone } from "./program.js";
import { type Bench, carryOut, type Kernel } from "./worker/index.js";

/**
 * Results and data of a program that the caller's thread carries out alone. One worker would take as long for it, and a message to it
 * and back some tenths of a millisecond more; several would share it, so it is shorter then the more of them there are.
 */
const shortBytes = (threads: number) => (threads === 1 ? 2 ** 22 : 2 ** 20 / threads);
/** Chunks that are done between two looks at the clock, of a program that is short: some hundredth of it. */
const CHUNKS = 4;
/** Of more, single chunks may hold the caller's thread for too long. */
const LONG_BYTES = 2 ** 26;

/** Where a program starts that the caller waits for, by the bytes of results and data. */
export function startOf(workBytes: number, threads: number): Start {
  if (workBytes <= shortBytes(threads)) return "here";
  return workBytes <= LONG_BYTES ? "together" : "workers";
}

/** How long one program may hold the caller's thread, in milliseconds, but for the tasks that are under way then. */
const HOLD_MS = 10;
/** How long it goes on after it has sent for a worker to take its place, which takes as long to wake up. */
const GRACE_MS = 0.3;

/** Kernels whose single tasks may take many milliseconds: powers and products of long numbers. */
const isLong = (name: string) => name.startsWith("modular");

/** An instance of the kernels that computes where it is called. */
export class InlineRunner {
  /** Kernels by number, and none for those that are left to the workers. */
  constructor(private readonly kernels: readonly (Kernel | undefined)[]) {}

  /** An instance over shared memory, with scratch of its own. */
  static async create({ module, names }: KernelModule, memory: WebAssembly.Memory, scratch: number): Promise<InlineRunner> {
    const { exports } = await WebAssembly.instantiate(module, { env: { memory, abort: trap } });
    (exports.setScratch as (address: number) => void)(scratch);
    return new InlineRunner(names.map((name) => (isLong(name) ? undefined : (exports[name] as Kernel))));
  }

  /**
   * Carries out the program at `address`, after all earlier ones. False where something is left for the workers: they begin where
   * this has stopped, or from the start where a kernel trapped, so that it traps where traps are dealt with.
   */
  run(words: Int32Array, address: number): boolean {
    const base = address / 4;
    const shares = words[base + SHARES];
    const until = performance.now() + HOLD_MS;
    let at = base + HEADER_WORDS;
    try {
      for (let c = 0; c < words[base]; c++) {
        const tasks = words[at + 1];
        const step = CHUNKS * words[at + 2];
        const kernel = this.kernels[words[at]];
        for (let first = 0; first < tasks; first += step) {
          if (kernel === undefined || performance.now() > until) {
            words[base + FIRST] = c;
            setDone(words, at, first, shares);
            return false;
          }
          kernel(4 * argumentsAt(at, shares), first, Math.min(step, tasks - first));
        }
        at = nextAt(words, at, shares);
      }
      return true;
    } catch {
      rewind(words.subarray(base));
      return false;
    }
  }

  /** Whether all of the program's kernels may be carried out here. */
  knows(words: Int32Array, address: number): boolean {
    const base = address / 4;
    let at = base + HEADER_WORDS;
    for (let c = 0; c < words[base]; c++) {
      if (this.kernels[words[at]] === undefined) return false;
      at = nextAt(words, at, words[base + SHARES]);
    }
    return true;
  }

  /**
   * Takes part in the program at `address`, which workers have been sent too. False where it left before the end, after `relief` was
   * called to send another worker. Throws where a kernel traps.
   */
  join(bench: Omit<Bench, "kernels" | "isShared">, address: number, relief: () => void): boolean {
    let until = performance.now() + HOLD_MS;
    let isRelieved = false;
    const leave = () => {
      if (performance.now() < until) return false;
      if (isRelieved) return true;
      isRelieved = true;
      until += GRACE_MS;
      relief();
      return false;
    };
    return carryOut({ ...bench, kernels: this.kernels as readonly Kernel[], isShared: true }, address, leave);
  }
}

function trap(): never {
  throw new WebAssembly.RuntimeError("abort");
}
