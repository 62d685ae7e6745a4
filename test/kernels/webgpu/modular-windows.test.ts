import { describe, expect, it } from "vitest";
import { exponentDigits, longestExponent, windowBits } from "../../../src/kernels/webgpu/modular-windows.js";
import { testRandom } from "../../support/random.js";

describe("exponent windows", () => {
  it("measures the longest exponent", () => {
    expect(longestExponent([])).toBe(0);
    expect(longestExponent([0n, 0n])).toBe(0);
    expect(longestExponent([1n, 255n, 256n, 0n])).toBe(9);
  });

  it("chooses a window with the fewest products", () => {
    for (const bits of [1, 2, 8, 32, 64, 512, 1024, 2048, 4096]) {
      const products = (w: number) => 2 ** w - 1 + Math.ceil(bits / w);
      const chosen = windowBits(bits);
      for (let w = 1; w <= 5; w++) expect(products(chosen)).toBeLessThanOrEqual(products(w));
    }
    expect([windowBits(1), windowBits(32), windowBits(1024)]).toEqual([1, 3, 5]);
  });

  it.each([1, 2, 3, 4, 5, 6])("cuts exponents into digits of %i bits, in both orders", (width) => {
    const random = testRandom(`digits ${width}`);
    const exponents = [0n, 1n, (1n << 203n) - 1n, random.bigBits(203), random.bigBits(100)];
    const windows = Math.ceil(203 / width);
    const down = exponentDigits(exponents, width, windows);
    const up = exponentDigits(exponents, width, windows, true);
    expect(down.length).toBe(exponents.length * windows);
    exponents.forEach((exponent, i) => {
      const digits = [...up.subarray(i * windows, (i + 1) * windows)];
      expect(digits.every((d) => d < 2 ** width)).toBe(true);
      expect(digits.reduce((sum, d, w) => sum + (BigInt(d) << BigInt(w * width)), 0n)).toBe(exponent);
      expect([...down.subarray(i * windows, (i + 1) * windows)].reverse()).toEqual(digits);
    });
  });
});
