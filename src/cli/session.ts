/** An engine for the length of one command, with its progress bar. */
import { Engine, probeGpu } from "../engine/index.js";
import { BackendUnavailableError } from "../errors.js";
import type { RunOptions } from "../host/inference/index.js";
import { Progress } from "./progress.js";

/** Options of every command. */
export interface CommonOptions {
  readonly backend: "auto" | "webgpu" | "wasm" | "bigint";
  readonly adapter?: string;
  readonly threads?: number;
}

/**
 * Opens the engine of a command. A GPU that is asked for by name is looked for in a child process first: where there is none, Dawn and
 * the Vulkan loader write lines of their own to standard error, and a refusal is one line.
 */
export async function openEngine({ backend, adapter, threads }: CommonOptions): Promise<Engine> {
  if (backend === "webgpu") {
    const { preferred, outcome } = await probeGpu(adapter);
    if (preferred === undefined) {
      const remedy = 'install a driver, or use "--backend auto"; `webhe doctor` says more';
      throw new BackendUnavailableError({ what: "backend webgpu", expected: "a GPU adapter", got: `none (${outcome})`, remedy });
    }
  }
  return Engine.create({ backend, adapter, threads });
}

/** Opens an engine, works, and closes it whatever happens. All inputs have been read and checked before. */
export async function withEngine<T>(
  options: CommonOptions,
  label: string,
  work: (engine: Engine, run: RunOptions) => Promise<T>,
): Promise<T> {
  const engine = await openEngine(options);
  const progress = new Progress(label);
  try {
    return await work(engine, { onProgress: progress.update });
  } finally {
    progress.stop();
    await engine.close();
  }
}
