/** Where a GPU comes from in a browser: navigator.gpu. Node's half is provider.node.ts; both export the same names. */
import { BackendUnavailableError } from "../../errors.js";
import { type AdapterProbe, type AdapterWish, describeAdapter } from "./adapters.js";

function browserGpu(): GPU | undefined {
  return (globalThis as { readonly navigator?: { readonly gpu?: GPU } }).navigator?.gpu;
}

/** An adapter, or null where there is none. Rejects with BackendUnavailableError where the page has no WebGPU. */
export async function requestAdapter(wish: AdapterWish = {}): Promise<GPUAdapter | null> {
  const gpu = browserGpu();
  if (gpu === undefined) {
    throw new BackendUnavailableError({
      what: "backend webgpu",
      expected: "navigator.gpu",
      got: "none",
      remedy: 'use a browser with WebGPU and a secure context (https or localhost), or backend "auto"',
    });
  }
  const adapter = await gpu.requestAdapter({
    powerPreference: wish.powerPreference ?? "high-performance",
    forceFallbackAdapter: wish.forceSoftware ?? false,
  });
  if (
    adapter &&
    wish.adapter !== undefined &&
    !describeAdapter(adapter.info).name.toLowerCase().includes(wish.adapter.toLowerCase())
  )
    return null;
  return adapter;
}

/** Which adapter there is. Never rejects; `outcome` says in one line what was found. */
export async function probeAdapters(adapter?: string): Promise<AdapterProbe> {
  try {
    const found = await requestAdapter({ adapter });
    if (!found) return { preferred: undefined, outcome: "no GPU adapter was found", log: "" };
    const preferred = describeAdapter(found.info);
    return { preferred, outcome: preferred.name, log: "" };
  } catch (error) {
    return { preferred: undefined, outcome: error instanceof Error ? error.message : String(error), log: "" };
  }
}
