import { describe, expect, it } from "vitest";
import { fixedExpNegative, fixedPi, fixedRoot } from "../../src/math/fixed.js";

// Decimal digits of pi and of e^-1 as published (OEIS A000796 and A068985).
const PI = 31415926535897932384626433832795028841971693993751058209749445n;
const INVERSE_E = 3678794411714423215955237701614608674458111310317678345078368n;
const DIGITS = 10n ** 61n;

const near = (fixed: bigint, bits: number, decimal: bigint, tolerance: bigint) => {
  const difference = fixed - (decimal << BigInt(bits)) / DIGITS;
  return difference <= tolerance && difference >= -tolerance;
};

describe("fixed-point constants", () => {
  it("give pi to 200 bits", () => {
    expect(near(fixedPi(190), 190, PI, 2n)).toBe(true);
    expect(Number(fixedPi(100)) / 2 ** 100).toBe(Math.PI);
  });

  it("give exponentials", () => {
    expect(near(fixedExpNegative(1n, 1n, 190), 190, INVERSE_E, 2n)).toBe(true);
    expect(fixedExpNegative(0n, 7n, 90)).toBe(1n << 90n);
    const third = fixedExpNegative(1n, 3n, 200);
    const cube = (third * third * third) >> 400n;
    expect(near(cube, 200, INVERSE_E, 8n)).toBe(true);
    const power = fixedExpNegative(37n, 1n, 200) - ((fixedExpNegative(1n, 1n, 300) ** 37n) >> 10900n);
    expect(power < 2n && power > -2n).toBe(true);
    // e^-(a + b) = e^-a e^-b, far from the range of the series.
    const [a, b, both] = [fixedExpNegative(37n, 2n, 200), fixedExpNegative(25n, 3n, 200), fixedExpNegative(161n, 6n, 200)];
    const error = ((a * b) >> 200n) - both;
    expect(error < 8n && error > -8n).toBe(true);
    expect(fixedExpNegative(1000n, 1n, 100)).toBe(0n);
  });

  it("give roots of unity on the unit circle, at the right place", () => {
    for (const log2Order of [3, 4, 10, 18]) {
      const { cos, sin } = fixedRoot(log2Order, 160);
      const excess = cos * cos + sin * sin - (1n << 320n);
      expect(excess < 1n << 164n && excess > -(1n << 164n)).toBe(true);
      expect(Number(sin) / 2 ** 160).toBeCloseTo(Math.sin((2 * Math.PI) / 2 ** log2Order), 14);
    }
    // Squaring the eighth root gives i; squaring a finer root gives the next coarser one.
    for (const log2Order of [4, 9, 17]) {
      const fine = fixedRoot(log2Order, 160);
      const coarse = fixedRoot(log2Order - 1, 160);
      const error = ((fine.cos * fine.cos - fine.sin * fine.sin) >> 160n) - coarse.cos;
      expect(error < 16n && error > -16n).toBe(true);
    }
  });
});
