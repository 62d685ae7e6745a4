import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { KernelCache } from "../../src/kernels/kernel-cache.js";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Collects until the condition holds, or 100 times. */
async function collectUntil(condition: () => boolean): Promise<boolean> {
  for (let i = 0; i < 100 && !condition(); i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return condition();
}

describe("KernelCache", () => {
  it("makes kernels once for all who ask at a time, and while somebody uses them", async () => {
    const cache = new KernelCache<object>();
    let made = 0;
    const make = async () => ({ number: made++ });
    const [a, b] = await Promise.all([cache.get("x", make), cache.get("x", make)]);
    expect(a).toBe(b);
    collect();
    expect(await cache.get("x", make)).toBe(a);
    expect(await cache.get("y", make)).not.toBe(a);
    expect(made).toBe(2);
  });

  it("forgets what nobody uses any more, name and all", async () => {
    const cache = new KernelCache<object>();
    const kept = await cache.get("kept", () => ({}));
    for (let i = 0; i < 20; i++) await cache.get(`secret ${i}`, () => ({ i }));
    expect(await collectUntil(() => cache.size === 1)).toBe(true);
    expect(await cache.get("kept", () => ({}))).toBe(kept);
  });

  it("does not remember a failure", async () => {
    const cache = new KernelCache<object>();
    await expect(
      cache.get("x", () => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await cache.get("x", () => ({ fine: true }))).toEqual({ fine: true });
  });
});
