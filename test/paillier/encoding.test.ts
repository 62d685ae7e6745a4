import { describe, expect, it } from "vitest";
import { EncodingError, LevelError, ParameterError } from "../../src/errors.js";
import { checkEncoding, encodeBound, encodeSlots, encodeValue } from "../../src/paillier/encoding.js";
import { packSlots } from "../../src/paillier/slots.js";

const layout = { slots: 3, slotBits: 40 };

describe("encoding", () => {
  it("rounds numbers at the scale and shifts integers", () => {
    expect(encodeValue(0.5, 8)).toBe(128n);
    expect(encodeValue(-0.1, 8)).toBe(-26n);
    expect(encodeValue(-3n, 8)).toBe(-768n);
    expect(encodeValue(7, 0)).toBe(7n);
    expect(encodeValue(2 ** 60, 0)).toBe(2n ** 60n);
  });

  it("refuses fractions at scale 1, and what is no number", () => {
    expect(() => encodeValue(0.5, 0)).toThrow(
      "value: expected an integer at scale 1, got 0.5; pass scaleBits to keep fractional bits",
    );
    for (const v of [Number.NaN, Number.POSITIVE_INFINITY, undefined as unknown as number, "3" as unknown as number]) {
      expect(() => encodeValue(v, 8)).toThrow(EncodingError);
    }
  });

  it("packs values within the bound", () => {
    const encoding = { layout, scaleBits: 8, bound: encodeBound(2, 8) };
    expect(encodeSlots([1, -2, 0.5], encoding)).toBe(packSlots([256n, -512n, 128n], layout));
    expect(encodeSlots(Float64Array.of(2), encoding)).toBe(512n);
    expect(encodeSlots([2n], encoding)).toBe(512n);
    expect(() => encodeSlots([0, 2.01], encoding)).toThrow("value 1: expected a magnitude of at most 2, got 2.01");
    expect(() => encodeSlots([-3n], encoding)).toThrow(EncodingError);
    expect(() => encodeSlots([0, 0, 0, 0], encoding)).toThrow(ParameterError);
  });

  it("never takes what is no vector for a vector of zeros", () => {
    const encoding = { layout, scaleBits: 0, bound: 9n };
    for (const bad of [5, 5n, null, undefined, {}, new Map([[0, 1]]), "12"])
      expect(() => encodeSlots(bad as unknown as number[], encoding), String(bad)).toThrow(EncodingError);
  });

  it("refuses bounds and scales that make no sense, and bounds that no slot holds", () => {
    for (const bound of [-1, Number.NaN, Number.POSITIVE_INFINITY, -1n, "2" as unknown as number])
      expect(() => encodeBound(bound, 8)).toThrow(ParameterError);
    for (const scaleBits of [-1, 1.5, 5000, Number.NaN])
      expect(() => checkEncoding({ layout, scaleBits, bound: 1n })).toThrow(ParameterError);
    expect(() => checkEncoding({ layout, scaleBits: 0, bound: 2n ** 39n - 1n })).not.toThrow();
    expect(() => checkEncoding({ layout, scaleBits: 0, bound: 2n ** 39n })).toThrow(LevelError);
  });
});
