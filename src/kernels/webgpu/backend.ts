import { LifetimeError } from "../../errors.js";
import { hostKernels } from "../host.js";
import type {
  BackendDescription,
  KernelBackend,
  ModularKernels,
  ModulusDeclaration,
  RingKernels,
  WorkCounters,
} from "../interface.js";
import { GpuContext, type GpuOptions } from "./context.js";
import { WebGpuRingKernels } from "./ring.js";

/** Kernels on a GPU through WebGPU. */
export class WebGpuBackend implements KernelBackend {
  readonly name = "webgpu";
  readonly host = hostKernels;
  readonly lost: Promise<string>;
  readonly #rings = new Map<string, Promise<RingKernels>>();
  readonly #moduli = new Map<string, Promise<ModularKernels>>();

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

  ring(degree: number, primes: readonly number[]): Promise<RingKernels> {
    return this.#cached(this.#rings, `${degree}/${primes.join()}`, () =>
      WebGpuRingKernels.create(this.context, degree, [...primes]),
    );
  }

  modular(declaration: ModulusDeclaration): Promise<ModularKernels> {
    return this.#cached(this.#moduli, `${declaration.n}^${declaration.power}`, async () => {
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

  /** Kernels by key; a failed creation is not kept. */
  async #cached<T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
    if (this.context.isClosed) {
      throw new LifetimeError({
        what: "backend",
        expected: "an open backend",
        got: "a closed one",
        remedy: "create a new engine",
      });
    }
    let made = map.get(key);
    if (!made) {
      made = make();
      map.set(key, made);
      made.catch(() => map.delete(key));
    }
    return made;
  }
}
