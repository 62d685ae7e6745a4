/** The engines that a run measures: one a backend, and for WebAssembly one a number of threads. */
import { ensureSoftwareGpu } from "../test/support/software-gpu.js";
import { Engine, probeAdapters } from "./package-under-test.js";

export interface BackendOptions {
  /** Only these; all that run here unless said otherwise. */
  readonly only?: readonly string[];
  /** Part of the name of the adapter. */
  readonly adapter?: string;
  /** Numbers of threads to measure WebAssembly on; what the engine chooses unless given. */
  readonly threads?: readonly number[];
}

/**
 * Opens wasm, bigint, and webgpu on a hardware adapter. Without one webgpu runs on SwiftShader from npm: its rows say so, and a
 * report never holds both kinds.
 */
export async function openEngines({ only, adapter, threads }: BackendOptions): Promise<Engine[]> {
  const wanted = (name: string) => only === undefined || only.includes(name);
  const engines: Engine[] = [];
  if (wanted("webgpu")) {
    const { preferred } = await probeAdapters(adapter);
    if (preferred === undefined || preferred.isSoftware) ensureSoftwareGpu();
    engines.push(await Engine.create({ backend: "webgpu", adapter }));
  }
  if (wanted("wasm")) {
    for (const count of threads ?? [undefined]) {
      const options = { backend: "wasm" as const, ...(count !== undefined && { threads: count }) };
      engines.push(await Engine.create(options));
    }
  }
  if (wanted("bigint")) engines.push(await Engine.create({ backend: "bigint" }));
  return engines;
}
