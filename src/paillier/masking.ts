/** Numbers times fresh masks: what encryption and re-randomisation are made of. */
import { chunkSize, inChunks, type WorkOptions } from "../engine/index.js";
import type { ModularHandle } from "../kernels/interface.js";
import type { EvaluationContext } from "./evaluate.js";
import type { MaskSource } from "./masks.js";
import { MaskPool } from "./pool.js";

export class Masking {
  readonly pool: MaskPool;
  readonly #context: EvaluationContext;
  readonly #source: MaskSource;

  /** Owns the source from now on. */
  constructor(context: EvaluationContext, source: MaskSource) {
    this.#context = context;
    this.#source = source;
    this.pool = new MaskPool(context.backend, context.kernels, source);
  }

  /** Multiplies `total` numbers, made piece by piece, with a mask each. */
  async masked(
    total: number,
    options: WorkOptions,
    make: (start: number, count: number) => ModularHandle,
  ): Promise<ModularHandle> {
    const { kernels, backend } = this.#context;
    this.#source.expect(Math.max(0, total - this.pool.size));
    const parts = await inChunks(
      total,
      chunkSize(backend),
      options,
      async (start, count) => {
        const part = await this.#multiplied(make(start, count), count);
        try {
          await backend.flush();
          return part;
        } catch (error) {
          part.dispose();
          throw error;
        }
      },
      (part) => part.dispose(),
    );
    try {
      return kernels.concat(parts);
    } finally {
      for (const part of parts) part.dispose();
    }
  }

  dispose(): void {
    this.pool.dispose();
    this.#source.dispose();
  }

  /** Numbers times as many masks. Takes ownership of the numbers. */
  async #multiplied(plain: ModularHandle, count: number): Promise<ModularHandle> {
    try {
      const masks = await this.#draw(count);
      try {
        return this.#context.kernels.multiply(plain, masks);
      } finally {
        masks.dispose();
      }
    } finally {
      plain.dispose();
    }
  }

  /** Those of the pool first. */
  async #draw(count: number): Promise<ModularHandle> {
    const parts = this.pool.take(count);
    try {
      const missing = count - parts.reduce((sum, { batch }) => sum + batch, 0);
      if (missing > 0) parts.push(await this.#source.draw(missing));
      return parts.length === 1 ? (parts.pop() as ModularHandle) : this.#context.kernels.concat(parts);
    } finally {
      for (const part of parts) part.dispose();
    }
  }
}
