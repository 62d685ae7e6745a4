/** Options of calls that may take long. */
export interface RunOptions {
  /** Cancels between pieces of work; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called as work proceeds, with the number of pieces done and their total. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The same for callees that report a fraction. */
export function fractional({ signal, onProgress }: RunOptions, total: number) {
  return { signal, onProgress: onProgress && ((fraction: number) => onProgress(Math.round(fraction * total), total)) };
}

/** Collects what a computation holds on the way, to free it whatever happens. */
export class Holdings {
  readonly #held: { dispose(): void }[] = [];

  /** Takes ownership. */
  own<T extends { dispose(): void }>(value: T): T {
    this.#held.push(value);
    return value;
  }

  dispose(): void {
    for (const value of this.#held.splice(0)) value.dispose();
  }
}
