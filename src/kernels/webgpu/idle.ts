/** What is done once nothing has happened for a while. */

export interface IdleStep {
  /** Milliseconds without a sign of life; the steps of a watch ascend. */
  readonly after: number;
  readonly run: () => void;
}

/** Runs each step once in every pause that is long enough for it. One timer, which keeps no process alive. */
export class IdleWatch {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heard = 0;
  #next = 0;
  #stopped = false;

  constructor(private readonly steps: readonly IdleStep[]) {}

  /** Something happens: the pause begins anew. Cheap, because a timer that runs for the first step is left to find out. */
  poke(): void {
    this.#heard = performance.now();
    if (this.#timer !== undefined && this.#next === 0) return;
    this.#next = 0;
    clearTimeout(this.#timer);
    this.#arm(this.steps[0].after);
  }

  /** No more steps. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(wait: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#look(), wait);
    // Where timers are objects (Node) they would keep the process alive.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  #look(): void {
    this.#timer = undefined;
    const heard = this.#heard;
    while (this.#next < this.steps.length && performance.now() - this.#heard >= this.steps[this.#next].after) {
      this.steps[this.#next++].run();
      // What a step does is no sign of life.
      this.#heard = heard;
    }
    const step = this.steps[this.#next];
    if (step) this.#arm(Math.max(1, step.after - (performance.now() - this.#heard)));
  }
}
