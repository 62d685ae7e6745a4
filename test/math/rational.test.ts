import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncodingError } from "../../src/errors.js";
import { fromScaledInteger, toScaledInteger } from "../../src/math/rational.js";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

describe("float64 as exact rationals", () => {
  it("keeps every float64 at scale 2^1074", () => {
    fc.assert(
      fc.property(finite, (x) => {
        expect(fromScaledInteger(toScaledInteger(x, 1074), 1074)).toBe(x === 0 ? 0 : x);
      }),
      { numRuns: 500 },
    );
  });

  it("rounds to the nearest integer, ties away from zero", () => {
    for (const [x, bits, want] of [
      [0.5, 0, 1n],
      [-0.5, 0, -1n],
      [1.4999999999999998, 0, 1n],
      [-2.5, 0, -3n],
      [0.25, 1, 1n],
      [0.75, 1, 2n],
      [-0, 10, 0n],
      [5e-324, 1074, 1n],
      [5e-324, 1073, 1n],
      [5e-324, 1072, 0n],
      [1e300, 0, BigInt(1e300)],
      [2 ** 53, 3, 2n ** 56n],
      [0.1, 60, 115292150460684704n],
    ] as const) {
      expect(toScaledInteger(x, bits), `${x} at 2^${bits}`).toBe(want);
    }
  });

  it("agrees with exact arithmetic", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 80 }),
        (k, down, up) => {
          // x = k / 2^down exactly, so 2 |x 2^up - v| <= 1 can be checked on integers.
          const v = toScaledInteger(k / 2 ** down, up);
          const error = BigInt(k) * 2n ** BigInt(up) - v * 2n ** BigInt(down);
          expect(2n * (error < 0n ? -error : error) <= 2n ** BigInt(down)).toBe(true);
        },
      ),
    );
  });

  it("returns the nearest float64, ties to even, for integers of any size", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }), fc.integer({ min: 0, max: 300 }), (v, bits) => {
        // Number(bigint) is correctly rounded, and a power of two only moves the exponent.
        expect(fromScaledInteger(v, bits)).toBe(Number(v) / 2 ** bits);
      }),
    );
    const tie = (2n ** 53n + 1n) << 100n;
    expect(fromScaledInteger(tie, 100)).toBe(2 ** 53);
    expect(fromScaledInteger(tie + 1n, 100)).toBe(2 ** 53 + 2);
    expect(fromScaledInteger(-tie - 1n, 100)).toBe(-(2 ** 53) - 2);
  });

  it("does not overflow on the way", () => {
    expect(fromScaledInteger(3n << 3000n, 3001)).toBe(1.5);
    expect(fromScaledInteger(1n << 1024n, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(fromScaledInteger(1n, 1074)).toBe(5e-324);
    expect(fromScaledInteger(1n, 5000)).toBe(0);
    expect(fromScaledInteger(0n, 5000)).toBe(0);
  });

  it("refuses what is not finite", () => {
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "1" as unknown as number]) {
      expect(() => toScaledInteger(x, 8)).toThrow(EncodingError);
    }
  });
});
