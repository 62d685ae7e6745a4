/** The memory that all threads share: made, grown, and used again by the next backend. */
import { unavailable } from "./features.js";

export const PAGE = 65536;

/** What 32-bit addresses reach, less a page, so that the end of a range is an address too. */
export const MOST_BYTES = 2 ** 32 - PAGE;

/** Above this a memory is not kept for the next backend. */
const SPARE_BYTES = 64 * 2 ** 20;

/**
 * The memory of the last backend that was closed, all zero. Engines collect shared memory late, because its size does not
 * count for them: without this, thousands of short-lived backends would hold as many memories.
 */
let spare: { readonly memory: WebAssembly.Memory; readonly maximumBytes: number } | undefined;

export interface SharedMemory {
  readonly memory: WebAssembly.Memory;
  /** How far it may grow. */
  readonly maximumBytes: number;
}

/** Memory of `bytes` bytes, all zero. Where the address space is short of what it may grow to, it may grow to less. */
export function takeMemory(bytes: number, maximumBytes: number): SharedMemory {
  if (spare?.maximumBytes === maximumBytes) {
    const { memory } = spare;
    spare = undefined;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return { memory, maximumBytes };
  }
  const initial = Math.ceil(bytes / PAGE);
  let refusal: unknown;
  for (let most = maximumBytes; most >= bytes && most >= maximumBytes / 8; most = Math.floor(most / 2)) {
    try {
      const maximum = Math.floor(most / PAGE);
      return { memory: new WebAssembly.Memory({ initial, maximum, shared: true }), maximumBytes: maximum * PAGE };
    } catch (error) {
      refusal = error;
    }
  }
  throw unavailable(`no shared memory: ${refusal}`, refusal);
}

/** Keeps a memory that is all zero for the next backend, where it is small enough. */
export function keepMemory({ memory, maximumBytes }: SharedMemory): void {
  if (memory.buffer.byteLength <= SPARE_BYTES) spare = { memory, maximumBytes };
}
