/** Long work in pieces: progress, cancellation and back-pressure between them. */
import type { KernelBackend } from "../kernels/interface.js";
import { heedSignal } from "./signal.js";

/** Options of every call that may take long. */
export interface WorkOptions {
  /** Cancels between pieces; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each piece with a fraction in (0, 1]. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Ciphertexts of a piece: a GPU wants many at once (8192 numbers modulo n^2 of 2048-bit keys are 328,000 lanes, about what the largest holds), a
 * CPU gains nothing from them. The size changes no result.
 */
export function chunkSize(backend: KernelBackend): number {
  return backend.name === "webgpu" ? 8192 : 64;
}

/** Pieces in work at a time: the caller's thread prepares one while the backend computes another. */
const AHEAD = 2;

/**
 * Runs `work` on [start, start + count) pieces of `total` items, begun in order, two at a time, and collects the results in order.
 * If a piece fails, `discard` is called on the results of all others that were begun.
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
  const begun: Promise<T>[] = [];
  const take = async () => {
    results.push(await (begun[0] as Promise<T>));
    begun.shift();
    onProgress?.(Math.min(1, (results.length * size) / total));
  };
  try {
    for (let start = 0; start < total; start += size) {
      if (begun.length === AHEAD) await take();
      signal?.throwIfAborted();
      const piece = work(start, Math.min(size, total - start));
      // Whether it failed is asked when its turn comes.
      piece.catch(() => undefined);
      begun.push(piece);
    }
    while (begun.length > 0) await take();
    signal?.throwIfAborted();
  } catch (error) {
    for (const result of results) discard(result);
    for (const piece of await Promise.allSettled(begun)) if (piece.status === "fulfilled") discard(piece.value);
    throw error;
  }
  return results;
}
