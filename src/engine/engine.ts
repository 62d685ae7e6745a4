import { LifetimeError, ParameterError, show } from "../errors.js";
import type { BackendName, KernelBackend } from "../kernels/interface.js";
import { type BackendAttempt, chooseBackend } from "./choose.js";
import { asyncDispose } from "./disposal.js";
import { heedSignal } from "./signal.js";

/** What {@link Engine.create} takes; everything is optional. */
export interface EngineOptions {
  /** `"auto"` (the default) prefers a hardware GPU, then WebAssembly, then bigint. A name means that backend or an error. */
  readonly backend?: BackendName | "auto";
  /** Part of the name of the GPU adapter to use. */
  readonly adapter?: string;
  /** A GPUDevice to run on. The caller goes on owning it. */
  readonly device?: unknown;
  /** Threads that WebAssembly may use, 1 to 64; as many as the machine has, up to 16, unless said otherwise. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** Plain data, fit for JSON. */
export interface EngineDescription {
  readonly backend: BackendName;
  /** The adapter in words, or "none" on the CPU. */
  readonly adapter: string;
  readonly isSoftware: boolean;
  readonly threads: number;
  readonly limits: Readonly<Record<string, number>>;
  /** What this machine or page keeps the backend from, and why: one thread only, for example. */
  readonly note?: string;
  /** Why this backend was chosen. */
  readonly reason: string;
  /** The backends that were considered before it. */
  readonly tried: readonly BackendAttempt[];
}

const OPTIONS = ["backend", "adapter", "device", "threads", "signal"];

/** Every thread has an instance and scratch memory of its own: a wish for more than this is a mistake. */
const MAX_THREADS = 64;

function badOption(what: string, expected: string, got: unknown): ParameterError {
  return new ParameterError({ what, expected, got: show(got), remedy: "remove or correct the option" });
}

/**
 * Owns a backend. Create one, hand it to schemes, clients and servers, and close it at the end; it may serve any number
 * of them at once. Closing it ends all of them.
 */
export class Engine {
  readonly #kernels: KernelBackend;
  readonly #reason: string;
  readonly #tried: readonly BackendAttempt[];
  #closed: Promise<void> | undefined;

  private constructor(kernels: KernelBackend, reason: string, tried: readonly BackendAttempt[]) {
    this.#kernels = kernels;
    this.#reason = reason;
    this.#tried = tried;
  }

  /** Opens an engine. Throws ParameterError for unknown options, BackendUnavailableError for a backend that cannot run here. */
  static async create(options: EngineOptions = {}): Promise<Engine> {
    if (typeof options !== "object" || options === null || Array.isArray(options))
      throw badOption("engine options", "an object", options);
    for (const key of Object.keys(options)) {
      if (!OPTIONS.includes(key)) {
        throw new ParameterError({
          what: "engine options",
          expected: OPTIONS.join(", "),
          got: show(key),
          remedy: "remove or correct the option",
        });
      }
    }
    const { backend = "auto", adapter, device, threads, signal } = options;
    if (adapter !== undefined && typeof adapter !== "string") throw badOption("adapter", "part of a name", adapter);
    if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS)) {
      throw badOption("threads", `a whole number from 1 to ${MAX_THREADS}`, threads);
    }
    // An option that would be ignored is a misunderstanding, so it is refused.
    if ((backend === "bigint" || backend === "wasm") && (device ?? adapter) !== undefined) {
      throw badOption("backend", '"webgpu" or "auto" where an adapter or a device is named', backend);
    }
    if (threads !== undefined && (backend === "bigint" || backend === "webgpu" || device !== undefined)) {
      throw badOption("threads", 'backend "wasm" or "auto" where threads are named', device === undefined ? backend : "a device");
    }
    heedSignal(signal);
    const choice = await chooseBackend({ backend, adapter, device, threads });
    if (signal?.aborted) {
      await choice.kernels.close();
      signal.throwIfAborted();
    }
    return new Engine(choice.kernels, choice.reason, choice.tried);
  }

  /** The backend, for schemes. @internal */
  get kernels(): KernelBackend {
    if (this.#closed) {
      throw new LifetimeError({ what: "engine", expected: "an open engine", got: "a closed one", remedy: "create a new one" });
    }
    return this.#kernels;
  }

  describe(): EngineDescription {
    return { ...this.#kernels.describe(), reason: this.#reason, tried: this.#tried };
  }

  /** Waits for work in flight and frees everything. Calling it again is allowed. */
  close(): Promise<void> {
    this.#closed ??= this.#kernels.close();
    return this.#closed;
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }
}
