/** The engines that a run measures, one a backend. */
import { ensureSoftwareGpu } from "../test/support/software-gpu.js";
import { Engine, probeAdapters } from "./package-under-test.js";

export interface BackendOptions {
  /** Only these; all that run here unless said otherwise. */
  readonly only?: readonly string[];
  /** Part of the name of the adapter. */
  readonly adapter?: string;
}

/**
 * Opens bigint, and webgpu on a hardware adapter. Without one webgpu runs on SwiftShader from npm: its rows say so, and a
 * report never holds both kinds.
 */
export async function openEngines({ only, adapter }: BackendOptions): Promise<Engine[]> {
  const wanted = (name: string) => only === undefined || only.includes(name);
  const engines: Engine[] = [];
  if (wanted("webgpu")) {
    const { preferred } = await probeAdapters(adapter);
    if (preferred === undefined || preferred.isSoftware) ensureSoftwareGpu();
    engines.push(await Engine.create({ backend: "webgpu", adapter }));
  }
  if (wanted("bigint")) engines.push(await Engine.create({ backend: "bigint" }));
  return engines;
}
