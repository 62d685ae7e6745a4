/** A piece of GPU memory, shared by counting. */
import { LifetimeError } from "../../errors.js";
import { Fate } from "./fate.js";

/** Made by {@link GpuContext.allocate} with one owner. Whoever stores it beside its owner calls `retain`. */
export class GpuMemory {
  fate = new Fate();
  #references = 1;

  constructor(
    private readonly resource: GPUBuffer,
    /** What was asked for; the buffer may be larger. */
    readonly bytes: number,
    private readonly retire: (buffer: GPUBuffer, memory: GpuMemory) => void,
  ) {}

  /** The buffer. Throws LifetimeError after the last release. */
  get buffer(): GPUBuffer {
    if (this.#references === 0) throw released();
    return this.resource;
  }

  /** One more owner. Throws LifetimeError after the last release. */
  retain(): this {
    if (this.#references === 0) throw released();
    this.#references++;
    return this;
  }

  /** One owner less; after the last the buffer is overwritten and goes back to the pool. Work already recorded keeps what it needs. */
  release(): void {
    if (this.#references === 0) throw released();
    if (--this.#references === 0) this.retire(this.resource, this);
  }
}

function released(): LifetimeError {
  return new LifetimeError({
    what: "GPU memory",
    expected: "live memory",
    got: "released memory",
    remedy: "release it after its last use",
  });
}

/** A part of a memory, in bytes. The offset is a multiple of 256. */
export interface GpuView {
  readonly memory: GpuMemory;
  readonly offset: number;
  readonly bytes: number;
}

/** The whole of a memory, or the part. */
export function viewOf(binding: GpuMemory | GpuView): GpuView {
  return binding instanceof GpuMemory ? { memory: binding, offset: 0, bytes: binding.bytes } : binding;
}
