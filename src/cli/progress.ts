/** A bar on standard error, where that is a terminal and the work is long. */
import { Presets, SingleBar } from "cli-progress";

/** Work shorter than this shows nothing. */
const PATIENCE_MS = 1000;

export class Progress {
  readonly #since = performance.now();
  readonly #label: string;
  #bar: SingleBar | undefined;

  constructor(label: string) {
    this.#label = label;
  }

  /** To be passed as `onProgress`. */
  readonly update = (done: number, total: number): void => {
    if (!process.stderr.isTTY) return;
    if (this.#bar === undefined) {
      if (performance.now() - this.#since < PATIENCE_MS || done >= total) return;
      const format = `${this.#label} {bar} {percentage}% | {eta_formatted} left`;
      this.#bar = new SingleBar(
        { format, stream: process.stderr, clearOnComplete: true, hideCursor: true },
        Presets.shades_classic,
      );
      this.#bar.start(total, done);
    }
    this.#bar.update(done);
  };

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
