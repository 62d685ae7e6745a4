/**
 * The work queue of the bigint backend. Calls record generators; `drain` runs them in order in slices of 50 ms,
 * so that the thread is never held for long and a read can be cancelled between slices.
 */
import { HOLD_MS } from "../pace.js";
import { checkOpen } from "../shapes.js";

/** Where a recorded result will be. An error stays in its cell and spreads to all that is computed from it. */
export class Cell<T> {
  value: T | undefined;
  error: unknown;
  done = false;

  /** The finished value; throws the error of whatever it was computed from. */
  get(): T {
    if (this.error !== undefined) throw this.error;
    return this.value as T;
  }
}

interface Task {
  /** Yields wherever a pause is allowed. */
  readonly work: Generator<void, void>;
}

export class Recorder {
  #queue: Task[] = [];
  #head = 0;
  #closed = false;

  /** Records `work`; its return value, or what it throws, lands in the cell. */
  record<T>(work: () => Generator<void, T>): Cell<T> {
    checkOpen(!this.#closed);
    const cell = new Cell<T>();
    const run = function* (): Generator<void, void> {
      try {
        cell.value = yield* work();
      } catch (error) {
        cell.error = error;
      }
      cell.done = true;
    };
    this.#queue.push({ work: run() });
    return cell;
  }

  /** Runs recorded work until the cell is done, or all of it without one. Rejects with the signal's reason once aborted. */
  async drain(cell?: Cell<unknown>, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    while (!(cell?.done ?? false) && this.#head < this.#queue.length) {
      this.#slice();
      if (this.#head < this.#queue.length) await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
    }
  }

  /** Records nothing any more: handles are dead afterwards. */
  close(): void {
    this.#closed = true;
    this.clear();
  }

  /** Forgets all recorded work. */
  clear(): void {
    this.#queue = [];
    this.#head = 0;
  }

  #slice(): void {
    const end = performance.now() + HOLD_MS;
    while (this.#head < this.#queue.length) {
      if (this.#queue[this.#head].work.next().done) this.#head++;
      if (performance.now() > end) break;
    }
    if (this.#head === this.#queue.length) this.clear();
  }
}
