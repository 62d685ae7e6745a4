import { describe, expect, it } from "vitest";
import { HARDWARE_BUDGET, SOFTWARE_BUDGET, slices } from "../../../src/kernels/webgpu/modular-slices.js";

const cost = { limbs: 320, numbers: 2, productsPerStep: 6, budget: HARDWARE_BUDGET };

/** Checks that every item meets every step once, in ascending order of steps; returns the slices. */
function covered(items: number, steps: number, c = cost) {
  const all = [...slices(items, steps, c)];
  const next = new Uint32Array(items);
  for (const { start, end, from, to, groups } of all) {
    expect(from).toBeLessThan(to);
    expect(start).toBeLessThan(end);
    expect(groups).toBe(Math.ceil((end - start) / c.numbers));
    expect(groups).toBeLessThanOrEqual(65_535);
    expect(next.subarray(start, end).every((s) => s === from)).toBe(true);
    next.fill(to, start, end);
  }
  expect(next.every((s) => s === steps)).toBe(true);
  return all;
}

describe("slices", () => {
  it("takes small work in one dispatch", () => {
    expect(covered(8, 3)).toEqual([{ start: 0, end: 8, from: 0, to: 3, groups: 4 }]);
  });

  it("covers long work by steps first, then by items", () => {
    expect(covered(1000, 205).length).toBeGreaterThan(5);
    expect(covered(50_001, 2).some((s) => s.end < 50_001)).toBe(true);
    covered(200_003, 1, { ...cost, limbs: 8, numbers: 1, productsPerStep: 1 });
  });

  it("stays within the budget unless a single step of a single workgroup exceeds it", () => {
    for (const budget of [SOFTWARE_BUDGET, HARDWARE_BUDGET]) {
      const c = { ...cost, limbs: 640, budget };
      for (const { start, end, from, to } of covered(700, 50, c)) {
        expect((end - start) * (to - from) * c.productsPerStep * 2 * c.limbs ** 2).toBeLessThanOrEqual(budget);
      }
    }
    const tiny = covered(3, 2, { ...cost, productsPerStep: 10_000_000 });
    expect(tiny.map((s) => s.end - s.start)).toEqual([2, 2, 1, 1]);
  });

  it("does nothing for nothing", () => {
    expect([...slices(0, 5, cost), ...slices(5, 0, cost)]).toEqual([]);
  });
});
