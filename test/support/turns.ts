/** Whether a thread goes on while something long is under way. Used in Node and in the test page. */

export interface Turns {
  /** Turns of the event loop from begin to end. */
  readonly turns: number;
  /** The longest time between two of them, in milliseconds: to be looked at, not asserted, because a busy machine adds to it. */
  readonly longestMs: number;
}

/** How often the event loop turns while `work` is under way, whether it succeeds or not. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<Turns> {
  let turns = 0;
  let longestMs = 0;
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
  };
  const timer = setInterval(() => {
    turns++;
    look();
  }, 0);
  try {
    await work();
  } finally {
    clearInterval(timer);
    look();
  }
  return { turns, longestMs };
}
