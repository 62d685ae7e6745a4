import { describe, expect, it } from "vitest";
import { precision } from "../../src/ckks/precision.js";
import { ParameterError } from "../../src/errors.js";

describe("precision", () => {
  it("is minus log2 of the errors, worst, best, mean, median and spread", () => {
    const expected = [0.5, -1, 2, 0];
    const got = Float64Array.from([0.5 + 2 ** -10, -1 - 2 ** -12, 2 + 2 ** -14, 2 ** -20]);
    const { slots, real, imaginary, l2 } = precision(expected, got);
    expect(slots).toBe(4);
    expect(real).toEqual({ min: 10, max: 20, mean: 14, median: 13, std: Math.sqrt((16 + 4 + 0 + 36) / 3) });
    expect(imaginary).toBeUndefined();
    expect(l2).toEqual(real);
  });

  it("looks at imaginary parts and absolute values of complex errors", () => {
    const expected = { re: [1, 2], im: [0, -1] };
    const got = { re: [1 + 3 * 2 ** -10, 2], im: [4 * 2 ** -10, -1 + 2 ** -8] };
    const { real, imaginary, l2 } = precision(expected, got);
    expect(real.min).toBeCloseTo(10 - Math.log2(3), 12);
    expect(real.max).toBe(64);
    expect(imaginary).toMatchObject({ min: 8, max: 8, std: 0 });
    expect(l2.min).toBeCloseTo(10 - Math.log2(5), 12);
    expect(l2.max).toBe(8);
    // Real values against complex results: the imaginary parts are errors.
    expect(precision([1], { re: [1], im: [2 ** -5] })).toMatchObject({
      real: { min: 64 },
      imaginary: { min: 5 },
      l2: { min: 5 },
    });
  });

  it("joins a batch, and leaves out what is beyond the expected values", () => {
    const { slots, real } = precision([[1], [2, 3]], [[1.5], [2.25, 3.125, 99]]);
    expect(slots).toBe(3);
    expect(real).toMatchObject({ min: 1, median: 2, max: 3, mean: 2, std: 1 });
    expect(precision([1], [1.5]).real).toEqual({ min: 1, max: 1, mean: 1, median: 1, std: 0 });
  });

  it.each([
    [null, [1], /expected values/],
    [[1], "1", /results/],
    [[1], new DataView(new ArrayBuffer(8)), /array of numbers/],
    [[], [], /at least one slot/],
    [[[]], [[]], /at least one slot/],
    [[1, 2], [1], /at least 2 slots/],
    [[[1], [2]], [[1]], /2 vectors/],
    [[[1], 5], [[1], [2]], /vector 1/],
    [[1, Number.NaN], [1, 2], /expected values, slot 1/],
    [[1, 2], [1, Number.POSITIVE_INFINITY], /results, slot 1/],
    [[1, 2], ["1", 2], /results/],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is refused
    [[1, 2, 3], [1, , 3], /results, slot 1/],
    [{ re: [1, 2], im: [1] }, [1, 2], /2 imaginary parts/],
    [{ re: [1] }, [1], /re, im/],
  ])("refuses what cannot be compared: %j, %j", (expected, got, message) => {
    const attempt = () => precision(expected as never, got as never);
    expect(attempt).toThrow(ParameterError);
    expect(attempt).toThrow(message);
  });
});
