import { describe, expect, it } from "vitest";
import { KeyCache } from "../../../src/host/inference/key-cache.js";

/** A cache of named values that notes what is made and what is freed. */
function observed(limit: number) {
  const log: string[] = [];
  const cache = new KeyCache<{ dispose(): void }>(limit);
  const make = (name: string) => async () => {
    log.push(`make ${name}`);
    return { dispose: () => void log.push(`free ${name}`) };
  };
  const use = (name: string, work: () => Promise<unknown> = async () => {}) => cache.use(name, make(name), work);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return { log, cache, use, settle };
}

describe("KeyCache", () => {
  it("makes a value once and frees the one used longest ago", async () => {
    const { log, use, settle } = observed(2);
    for (const name of ["a", "b", "a", "c", "a", "b"]) await use(name);
    await settle();
    expect(log).toEqual(["make a", "make b", "make c", "free b", "make b", "free c"]);
  });

  it("frees nothing that is in use, and everything when it is idle and closed", async () => {
    const { log, cache, use, settle } = observed(1);
    let finish = () => {};
    const first = use(
      "a",
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    await settle();
    await use("b");
    await settle();
    expect(log).toEqual(["make a", "make b", "free b"]);
    cache.dispose();
    await settle();
    expect(log).not.toContain("free a");
    finish();
    await first;
    await settle();
    expect(log.at(-1)).toBe("free a");
  });

  it("shares one value among those who ask at the same time", async () => {
    const { log, use } = observed(1);
    await Promise.all([use("a"), use("a"), use("a")]);
    expect(log).toEqual(["make a"]);
  });

  it("tries again where a value could not be made", async () => {
    const cache = new KeyCache<{ dispose(): void }>(1);
    const fails = () => Promise.reject(new Error("no"));
    await expect(cache.use("a", fails, async () => 1)).rejects.toThrow("no");
    expect(
      await cache.use(
        "a",
        async () => ({ dispose() {} }),
        async () => 2,
      ),
    ).toBe(2);
  });
});
