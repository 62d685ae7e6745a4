/**
 * Kernels by name, shared while somebody uses them and forgotten afterwards: a server meets the moduli of many clients, and
 * the secret moduli of a key should not outlive the key.
 */
export class KernelCache<T extends object> {
  readonly #known = new Map<string, Promise<T> | WeakRef<T>>();
  readonly #collected = new FinalizationRegistry<string>((name) => {
    const known = this.#known.get(name);
    if (known instanceof WeakRef && known.deref() === undefined) this.#known.delete(name);
  });

  /** The kernels of this name, made where nobody uses any. What could not be made is not remembered. */
  async get(name: string, make: () => T | Promise<T>): Promise<T> {
    const known = this.#known.get(name);
    // Nothing is awaited before the promise is stored, so that callers at one time share it.
    const alive = known instanceof WeakRef ? known.deref() : known;
    if (alive !== undefined) return alive;
    const making = Promise.resolve().then(make);
    this.#known.set(name, making);
    try {
      const made = await making;
      this.#known.set(name, new WeakRef(made));
      this.#collected.register(made, name);
      return made;
    } catch (error) {
      this.#known.delete(name);
      throw error;
    }
  }

  /** How many names are remembered. */
  get size(): number {
    return this.#known.size;
  }

  clear(): void {
    this.#known.clear();
  }
}
