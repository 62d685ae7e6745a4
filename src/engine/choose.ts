/**
 * Which backend runs. `auto` prefers a hardware GPU adapter, then WebAssembly, then bigint. A software adapter
 * (SwiftShader, llvmpipe) is slower than WebAssembly and is used only when asked for by name. Backends are loaded when
 * they are opened, so that a page fetches the kernels of none that it does not use.
 */
import { ParameterError, show, WebheError } from "../errors.js";
import type { BackendName, KernelBackend } from "../kernels/interface.js";

/** One backend that was considered, and what came of it. */
export interface BackendAttempt {
  readonly backend: BackendName;
  readonly outcome: string;
}

/** The backend that runs, and why. */
export interface BackendChoice {
  readonly kernels: KernelBackend;
  readonly reason: string;
  readonly tried: readonly BackendAttempt[];
}

/** What the choice depends on. */
export interface BackendWish {
  readonly backend: BackendName | "auto";
  /** Part of the name of the adapter to use, as `webhe doctor` lists them. */
  readonly adapter?: string;
  /** A GPUDevice of the caller's, who goes on owning it. */
  readonly device?: unknown;
  /** Threads of WebAssembly. */
  readonly threads?: number;
}

const NAMES: readonly string[] = ["auto", "webgpu", "wasm", "bigint"];

/** Opens the backend that was asked for. Throws BackendUnavailableError where it cannot run here; `auto` always finds one. */
export async function chooseBackend(wish: BackendWish): Promise<BackendChoice> {
  if (!NAMES.includes(wish.backend)) {
    throw new ParameterError({
      what: "backend",
      expected: NAMES.map((n) => `"${n}"`).join(", "),
      got: show(wish.backend),
      remedy: 'use "auto"',
    });
  }
  const byName = { reason: "asked for by name", tried: [] };
  if (wish.device !== undefined) return { kernels: await openWebGpu(wish), reason: "a device was handed in", tried: [] };
  if (wish.backend === "bigint") return { kernels: await openBigint(), ...byName };
  if (wish.backend === "wasm") return { kernels: await openWasm(wish), ...byName };
  if (wish.backend === "webgpu") return { kernels: await openWebGpu(wish), ...byName };
  return automatic(wish);
}

async function automatic(wish: BackendWish): Promise<BackendChoice> {
  const tried: BackendAttempt[] = [];
  const { probeAdapters } = await import("../kernels/webgpu/index.js");
  const { preferred, outcome } = await probeAdapters(wish.adapter);
  let noGpu = "no hardware GPU adapter was found";
  if (preferred === undefined) tried.push({ backend: "webgpu", outcome });
  else if (preferred.isSoftware) {
    noGpu = `the GPU adapter is software (${preferred.name}), slower than WebAssembly`;
    tried.push({
      backend: "webgpu",
      outcome: `${preferred.name} is a software adapter, slower than WebAssembly: used only when asked for by name`,
    });
  } else {
    noGpu = `the GPU adapter cannot be used: ${preferred.name}`;
    const kernels = await attempt("webgpu", tried, () => openWebGpu(wish));
    if (kernels) return { kernels, reason: `a hardware adapter was found: ${preferred.name}`, tried };
  }
  const kernels = await attempt("wasm", tried, () => openWasm(wish));
  if (kernels) return { kernels, reason: `${noGpu}; WebAssembly is the fastest on the CPU`, tried };
  return { kernels: await openBigint(), reason: `${noGpu}, and WebAssembly cannot run here`, tried };
}

/** What `open` gives; where it refuses, nothing, and one attempt more. */
async function attempt(
  backend: BackendName,
  tried: BackendAttempt[],
  open: () => Promise<KernelBackend>,
): Promise<KernelBackend | undefined> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof WebheError)) throw error;
    tried.push({ backend, outcome: error.message });
    return undefined;
  }
}

async function openWebGpu({ adapter, device }: BackendWish): Promise<KernelBackend> {
  const { WebGpuBackend } = await import("../kernels/webgpu/index.js");
  // Encoding and sampling stay with the CPU, on its threads.
  return WebGpuBackend.create({ adapter, device, host: () => openWasm({ backend: "wasm" }) });
}

async function openWasm({ threads }: BackendWish): Promise<KernelBackend> {
  const { WasmBackend } = await import("../kernels/wasm/index.js");
  return WasmBackend.create({ threads });
}

async function openBigint(): Promise<KernelBackend> {
  const { BigintBackend } = await import("../kernels/bigint/index.js");
  return BigintBackend.create();
}
