/** Long host work in steps: progress, cancellation, and a turn of the event loop every 50 ms. */

export interface HostOptions {
  /** Cancels between items; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after every item with the number done and the total. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** How long the event loop may be held, in milliseconds. */
export const HOLD_MS = 50;

/** Runs `step` for 0 .. total - 1. Stops with the signal's reason, checked before every step. */
export async function paced(
  total: number,
  step: (index: number) => void,
  { signal, onProgress }: HostOptions = {},
): Promise<void> {
  let since = performance.now();
  for (let i = 0; i < total; i++) {
    signal?.throwIfAborted();
    step(i);
    onProgress?.(i + 1, total);
    if (performance.now() - since >= HOLD_MS) {
      // A timer of 0 ms exists in Node and in browsers; its clamp to 4 ms there costs a tenth of the time at most.
      await new Promise((resolve) => setTimeout(resolve, 0));
      since = performance.now();
    }
  }
  signal?.throwIfAborted();
}
