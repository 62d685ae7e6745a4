import { LifetimeError, ParameterError, show } from "../errors.js";
import type { BackendName, KernelBackend } from "../kernels/interface.js";
import { type BackendAttempt, chooseBackend } from "./choose.js";
import { asyncDispose } from "./disposal.js";

/** What {@link Engine.create} takes; everything is optional. */
export interface EngineOptions {
  /** `"auto"` (the default) prefers a hardware GPU, then WebAssembly, then bigint. A name means that backend or an error. */
  readonly backend?: BackendName | "auto";
  /** Part of the name of the GPU adapter to use. */
  readonly adapter?: string;
  /** A GPUDevice to run on. The caller goes on owning it. */
  readonly device?: unknown;
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
  /** Why this backend was chosen. */
  readonly reason: string;
  /** The backends that were considered before it. */
  readonly tried: readonly BackendAttempt[];
}

const OPTIONS = ["backend", "adapter", "device", "signal"];

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
    if (typeof options !== "object" || options === null) throw badOption("engine options", "an object", options);
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
    const { backend = "auto", adapter, device, signal } = options;
    if (adapter !== undefined && typeof adapter !== "string") throw badOption("adapter", "part of a name", adapter);
    if (signal !== undefined && typeof signal?.throwIfAborted !== "function") throw badOption("signal", "an AbortSignal", signal);
    if (backend === "bigint" && (device ?? adapter) !== undefined) {
      throw badOption("backend", '"webgpu" or "auto" where an adapter or a device is named', backend);
    }
    signal?.throwIfAborted();
    const choice = await chooseBackend({ backend, adapter, device });
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
