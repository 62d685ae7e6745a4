import { CpuHelper } from "../helped.js";
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

export interface WebGpuOptions extends GpuOptions {
  /**
   * Opens a backend on the CPU that encodes, decodes, samples and packs on its threads. Called when that is first needed; closed with this
   * backend. Without it, and where it fails, the caller's thread does that work.
   */
  readonly host?: () => Promise<KernelBackend>;
}

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
    private readonly cpu: CpuHelper | undefined,
  ) {
    this.lost = context.lost;
  }

  /**
   * Opens a device. Throws BackendUnavailableError where there is no adapter, or none of that name; ParameterError for a
   * `device` that is none.
   */
  static async create({ host, ...options }: WebGpuOptions = {}): Promise<WebGpuBackend> {
    return new WebGpuBackend(await GpuContext.create(options), host && new CpuHelper(host));
  }

  describe(): BackendDescription {
    const { adapter, limits } = this.context;
    const threads = this.cpu?.threads ?? 1;
    return { backend: "webgpu", adapter: adapter.name, isSoftware: adapter.isSoftware, threads, limits: { ...limits } };
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
      made = WebGpuRingKernels.create(this.context, degree, [...primes], this.cpu);
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
    await Promise.all([this.context.close(), this.cpu?.close()]);
    this.#rings.clear();
    this.#moduli.clear();
  }
}
