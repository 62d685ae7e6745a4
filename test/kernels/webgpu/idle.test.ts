import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IdleWatch } from "../../../src/kernels/webgpu/idle.js";

describe("a watch over pauses", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function watch() {
    const done: string[] = [];
    const idle = new IdleWatch([
      { after: 50, run: () => done.push("wipe") },
      { after: 1000, run: () => done.push("trim") },
    ]);
    return { idle, done };
  }

  it("does nothing before the first sign of life, then each step once in its turn", () => {
    const { idle, done } = watch();
    vi.advanceTimersByTime(5000);
    expect(done).toEqual([]);
    idle.poke();
    vi.advanceTimersByTime(49);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(done).toEqual(["wipe"]);
    vi.advanceTimersByTime(900);
    expect(done).toEqual(["wipe"]);
    vi.advanceTimersByTime(100);
    expect(done).toEqual(["wipe", "trim"]);
    vi.advanceTimersByTime(10_000);
    expect(done).toEqual(["wipe", "trim"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("begins anew with every sign of life", () => {
    const { idle, done } = watch();
    for (let i = 0; i < 100; i++) {
      idle.poke();
      vi.advanceTimersByTime(40);
    }
    expect(done).toEqual([]);
    vi.advanceTimersByTime(60);
    expect(done).toEqual(["wipe"]);
    idle.poke();
    vi.advanceTimersByTime(60);
    expect(done).toEqual(["wipe", "wipe"]);
    vi.advanceTimersByTime(939);
    expect(done).toEqual(["wipe", "wipe"]);
    vi.advanceTimersByTime(100);
    expect(done).toEqual(["wipe", "wipe", "trim"]);
  });

  it("stops for good", () => {
    const { idle, done } = watch();
    idle.poke();
    idle.stop();
    idle.poke();
    vi.advanceTimersByTime(5000);
    expect(done).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
