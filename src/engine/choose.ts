/**
 * Which backend runs. `auto` prefers a hardware GPU adapter, then WebAssembly, then bigint. A software adapter
 * (SwiftShader, llvmpipe) is slower than the CPU backends and is used only when asked for by name.
 */
import { BackendUnavailableError, ParameterError, show, WebheError } from "../errors.js";
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
  if (wish.backend === "wasm") {
    throw new BackendUnavailableError({
      what: "backend wasm",
      expected: "a build with WebAssembly kernels",
      got: "none in this version",
      remedy: 'use "auto"',
    });
  }
  if (wish.backend === "bigint") return { kernels: await openBigint(), reason: "asked for by name", tried: [] };
  if (wish.backend === "webgpu" || wish.device !== undefined) {
    const { WebGpuBackend } = await import("../kernels/webgpu/index.js");
    const kernels = await WebGpuBackend.create({ adapter: wish.adapter, device: wish.device });
    return { kernels, reason: wish.device === undefined ? "asked for by name" : "a device was handed in", tried: [] };
  }
  return automatic(wish);
}

async function automatic(wish: BackendWish): Promise<BackendChoice> {
  const tried: BackendAttempt[] = [];
  const { probeAdapters, WebGpuBackend } = await import("../kernels/webgpu/index.js");
  const { preferred, outcome } = await probeAdapters(wish.adapter);
  if (preferred === undefined) tried.push({ backend: "webgpu", outcome });
  else if (preferred.isSoftware) {
    tried.push({
      backend: "webgpu",
      outcome: `${preferred.name} is a software adapter, slower than the CPU backends: used only when asked for by name`,
    });
  } else {
    try {
      const kernels = await WebGpuBackend.create({ adapter: wish.adapter });
      return { kernels, reason: `a hardware adapter was found: ${preferred.name}`, tried };
    } catch (error) {
      if (!(error instanceof WebheError)) throw error;
      tried.push({ backend: "webgpu", outcome: error.message });
    }
  }
  tried.push({ backend: "wasm", outcome: "not part of this version" });
  return { kernels: await openBigint(), reason: "no hardware GPU adapter, and no WebAssembly kernels in this version", tried };
}

async function openBigint(): Promise<KernelBackend> {
  const { BigintBackend } = await import("../kernels/bigint/index.js");
  return BigintBackend.create();
}
