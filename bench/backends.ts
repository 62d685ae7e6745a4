/** The backends that a run measures. */
import type { KernelBackend } from "../src/kernels/interface.js";
import { ensureSoftwareGpu } from "../test/support/software-gpu.js";
import { BigintBackend, probeAdapters, WebGpuBackend } from "./package-under-test.js";

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
export async function openBackends({ only, adapter }: BackendOptions): Promise<KernelBackend[]> {
  const wanted = (name: string) => only === undefined || only.includes(name);
  const backends: KernelBackend[] = [];
  if (wanted("webgpu")) {
    const { preferred } = await probeAdapters(adapter);
    const hardware = preferred !== undefined && !preferred.isSoftware;
    if (!hardware) ensureSoftwareGpu();
    backends.push(await WebGpuBackend.create({ adapter, forceSoftware: !hardware }));
  }
  if (wanted("bigint")) backends.push(await BigintBackend.create());
  return backends;
}
