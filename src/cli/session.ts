/** An engine for the length of one command, with its progress bar. */
import { Engine, type EngineOptions } from "../engine/index.js";
import type { RunOptions } from "../host/inference/index.js";
import { Progress } from "./progress.js";

/** Options of every command. */
export interface CommonOptions {
  readonly backend: "auto" | "webgpu" | "wasm" | "bigint";
  readonly adapter?: string;
}

export function engineOptions({ backend, adapter }: CommonOptions): EngineOptions {
  return adapter === undefined ? { backend } : { backend, adapter };
}

/** Opens an engine, works, and closes it whatever happens. All inputs have been read and checked before. */
export async function withEngine<T>(
  options: CommonOptions,
  label: string,
  work: (engine: Engine, run: RunOptions) => Promise<T>,
): Promise<T> {
  const engine = await Engine.create(engineOptions(options));
  const progress = new Progress(label);
  try {
    return await work(engine, { onProgress: progress.update });
  } finally {
    progress.stop();
    await engine.close();
  }
}
