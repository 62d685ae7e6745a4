import { describe, expect, it } from "vitest";
import { describeGoal, judge } from "../../bench/target.js";

const figures = { threads: 1, ms: 2, ratio: 3, ratioPerBit: 2.5, speedup: null };

describe("a target", () => {
  it.each([
    [{ ratio: 3 }, true],
    [{ ratio: 3.01 }, false],
    [{ ratioPerBit: 2.5 }, true],
    [{ ratioPerBit: 2.6 }, false],
    [{ ms: 2 }, true],
    [{ ms: 1.99 }, false],
    [{ ratio: 3, ms: 1.99 }, false],
    [{ ratio: 3.01, ms: 2 }, false],
  ])("%o is met on one thread: %o", (target, met) => {
    expect(judge(target, figures)).toEqual({ ...target, met });
  });

  it("asks for speed-up on several threads, and for nothing else there", () => {
    const both = { ratio: 100, speedup: 1.8 };
    expect(judge(both, { ...figures, threads: 2, speedup: 1.8 })).toEqual({ speedup: 1.8, met: true });
    expect(judge(both, { ...figures, threads: 2, speedup: 1.79 })).toEqual({ speedup: 1.8, met: false });
    expect(judge({ ratio: 100 }, { ...figures, threads: 2, speedup: 1 })).toBeNull();
    expect(judge({ speedup: 1.8 }, figures)).toBeNull();
  });

  it("is not met by a figure that was not measured", () => {
    expect(judge({ ratio: 0.5 }, { ...figures, ratio: null })).toEqual({ ratio: 0.5, met: false });
    expect(judge({ speedup: 0.5 }, { ...figures, threads: 2 })).toEqual({ speedup: 0.5, met: false });
    expect(judge(undefined, figures)).toBeNull();
  });

  it("reads in words", () => {
    expect(describeGoal({ ratio: 3, ms: 1.7 })).toBe("ratio >= 3, <= 1.7 ms");
    expect(describeGoal({ ratioPerBit: 2.2, speedup: 1.8 })).toBe("per bit >= 2.2, speed-up >= 1.8");
  });
});
