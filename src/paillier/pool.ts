/**
 * Masks made ahead, in idle time: an encryption or a re-randomisation that finds one here costs a single product. Each mask leaves the pool
 * before it is used and never comes back, whatever becomes of its use: two ciphertexts with one mask tell the difference of their
 * plaintexts.
 */
import { chunkSize, heedSignal, inChunks, type WorkOptions } from "../engine/index.js";
import { ParameterError, show } from "../errors.js";
import type { KernelBackend, ModularHandle, ModularKernels } from "../kernels/interface.js";
import { disposed, type MaskSource } from "./masks.js";

/** The masks of one {@link Paillier} object, resident in the backend: {@link Paillier.pool}. */
export class MaskPool {
  readonly #backend: KernelBackend;
  readonly #kernels: ModularKernels;
  readonly #source: MaskSource;
  /** Batches, of the first of which `#used` are gone. */
  readonly #batches: ModularHandle[] = [];
  #used = 0;
  #size = 0;
  #disposed = false;

  /** Internal: kernels modulo n^2, and what makes masks, which stays its owner's. */
  constructor(backend: KernelBackend, kernels: ModularKernels, source: MaskSource) {
    this.#backend = backend;
    this.#kernels = kernels;
    this.#source = source;
  }

  /** Masks that are ready. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds `count` masks, in pieces, which are ready one after the other. After a cancellation or an error those that were made stay. One mask takes
   * the memory of a ciphertext. Throws ParameterError unless `count` is a whole number, and LifetimeError after the scheme object was
   * disposed of.
   */
  async refill(count: number, options: WorkOptions = {}): Promise<void> {
    if (!Number.isSafeInteger(count) || count < 0) {
      const remedy = "pass the number of encryptions to prepare for";
      throw new ParameterError({ what: "masks to make", expected: "a whole number", got: show(count), remedy });
    }
    heedSignal(options.signal);
    this.#source.expect(count);
    await inChunks(count, chunkSize(this.#backend), options, (_start, size) => this.#add(size));
  }

  async #add(count: number): Promise<void> {
    const masks = await this.#source.draw(count);
    try {
      await this.#backend.flush();
      if (this.#disposed) throw disposed();
    } catch (error) {
      masks.dispose();
      throw error;
    }
    this.#batches.push(masks);
    this.#size += count;
  }

  /** Internal: up to `count` masks in batches, owned by the caller; they are gone from here. */
  take(count: number): ModularHandle[] {
    const taken: ModularHandle[] = [];
    for (let missing = count; missing > 0 && this.#batches.length > 0; ) {
      const [first] = this.#batches;
      const from = this.#used;
      const size = Math.min(missing, first.batch - from);
      // Counted before they are handed out: what fails here is lost.
      this.#used = from + size;
      this.#size -= size;
      missing -= size;
      const isWhole = size === first.batch;
      const isEmpty = this.#used === first.batch;
      if (isEmpty) {
        this.#batches.shift();
        this.#used = 0;
      }
      try {
        taken.push(isWhole ? first : this.#kernels.slice(first, from, size));
      } catch (error) {
        for (const handle of taken) handle.dispose();
        throw error;
      } finally {
        if (isEmpty && !isWhole) first.dispose();
      }
    }
    return taken;
  }

  /** Internal: frees what is left. */
  dispose(): void {
    this.#disposed = true;
    for (const batch of this.#batches.splice(0)) batch.dispose();
    this.#used = 0;
    this.#size = 0;
  }
}
