/** Short programs on the caller's thread, where a message to a worker and its answer would take longer than the program. */
import type { KernelModule } from "./features.js";
import { CLAIMED, COMMAND_WORDS, DONE, FIRST, HEADER_WORDS, rewind } from "./program.js";
import type { Kernel } from "./worker/index.js";

/** How long one program may hold the caller's thread, in milliseconds, but for the tasks that are under way then. */
const HOLD_MS = 5;

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
    const until = performance.now() + HOLD_MS;
    let at = base + HEADER_WORDS;
    try {
      for (let c = 0; c < words[base]; c++) {
        const [number, tasks, chunk, size] = words.subarray(at, at + 4);
        const kernel = this.kernels[number];
        for (let first = 0; first < tasks; first += chunk) {
          if (kernel === undefined || performance.now() > until) {
            words[base + FIRST] = c;
            words[at + CLAIMED] = first;
            words[at + DONE] = first;
            return false;
          }
          kernel(4 * (at + COMMAND_WORDS), first, Math.min(chunk, tasks - first));
        }
        at += COMMAND_WORDS + size;
      }
      return true;
    } catch {
      rewind(words.subarray(base));
      return false;
    }
  }
}

function trap(): never {
  throw new WebAssembly.RuntimeError("abort");
}
