import type {
  BackendDescription,
  KernelBackend,
  ModularKernels,
  ModulusDeclaration,
  RingKernels,
  WorkCounters,
} from "../interface.js";
import { KernelCache } from "../kernel-cache.js";
import { checkOpen } from "../shapes.js";
import type { WasmContext } from "./context.js";
import { type ContextOptions, openContext } from "./open.js";

export interface WasmOptions extends ContextOptions {
  /** Whether exponentiation may be OpenSSL's, where the platform has it; true where not given. */
  readonly openssl?: boolean;
}

/** Kernels in WebAssembly SIMD, on worker threads; short work on the caller's. */
export class WasmBackend implements KernelBackend {
  readonly name = "wasm";
  readonly lost: Promise<string>;
  readonly #rings = new KernelCache<RingKernels>();
  readonly #moduli = new KernelCache<ModularKernels>();

  private constructor(
    /** Memory and threads themselves, for benchmarks and tests of this folder. */
    readonly context: WasmContext,
    private readonly note: string | undefined,
    private readonly openssl: boolean,
  ) {
    this.lost = context.lost;
  }

  /** Starts the workers. Throws BackendUnavailableError, with the reason, where the kernels cannot run here. */
  static async create(options: WasmOptions = {}): Promise<WasmBackend> {
    const { context, note } = await openContext(options);
    return new WasmBackend(context, note, options.openssl ?? true);
  }

  describe(): BackendDescription {
    const { threads, maximumBytes } = this.context;
    const limits = { memoryBytes: maximumBytes };
    const said = this.note === undefined ? {} : { note: this.note };
    return { backend: "wasm", adapter: "none", isSoftware: false, threads, limits, ...said };
  }

  counters(): WorkCounters {
    return this.context.counters();
  }

  async ring(degree: number, primes: readonly number[]): Promise<RingKernels> {
    checkOpen(!this.context.isClosed);
    return this.#rings.get(`${degree}/${primes.join()}`, async () => {
      const { WasmRingKernels } = await import("./ring/index.js");
      return WasmRingKernels.create(this.context, degree, [...primes]);
    });
  }

  async modular(declaration: ModulusDeclaration): Promise<ModularKernels> {
    checkOpen(!this.context.isClosed);
    return this.#moduli.get(`${declaration.n}^${declaration.power}`, async () => {
      const { WasmModularKernels } = await import("./modular/index.js");
      const openssl = this.openssl && this.context.has("opensslPower");
      return WasmModularKernels.create(this.context, declaration, { openssl });
    });
  }

  flush(): Promise<void> {
    return this.context.flush();
  }

  async close(): Promise<void> {
    await this.context.close();
    this.#rings.clear();
    this.#moduli.clear();
  }
}
