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
import { GpuContext, type GpuOptions } from "./context.js";
import { WebGpuRingKernels } from "./ring.js";

/** Kernels on a GPU through WebGPU. */
export class WebGpuBackend implements KernelBackend {
  readonly name = "webgpu";
  readonly lost: Promise<string>;
  /** Rings are few, and their twiddles costly: they are kept until the end. */
  readonly #rings = new Map<string, Promise<RingKernels>>();
  readonly #moduli = new KernelCache<ModularKernels>();

  private constructor(
    /** The GPU itself, for benchmarks and tests of this folder. */
    readonly context: GpuContext,
  ) {
    this.lost = context.lost;
  }

  /**
   * Opens a device. Throws BackendUnavailableError where there is no adapter, or none of that name; ParameterError for a
   * `device` that is none.
   */
  static async create(options: GpuOptions = {}): Promise<WebGpuBackend> {
    return new WebGpuBackend(await GpuContext.create(options));
  }

  describe(): BackendDescription {
    const { adapter, limits } = this.context;
    return { backend: "webgpu", adapter: adapter.name, isSoftware: adapter.isSoftware, threads: 1, limits: { ...limits } };
  }

  counters(): WorkCounters {
    return this.context.counters();
  }

  /** Kernels by degree and primes; a failed creation is not kept. */
  async ring(degree: number, primes: readonly number[]): Promise<RingKernels> {
    checkOpen(!this.context.isClosed);
    const name = `${degree}/${primes.join()}`;
    let made = this.#rings.get(name);
    if (!made) {
      made = WebGpuRingKernels.create(this.context, degree, [...primes]);
      this.#rings.set(name, made);
      made.catch(() => this.#rings.delete(name));
    }
    return made;
  }

  async modular(declaration: ModulusDeclaration): Promise<ModularKernels> {
    checkOpen(!this.context.isClosed);
    return this.#moduli.get(`${declaration.n}^${declaration.power}`, async () => {
      const { createModularKernels } = await import("./modular.js");
      return createModularKernels(this.context, declaration);
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
