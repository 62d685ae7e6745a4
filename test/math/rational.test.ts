import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncodingError } from "../../src/errors.js";
import { fromScaledInteger, quotientToFloat64, roundHalfEven, toScaledInteger } from "../../src/math/rational.js";

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

  it("rounds quotients to the nearest integer, ties to even", () => {
    for (const [a, b, want] of [
      [5n, 2n, 2n],
      [7n, 2n, 4n],
      [-5n, 2n, -2n],
      [-7n, 2n, -4n],
      [1n, 2n, 0n],
      [51n, 20n, 3n],
      [49n, 20n, 2n],
      [0n, 3n, 0n],
      [9n, 1n, 9n],
    ] as const)
      expect(roundHalfEven(a, b), `${a} / ${b}`).toBe(want);
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 10n ** 30n }), (a, b) => {
        const twice = 2n * (a - roundHalfEven(a, b) * b);
        expect(twice <= b && twice >= -b).toBe(true);
      }),
    );
  });

  it("rounds quotients to the nearest float64, once, also where it is subnormal", () => {
    const nearest = (a: bigint, b: bigint) => {
      const r = quotientToFloat64(a, b);
      // In units of 2^-1074 / b everything is an integer: no neighbour of r is closer.
      const distance = (x: number) => {
        const d = (a << 1074n) - toScaledInteger(x, 1074) * b;
        return d < 0n ? -d : d;
      };
      const step = Math.max(2 ** -1074, 2 ** (Math.floor(Math.log2(Math.abs(r) || 2 ** -1074)) - 53));
      for (const other of [r + step, r - step]) if (other !== r) expect(distance(r) <= distance(other)).toBe(true);
      return r;
    };
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }),
        fc.bigInt({ min: 1n, max: 2n ** 100n }),
        fc.integer({ min: 0, max: 1180 }),
        (a, b, shift) => {
          nearest(a, b << BigInt(shift));
        },
      ),
      { numRuns: 500 },
    );
    // With one rounding to 53 bits and a second to the subnormal grid this would be 2^-1073.
    const close = (2n ** 60n * 3n) / 2n - 1n;
    expect(quotientToFloat64(close, 1n << (60n + 1074n))).toBe(2 ** -1074);
    expect(quotientToFloat64(3n, 1n << 1075n)).toBe(2 ** -1073);
    expect(quotientToFloat64(1n, 1n << 1075n)).toBe(0);
    expect(quotientToFloat64(-1n, 3n)).toBe(-1 / 3);
    expect(quotientToFloat64(2n ** 53n + 1n, 1n)).toBe(2 ** 53);
    expect(quotientToFloat64(2n ** 54n - 1n, 2n)).toBe(2 ** 53);
    expect(quotientToFloat64((2n ** 54n - 1n) << 970n, 1n)).toBe(Number.POSITIVE_INFINITY);
    expect(quotientToFloat64(-(2n ** 1024n), 1n)).toBe(Number.NEGATIVE_INFINITY);
    expect(quotientToFloat64(2n ** 2000n, 2n ** 1999n * 3n)).toBe(2 / 3);
    expect(quotientToFloat64(0n, 5n)).toBe(0);
  });

  it("refuses what is not finite", () => {
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "1" as unknown as number]) {
      expect(() => toScaledInteger(x, 8)).toThrow(EncodingError);
    }
  });
});
