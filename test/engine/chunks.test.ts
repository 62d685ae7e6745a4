import { describe, expect, it } from "vitest";
import { inChunks } from "../../src/engine/chunks.js";

describe("long work", () => {
  it("is cut into pieces that cover it", async () => {
    const seen: number[] = [];
    const pieces = await inChunks(10, 4, { onProgress: (f) => seen.push(f) }, async (start, count) => [start, count]);
    expect(pieces).toEqual([
      [0, 4],
      [4, 4],
      [8, 2],
    ]);
    expect(seen).toEqual([0.4, 0.8, 1]);
  });

  it("has two pieces in work, begun and collected in order", async () => {
    const events: string[] = [];
    const ends: (() => void)[] = [];
    const pieces = inChunks(5, 1, {}, async (start) => {
      events.push(`begin ${start}`);
      await new Promise<void>((resolve) => ends.push(resolve));
      events.push(`end ${start}`);
      return start;
    });
    const tick = () => new Promise((resolve) => setTimeout(resolve, 0));
    for (let i = 0; i < 5; i++) {
      await tick();
      expect(ends).toHaveLength(Math.min(5, i + 2));
      ends[i]();
    }
    expect(await pieces).toEqual([0, 1, 2, 3, 4]);
    expect(events.slice(0, 4)).toEqual(["begin 0", "begin 1", "end 0", "begin 2"]);
  });

  it("waits for what is still in work before it fails", async () => {
    const discarded: number[] = [];
    let isDone = false;
    const failing = inChunks(
      2,
      1,
      {},
      async (start) => {
        if (start === 0) throw new Error("broken");
        await new Promise((resolve) => setTimeout(resolve, 5));
        isDone = true;
        return start;
      },
      (r) => discarded.push(r),
    );
    await expect(failing).rejects.toThrow("broken");
    expect(isDone).toBe(true);
    expect(discarded).toEqual([1]);
  });

  it("lets go of what it has made when it fails or is stopped", async () => {
    const discarded: number[] = [];
    const discard = (r: number) => discarded.push(r);
    const failing = inChunks(3, 1, {}, async (start) => (start === 2 ? Promise.reject(new Error("broken")) : start), discard);
    await expect(failing).rejects.toThrow("broken");
    expect(discarded).toEqual([0, 1]);
    const controller = new AbortController();
    const stopped = inChunks(
      3,
      3,
      { signal: controller.signal },
      async () => {
        controller.abort(new Error("stop"));
        return 9;
      },
      discard,
    );
    await expect(stopped).rejects.toThrow("stop");
    expect(discarded).toEqual([0, 1, 9]);
  });
});
