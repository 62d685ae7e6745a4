/** Reading memory back, in slices through staging buffers. */
import type { GpuView } from "./memory.js";
import { gpuError } from "./recorder.js";

/** Bytes of one slice: some milliseconds on a bus, and what bounds the staging memory. */
const SLICE_BYTES = 2 ** 25;

export interface ReadBackHost {
  /** A staging buffer of at least this size. */
  take(bytes: number): GPUBuffer;
  give(buffer: GPUBuffer): void;
  /** Copies once all recorded work is done, and submits; resolves with the error of the submission, if any. */
  copy(part: GpuView, target: GPUBuffer): Promise<Error | undefined>;
  /** Throws what spoilt the value, if anything did. */
  check(): void;
  readonly signal?: AbortSignal;
}

/** Rejects once the signal is aborted. `cancel` takes the listener off again. */
function aborted(signal?: AbortSignal): { readonly promise: Promise<never>; cancel(): void } {
  let cancel = () => {};
  const promise = new Promise<never>((_, reject) => {
    if (!signal) return;
    const listener = () => reject(signal.reason);
    signal.addEventListener("abort", listener);
    cancel = () => signal.removeEventListener("abort", listener);
  });
  promise.catch(() => undefined);
  return { promise, cancel };
}

/** The bytes of a view. Rejects as `check` says, or with the signal's reason. */
export async function readBack(view: GpuView, host: ReadBackHost): Promise<Uint8Array<ArrayBuffer>> {
  const out = new Uint8Array(view.bytes);
  const abort = aborted(host.signal);
  try {
    for (let at = 0; at < view.bytes; at += SLICE_BYTES) {
      host.signal?.throwIfAborted();
      const bytes = Math.min(SLICE_BYTES, view.bytes - at);
      const staging = host.take(bytes);
      try {
        const settled = host.copy({ memory: view.memory, offset: view.offset + at, bytes }, staging);
        const mapped = staging.mapAsync(1, 0, bytes).then(
          () => true,
          () => false,
        );
        const arrived = Promise.all([settled, mapped]);
        const [error, ok] = await Promise.race([arrived, abort.promise]);
        // A lost device ends the mapping first and tells the reason a moment later.
        if (!ok) await new Promise((resolve) => setTimeout(resolve, 20));
        host.check();
        if (error) throw error;
        if (!ok) throw gpuError("a staging buffer could not be mapped", "work");
        out.set(new Uint8Array(staging.getMappedRange(0, bytes)), at);
      } finally {
        staging.unmap();
        host.give(staging);
      }
    }
  } catch (error) {
    out.fill(0);
    throw error;
  } finally {
    abort.cancel();
  }
  return out;
}
