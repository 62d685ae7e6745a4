/** From options to a context: which memory, how many threads, and why. */
import { availableThreads, spawn } from "#workers";
import { BackendUnavailableError } from "../../errors.js";
import { checkCount } from "../shapes.js";
import { WasmContext } from "./context.js";
import { loadKernels, whyNotShared } from "./features.js";
import { LocalMachine } from "./local.js";
import { layOut, type Machine } from "./machine.js";
import { Pool } from "./pool.js";
import { MOST_BYTES, takeMemory } from "./shared-memory.js";
import type { Spawn } from "./spawn.js";

/** More threads than this get too little work each. */
const MOST_THREADS = 16;

export interface ContextOptions {
  /** Threads that compute; as many as there are cores, up to 16, where not given. */
  readonly threads?: number;
  /** How far memory may grow, in bytes; almost 4 GiB where not given. */
  readonly maximumBytes?: number;
  /** Whether threads share memory; where not given, wherever they can. */
  readonly shared?: boolean;
  /** Where workers come from, for tests. */
  readonly spawn?: Spawn;
}

export interface OpenContext {
  readonly context: WasmContext;
  /** What keeps it from sharing memory between threads. */
  readonly note?: string;
}

/** Starts the workers. Throws BackendUnavailableError, with the reason, where the kernels cannot run here. */
export async function openContext(options: ContextOptions = {}): Promise<OpenContext> {
  const { threads = Math.min(MOST_THREADS, availableThreads()), maximumBytes = MOST_BYTES, shared = true } = options;
  checkCount("threads", threads, 1, 256);
  checkCount("maximum bytes", maximumBytes, 2 ** 24, MOST_BYTES);
  const note = shared ? whyNotShared() : "one thread, because threads that share memory were not wanted";
  if (note !== undefined) return openLocal(maximumBytes, options, note);
  const kernels = await loadKernels(true);
  const layout = layOut(kernels, threads);
  let memory: ReturnType<typeof takeMemory>;
  try {
    memory = takeMemory(layout.end, maximumBytes);
  } catch (error) {
    if (!(error instanceof BackendUnavailableError)) throw error;
    return openLocal(maximumBytes, options, `one thread, because there is ${error.got}`);
  }
  const machine: Machine = await Pool.create(kernels, layout, memory, options.spawn ?? spawn);
  return { context: new WasmContext(machine, layout, memory.maximumBytes) };
}

async function openLocal(maximumBytes: number, options: ContextOptions, note: string): Promise<OpenContext> {
  const kernels = await loadKernels(false);
  const layout = layOut(kernels, 1);
  const machine = await LocalMachine.create(kernels, layout, maximumBytes, options.spawn ?? spawn);
  return { context: new WasmContext(machine, layout, maximumBytes), note };
}
