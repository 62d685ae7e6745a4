/** Whether the kernels can run here, and the compiled modules, which all backends of a process share. */
import { BackendUnavailableError } from "../../errors.js";
import { localKernels, sharedKernels } from "./generated.js";

/** The kernels of one kind of memory. */
export interface KernelModule {
  readonly module: WebAssembly.Module;
  readonly isShared: boolean;
  /** Names of the exported functions: a program names a kernel by its place in this list. */
  readonly names: readonly string[];
  /** The first address that is free. */
  readonly heapBase: number;
  /** Bytes of scratch that each thread needs. */
  readonly scratchBytes: number;
}

/** Throws BackendUnavailableError with the reason for which the kernels cannot run here. */
export function unavailable(got: string, cause?: unknown): BackendUnavailableError {
  const remedy = 'use backend "auto" or "bigint"';
  return new BackendUnavailableError(
    { what: "backend wasm", expected: "WebAssembly with SIMD, and worker threads", got, remedy },
    cause === undefined ? undefined : { cause },
  );
}

/** Whether the modules over shared memory are valid here, once it is known. */
let hasThreads: boolean | undefined;

/** Why threads cannot share memory here, or undefined where they can. */
export function whyNotShared(): string | undefined {
  if (typeof WebAssembly === "undefined") return "one thread, because there is no WebAssembly";
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  if (crossOriginIsolated === false) return "one thread, because the page is not cross-origin isolated";
  if (typeof SharedArrayBuffer === "undefined") return "one thread, because there is no SharedArrayBuffer here";
  hasThreads ??= WebAssembly.validate(decode(sharedKernels));
  return hasThreads ? undefined : "one thread, because this WebAssembly has no threads";
}

const compiled = new Map<boolean, Promise<KernelModule>>();

/** The kernels over shared memory, or over that of one thread. Throws BackendUnavailableError without SIMD. */
export function loadKernels(isShared: boolean): Promise<KernelModule> {
  let made = compiled.get(isShared);
  if (!made) {
    made = compile(isShared);
    compiled.set(isShared, made);
    made.catch(() => compiled.delete(isShared));
  }
  return made;
}

async function compile(isShared: boolean): Promise<KernelModule> {
  if (typeof WebAssembly === "undefined") throw unavailable("no WebAssembly");
  const bytes = decode(isShared ? sharedKernels : localKernels);
  if (!WebAssembly.validate(bytes)) throw unavailable("a WebAssembly without SIMD");
  const module = await WebAssembly.compile(bytes).catch((error: unknown) => {
    // The kernels are valid, so this is a content security policy without 'wasm-unsafe-eval', or no memory for the code.
    throw unavailable(`kernels that do not compile: ${error}`, error);
  });
  const { heapBase, SCRATCH_BYTES } = await figures(module, isShared).catch((error: unknown) => {
    // Engines reserve gigabytes of address space around every memory, however small; a limit on it (ulimit -v) forbids that.
    throw unavailable(`no room for WebAssembly memory: ${error}`, error);
  });
  const names = WebAssembly.Module.exports(module).flatMap(({ name, kind }) => (kind === "function" ? [name] : []));
  return { module, isShared, names, heapBase: heapBase(), scratchBytes: SCRATCH_BYTES.value };
}

/** An instance to ask for its figures, over memory that nobody else has. */
async function figures(module: WebAssembly.Module, isShared: boolean) {
  const memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: FIRST_PAGES, shared: isShared });
  const { exports } = await WebAssembly.instantiate(module, { env: { memory, abort: () => {} } });
  return exports as { heapBase: () => number; SCRATCH_BYTES: WebAssembly.Global };
}

/** 64 KiB pages that the modules ask for at least, as build/kernels.ts says. */
export const FIRST_PAGES = 16;

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}
