/** Long recordings: what is recorded runs no further ahead of the backend than memory should hold. */
import type { RingHandle } from "../kernels/interface.js";

/** Bytes of results after which recorded work is started, and the work started before is awaited. */
const MOST_BYTES = 2 ** 27;

/**
 * Memory that a backend gives out for recorded work comes back when that work is done, which nobody notices while one call goes on recording. Whoever
 * records much says so, and waits where it is too much: for the work before the last, so that the backend never stands still.
 */
export class BackPressure {
  #bytes = 0;
  #before: Promise<void> | undefined;

  /** `flush` starts and awaits all recorded work. */
  constructor(private readonly flush: () => Promise<void>) {}

  /** Counts results that have been recorded, with what was made on the way to each. Rejects with what a flush rejects with. */
  async recorded(result: RingHandle, others = 1): Promise<void> {
    this.#bytes += 4 * result.degree * result.basis.length * result.batch * (1 + others);
    if (this.#bytes < MOST_BYTES) return;
    this.#bytes = 0;
    const before = this.#before;
    this.#before = this.flush();
    // Whether it failed is asked when its turn comes; handles tell, too.
    this.#before.catch(() => undefined);
    await before;
  }
}
