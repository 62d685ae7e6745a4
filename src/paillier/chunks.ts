/** Long work in pieces: progress, cancellation and back-pressure between them. */
import { heedSignal } from "../engine/index.js";
import type { KernelBackend } from "../kernels/interface.js";

/** Options of every call that may take long. */
export interface WorkOptions {
  /** Cancels between pieces; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each piece with a fraction in (0, 1]. */
  readonly onProgress?: (fraction: number) => void;
}

/** Ciphertexts of a piece: a GPU wants many at once, a CPU gains nothing from them. The size changes no result. */
export function chunkSize(backend: KernelBackend): number {
  return backend.name === "webgpu" ? 2048 : 64;
}

/**
 * Runs `work` on [start, start + count) pieces of `total` items, in order, and collects the results.
 * If a piece fails, `discard` is called on the results so far.
 */
export async function inChunks<T>(
  total: number,
  size: number,
  { signal, onProgress }: WorkOptions,
  work: (start: number, count: number) => Promise<T>,
  discard: (result: T) => void = () => {},
): Promise<T[]> {
  heedSignal(signal);
  const results: T[] = [];
  try {
    for (let start = 0; start < total; start += size) {
      signal?.throwIfAborted();
      const count = Math.min(size, total - start);
      results.push(await work(start, count));
      onProgress?.((start + count) / total);
    }
    signal?.throwIfAborted();
  } catch (error) {
    for (const result of results) discard(result);
    throw error;
  }
  return results;
}
