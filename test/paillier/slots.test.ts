import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncodingError, LevelError, ParameterError } from "../../src/errors.js";
import {
  capacity,
  checkLayout,
  packSlots,
  requireCapacity,
  singleSlot,
  unpackSlots,
  widestLayout,
} from "../../src/paillier/slots.js";

const layouts = fc.record({ slots: fc.integer({ min: 1, max: 12 }), slotBits: fc.integer({ min: 2, max: 70 }) });
const filled = layouts.chain((layout) => {
  const max = capacity(layout);
  const value = fc.oneof(fc.constant(max), fc.constant(-max), fc.constant(0n), fc.bigInt({ min: -max, max }));
  return fc.record({ layout: fc.constant(layout), values: fc.array(value, { maxLength: layout.slots }) });
});

describe("slots", () => {
  it("come back as they went in, at the edges of their range too", () => {
    fc.assert(
      fc.property(filled, ({ layout, values }) => {
        const m = packSlots(values, layout);
        const padded = [...values, ...new Array<bigint>(layout.slots - values.length).fill(0n)];
        expect(unpackSlots(m, layout)).toEqual(padded);
        // Below a quarter of the shortest key of this many bits, so that the sign is never lost.
        expect((m < 0n ? -m : m) < 1n << BigInt(layout.slots * layout.slotBits - 1)).toBe(true);
      }),
    );
  });

  it("add and scale slot by slot while they stay in range", () => {
    fc.assert(
      fc.property(filled, fc.integer({ min: -3, max: 3 }), ({ layout, values }, factor) => {
        const small = values.map((v) => v / 4n);
        const m = BigInt(factor) * packSlots(small, layout) + packSlots(small, layout);
        const want = small.map((v) => (BigInt(factor) + 1n) * v);
        expect(unpackSlots(m, layout).slice(0, small.length)).toEqual(want);
      }),
    );
  });

  it("refuse a plaintext that no slots make", () => {
    const layout = { slots: 3, slotBits: 8 };
    expect(() => unpackSlots((1n << 23n) + (1n << 22n), layout)).toThrow(EncodingError);
    expect(() => unpackSlots(-(1n << 24n), layout)).toThrow(EncodingError);
    expect(unpackSlots(packSlots([127n, 127n, 127n], layout), layout)).toEqual([127n, 127n, 127n]);
    expect(() => packSlots([1n, 2n, 3n, 4n], layout)).toThrow(ParameterError);
  });

  it("are as many as fit", () => {
    expect(widestLayout(3072, (1n << 84n) - 1n)).toEqual({ slots: 36, slotBits: 85 });
    expect(widestLayout(3072, 1n << 84n)).toEqual({ slots: 35, slotBits: 86 });
    expect(widestLayout(256, 0n)).toEqual({ slots: 127, slotBits: 2 });
    expect(() => widestLayout(256, 1n << 255n)).toThrow(EncodingError);
    expect(widestLayout(256, (1n << 254n) - 1n)).toEqual(singleSlot(256));
  });

  it("are checked against the key", () => {
    expect(() => checkLayout(singleSlot(256), 256)).not.toThrow();
    for (const [slots, slotBits] of [
      [1, 256],
      [0, 8],
      [2, 1],
      [32, 8],
      [1.5, 8],
      [1, Number.NaN],
    ] as const) {
      expect(() => checkLayout({ slots, slotBits }, 256)).toThrow(ParameterError);
    }
  });

  it("have a budget", () => {
    const layout = { slots: 2, slotBits: 8 };
    expect(capacity(layout)).toBe(127n);
    expect(() => requireCapacity(127n, layout, "add")).not.toThrow();
    expect(() => requireCapacity(128n, layout, "add")).toThrow(LevelError);
    expect(() => requireCapacity(128n, layout, "add")).toThrow(
      "add, slot budget: expected results of at most 7 bits, got up to 8 bits",
    );
  });
});
