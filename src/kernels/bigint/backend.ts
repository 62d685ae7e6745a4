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
import { BigintModularKernels } from "./modular.js";
import { Recorder } from "./recorder.js";
import { BigintRingKernels } from "./ring.js";

/** Kernels in plain bigint on the caller's thread, yielding to it every 50 ms. */
export class BigintBackend implements KernelBackend {
  readonly name = "bigint";
  readonly lost: Promise<string>;
  readonly #recorder = new Recorder();
  readonly #rings = new KernelCache<RingKernels>();
  readonly #moduli = new KernelCache<ModularKernels>();
  #bytesUploaded = 0;
  #bytesRead = 0;
  #closed = false;
  #resolveLost: (reason: string) => void = () => {};

  private constructor() {
    this.lost = new Promise((resolve) => {
      this.#resolveLost = resolve;
    });
  }

  static async create(): Promise<BigintBackend> {
    return new BigintBackend();
  }

  describe(): BackendDescription {
    return { backend: "bigint", adapter: "none", isSoftware: false, threads: 1, limits: {} };
  }

  counters(): WorkCounters {
    return { dispatches: 0, submissions: 0, bytesUploaded: this.#bytesUploaded, bytesRead: this.#bytesRead };
  }

  async ring(degree: number, primes: readonly number[]): Promise<RingKernels> {
    checkOpen(!this.#closed);
    const name = `${degree}/${primes.join()}`;
    return this.#rings.get(name, () => new BigintRingKernels(degree, [...primes], this.#recorder, this.#count));
  }

  async modular(declaration: ModulusDeclaration): Promise<ModularKernels> {
    checkOpen(!this.#closed);
    const name = `${declaration.n}^${declaration.power}`;
    return this.#moduli.get(name, () => new BigintModularKernels(declaration, this.#recorder, this.#count));
  }

  async flush(): Promise<void> {
    checkOpen(!this.#closed);
    await this.#recorder.drain();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#recorder.drain();
    this.#recorder.close();
    this.#rings.clear();
    this.#moduli.clear();
    this.#resolveLost("closed");
  }

  readonly #count = {
    uploaded: (bytes: number) => {
      this.#bytesUploaded += bytes;
    },
    read: (bytes: number) => {
      this.#bytesRead += bytes;
    },
  };
}
