/** Handles that were forgotten: collected without `dispose()`. */
import type { GpuMemory } from "./memory.js";

type LeakListener = (description: string) => void;
const listeners = new Set<LeakListener>();

/** Tells of handles that were collected without `dispose()`, for tests. Returns what ends it. */
export function onLeak(listener: LeakListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The memory of a forgotten handle goes back all the same; forgetting is a fault, but no leak of the device. */
const forgotten = new FinalizationRegistry<{ readonly memory: GpuMemory; readonly description: string }>(
  ({ memory, description }) => {
    memory.release();
    for (const listener of listeners) listener(description);
  },
);

/** Watches a handle that owns one reference to the memory. */
export function watchHandle(handle: object, memory: GpuMemory, description: string): void {
  forgotten.register(handle, { memory, description }, handle);
}

/** Ends the watch: the handle was disposed of. */
export function unwatchHandle(handle: object): void {
  forgotten.unregister(handle);
}
