/**
 * What becomes of a value on the device. GPU errors arrive after the call that caused them: a fate starts open, and once the
 * submission that computes it is known to have worked or failed, it takes the error of what it was computed from, or that
 * of the submission.
 */
export class Fate {
  #error: Error | undefined;
  #settled = false;
  #parents: readonly Fate[];

  /** The fate of a value computed from others. */
  constructor(parents: readonly Fate[] = []) {
    // What is settled and well has nothing more to say; forgetting it keeps chains short.
    this.#parents = parents.filter((parent) => !parent.#settled || parent.#error !== undefined);
  }

  /** The error that spoilt this value, as soon as it is known. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Spoils the value. */
  fail(error: Error): void {
    this.#error ??= error;
    this.#settled = true;
    this.#parents = [];
  }

  /** Called in the order of recording, so that parents are settled first. `own` is the error of the submission itself. */
  settle(own?: Error): void {
    if (this.#settled) return;
    this.#error = this.#parents.find((parent) => parent.error !== undefined)?.error ?? own;
    this.#settled = true;
    this.#parents = [];
  }
}
