/**
 * Long computations cut into steps, so that one text serves callers who wait and callers who must let their thread go on:
 * a generator yields wherever it may be interrupted, and returns its result.
 */

/** A computation that may be interrupted at every yield. A step takes well below a millisecond at every length that is allowed. */
export type Steps<T> = Generator<void, T, void>;

/** How long a paced computation holds its thread at a time, in milliseconds: most of a frame at 60 frames a second is left to a page. */
export const STEP_HOLD_MS = 8;

/** Runs all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Runs the steps with a turn of the event loop every {@link STEP_HOLD_MS}. Rejects with the signal's reason, looked at after every turn. */
export async function finishPaced<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  for (let since = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - since < STEP_HOLD_MS) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    since = performance.now();
  }
}
