/** Keeps what is costly to make for a key, for the keys seen last; never frees what is in use. */

interface Entry<T> {
  readonly value: Promise<T>;
  users: number;
}

export class KeyCache<T extends { dispose(): void }> {
  readonly #limit: number;
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry<T>>();
  #isClosed = false;

  /** Keeps up to `limit` idle values. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Runs `work` with the value of a name, made where it is not there. A value that could not be made is not remembered. */
  async use<R>(name: string, make: () => Promise<T>, work: (value: T) => Promise<R>): Promise<R> {
    const entry = this.#entries.get(name) ?? { value: make(), users: 0 };
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    entry.users++;
    try {
      const value = await entry.value.catch((error: unknown) => {
        if (this.#entries.get(name) === entry) this.#entries.delete(name);
        throw error;
      });
      return await work(value);
    } finally {
      entry.users--;
      this.#shrink();
    }
  }

  /** Frees what is idle now, and the rest as soon as it is. */
  dispose(): void {
    this.#isClosed = true;
    this.#shrink();
  }

  #shrink(): void {
    for (const [name, entry] of this.#entries) {
      if (!this.#isClosed && this.#entries.size <= this.#limit) return;
      if (entry.users > 0) continue;
      this.#entries.delete(name);
      void entry.value.then(
        (value) => value.dispose(),
        () => {},
      );
    }
  }
}
