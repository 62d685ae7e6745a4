/** Long recordings wait for the backend, and keep it busy. */
import { describe, expect, it } from "vitest";
import { BackPressure } from "../../src/ckks/back-pressure.js";
import type { RingHandle } from "../../src/kernels/interface.js";

/** A result of 2^26 bytes. */
const result = { degree: 2 ** 14, basis: new Array(32).fill(3), batch: 32 } as unknown as RingHandle;

/** Flushes that end when they are told. */
function flushes() {
  const ends: (() => void)[] = [];
  return { ends, flush: () => new Promise<void>((resolve) => ends.push(resolve)) };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("back-pressure", () => {
  it("flushes after 2^27 bytes, and waits for the flush before the last", async () => {
    const { ends, flush } = flushes();
    const pressure = new BackPressure(flush);
    await pressure.recorded(result, 0);
    expect(ends).toHaveLength(0);
    // Nothing was flushed before: nothing to wait for.
    await pressure.recorded(result, 0);
    expect(ends).toHaveLength(1);
    let isOver = false;
    const second = pressure.recorded(result).then(() => {
      isOver = true;
    });
    await turn();
    expect([ends.length, isOver]).toEqual([2, false]);
    ends[0]();
    await second;
    expect(isOver).toBe(true);
  });

  it("rejects with what a flush rejects with, when its turn comes", async () => {
    const pressure = new BackPressure(() => Promise.reject(new Error("lost")));
    await pressure.recorded(result, 9);
    await turn();
    await expect(pressure.recorded(result, 9)).rejects.toThrow("lost");
  });
});
