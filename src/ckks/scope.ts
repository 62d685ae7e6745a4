/** Handles that live no longer than one computation, whether it ends well or not. */

/** Registers a handle or a ciphertext to be disposed of at the end, and returns it. */
export type Keep = <H extends { dispose(): void }>(handle: H) => H;

/** Runs `work` and disposes of everything that it gave to `keep`, in any case. What it returns must not be kept. */
export async function inScope<T>(work: (keep: Keep) => Promise<T>): Promise<T> {
  const kept: { dispose(): void }[] = [];
  try {
    return await work((handle) => {
      kept.push(handle);
      return handle;
    });
  } finally {
    for (const handle of kept) handle.dispose();
  }
}

/** {@link inScope} for work that is recorded at once. */
export function scoped<T>(work: (keep: Keep) => T): T {
  const kept: { dispose(): void }[] = [];
  try {
    return work((handle) => {
      kept.push(handle);
      return handle;
    });
  } finally {
    for (const handle of kept) handle.dispose();
  }
}

/** Makes several things with `make`, and disposes of those that are there where a later one fails. */
export function allOrNone<A, H extends { dispose(): void }>(items: Iterable<A>, make: (item: A) => H): H[] {
  const made: H[] = [];
  try {
    for (const item of items) made.push(make(item));
    return made;
  } catch (error) {
    for (const handle of made) handle.dispose();
    throw error;
  }
}
