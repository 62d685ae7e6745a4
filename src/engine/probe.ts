import type { AdapterProbe } from "../kernels/webgpu/adapters.js";

export type { AdapterProbe } from "../kernels/webgpu/adapters.js";

/** Asks for a GPU adapter without opening a backend, and keeps what drivers write to standard error: for `webhe doctor`. Never rejects. */
export async function probeGpu(adapter?: string): Promise<AdapterProbe> {
  const { probeAdapters } = await import("../kernels/webgpu/index.js");
  return probeAdapters(adapter);
}
