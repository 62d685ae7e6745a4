/** What this machine offers, backend by backend: for `webhe doctor`. */
import { WebheError } from "../errors.js";
import type { BackendDescription } from "../kernels/interface.js";
import type { AdapterProbe } from "../kernels/webgpu/adapters.js";

export type { AdapterProbe } from "../kernels/webgpu/adapters.js";

/** Asks for a GPU adapter without opening a backend, and keeps what drivers write to standard error. Never rejects. */
export async function probeGpu(adapter?: string): Promise<AdapterProbe> {
  const { probeAdapters } = await import("../kernels/webgpu/index.js");
  return probeAdapters(adapter);
}

/** What opening WebAssembly came to. */
export interface WasmProbe {
  readonly description: BackendDescription | undefined;
  /** In one line. */
  readonly outcome: string;
}

function words({ threads, limits, note }: BackendDescription): string {
  const count = threads === 1 ? "one thread" : `${threads} threads`;
  return `${note ?? count}; up to ${Math.floor(limits.memoryBytes! / 2 ** 20)} MiB of memory`;
}

/** Opens WebAssembly with its threads, and closes it again. Rejects only with what is no refusal. */
export async function probeWasm(threads?: number): Promise<WasmProbe> {
  try {
    const { WasmBackend } = await import("../kernels/wasm/index.js");
    const backend = await WasmBackend.create({ threads });
    const description = backend.describe();
    await backend.close();
    return { description, outcome: words(description) };
  } catch (error) {
    if (!(error instanceof WebheError)) throw error;
    return { description: undefined, outcome: error.message };
  }
}
