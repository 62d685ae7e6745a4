import { describe, expect, it } from "vitest";
import { fixedBaseWindow, longestExponent, powerWindow, tableEntries } from "../../../../src/kernels/wasm/modular/windows.js";

describe("windows", () => {
  it("grow with the exponent and stay within the scratch", () => {
    expect([1, 16, 64, 1024, 2048, 8192].map(powerWindow)).toEqual([1, 2, 3, 5, 6, 6]);
    for (let bits = 1; bits <= 8192; bits++) {
      expect(powerWindow(bits)).toBeLessThanOrEqual(6);
      expect(powerWindow(bits)).toBeLessThanOrEqual(bits);
    }
  });

  it("of fixed bases stay within their memory", () => {
    for (const elementBytes of [64, 640, 960, 1280]) {
      for (const bits of [1, 2, 7, 64, 1024, 1536, 8192]) {
        const width = fixedBaseWindow(bits, elementBytes);
        expect(width).toBeLessThanOrEqual(bits);
        expect(tableEntries(bits, width) * elementBytes).toBeLessThanOrEqual(2 ** 25);
      }
    }
  });

  it("count the entries of rows, the last of them shorter", () => {
    expect(tableEntries(8, 4)).toBe(32);
    expect(tableEntries(9, 4)).toBe(34);
    expect(tableEntries(1, 1)).toBe(2);
  });

  it("know the longest exponent", () => {
    expect(longestExponent([0n, 5n, 1n << 40n])).toBe(41);
    expect(longestExponent([0n])).toBe(0);
  });
});
