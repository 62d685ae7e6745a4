import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ParameterError, WireError } from "../../src/errors.js";
import { packBigints, unpackBigints } from "../../src/wire/bigints.js";

describe("packed integers", () => {
  it("reads what it wrote", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.bigInt({ min: 0n, max: (1n << 320n) - 1n }), { maxLength: 6 }),
        (width, raw) => {
          const below = 1n << BigInt(8 * width);
          const values = raw.map((v) => v % below);
          expect(unpackBigints(packBigints(values, width), { what: "x", width, count: values.length, below })).toEqual(values);
        },
      ),
    );
  });

  it("is big endian", () => {
    expect([...packBigints([0x0102n, 0xfffn], 3)]).toEqual([0, 1, 2, 0, 0x0f, 0xff]);
  });

  it("refuses what does not fit", () => {
    expect(() => packBigints([256n], 1)).toThrow(ParameterError);
    expect(() => packBigints([-1n], 1)).toThrow(ParameterError);
    const layout = { what: "c", width: 2, count: 2, below: 1000n };
    expect(() => unpackBigints(new Uint8Array(3), layout)).toThrow(/c: expected 2 integers of 2 bytes, got 3 bytes/);
    expect(() => unpackBigints(packBigints([999n, 1000n], 2), layout)).toThrow(WireError);
    expect(() => unpackBigints(packBigints([999n, 1000n], 2), layout)).toThrow(/c, item 1/);
  });
});
