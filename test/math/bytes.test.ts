import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ParameterError } from "../../src/errors.js";
import { bigintToBytes, bytesToBigint, bytesToHex, hexToBytes } from "../../src/math/bytes.js";

describe("bytes", () => {
  it("goes there and back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        expect(hexToBytes(bytesToHex(bytes))).toEqual(bytes);
        expect(bigintToBytes(bytesToBigint(bytes), bytes.length)).toEqual(bytes);
      }),
    );
  });

  it("handles the edges", () => {
    expect(bytesToBigint(new Uint8Array(0))).toBe(0n);
    expect(bigintToBytes(0n, 0)).toEqual(new Uint8Array(0));
    expect([...bigintToBytes(255n, 1)]).toEqual([255]);
    for (const [x, width] of [
      [256n, 1],
      [-1n, 4],
      [1n, 0],
    ] as const)
      expect(() => bigintToBytes(x, width)).toThrow(ParameterError);
    expect([...hexToBytes("00aAfFF0")]).toEqual([0, 170, 255, 240]);
    for (const text of ["abc", "zz", "0x"]) expect(() => hexToBytes(text)).toThrow(ParameterError);
  });
});
