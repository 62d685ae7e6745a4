import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ceilLog2, columnsOf, floorLog2 } from "../../../src/host/aggregation/columns.js";
import { AggregationSchema } from "../../../src/host/aggregation/index.js";

describe("floorLog2 and ceilLog2", () => {
  it("bracket every positive number", () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -200, max: 2 ** 200, noNaN: true }), (x) => {
        const [low, high] = [floorLog2(x), ceilLog2(x)];
        expect(2 ** low <= x && x < 2 ** (low + 1)).toBe(true);
        expect(2 ** (high - 1) < x && x <= 2 ** high).toBe(true);
      }),
    );
  });

  it("are exact at powers of two and beside them, where Math.log2 is not", () => {
    for (let e = -60; e <= 60; e++) {
      expect([floorLog2(2 ** e), ceilLog2(2 ** e)]).toEqual([e, e]);
      expect(floorLog2(2 ** e * (1 - 2 ** -53))).toBe(e - 1);
      expect(ceilLog2(2 ** e * (1 + 2 ** -52))).toBe(e + 1);
    }
  });
});

describe("columnsOf", () => {
  it("puts the count first, the weight second, and the fields in order", () => {
    const schema = new AggregationSchema({
      fields: [
        { name: "a", kind: "mean", bounds: [-3, 2], length: 4 },
        { name: "b", kind: "sum", bounds: [0, 0.3], precision: 0.01 },
      ],
      weight: { bounds: [1, 64], precision: 1 },
    });
    expect(columnsOf(schema, 20)).toEqual([
      { name: "#participants", length: 1, bounds: [0, 1], unit: 0, step: 0, weighted: false },
      { name: "#weight", length: 1, bounds: [1, 64], unit: 6, step: 0, weighted: false },
      { name: "a", length: 4, bounds: [-3, 2], unit: 2, step: -18, weighted: true },
      { name: "b", length: 1, bounds: [0, 0.3], unit: -1, step: -7, weighted: false },
    ]);
  });
});
