/** Handles that live no longer than one computation, whether it ends well or not. */
import type { Handle } from "../kernels/interface.js";

/** Registers a handle to be disposed of at the end, and returns it. */
export type Keep = <H extends Handle>(handle: H) => H;

/** Runs `work` and disposes of everything that it gave to `keep`, in any case. What it returns must not be kept. */
export async function inScope<T>(work: (keep: Keep) => Promise<T>): Promise<T> {
  const kept: Handle[] = [];
  try {
    return await work((handle) => {
      kept.push(handle);
      return handle;
    });
  } finally {
    for (const handle of kept) handle.dispose();
  }
}
