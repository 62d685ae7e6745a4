import { describe, expect, it } from "vitest";
import { inChunks } from "../../src/paillier/chunks.js";

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
