import { describe, expect, it } from "vitest";
import { divideToFloat64, powerOfTwo, splitFloat64 } from "../../src/math/float64.js";
import { testRandom } from "../support/random.js";

describe("float64 parts", () => {
  it("make the number again", () => {
    for (const x of [1, -1, 0.1, -2.5e300, 2 ** -1074, 2 ** -1022, Number.MAX_VALUE, 0, 2 ** 53 - 1]) {
      const { mantissa, exponent } = splitFloat64(x);
      // The mantissa has at most 53 bits, so that each factor is exact, and so is the product.
      expect(Number(mantissa) * powerOfTwo(Math.trunc(exponent / 2)) * powerOfTwo(exponent - Math.trunc(exponent / 2))).toBe(x);
    }
  });

  it("know the powers of two", () => {
    for (let e = 0, x = 1; e <= 1030; e++, x *= 2) expect(powerOfTwo(e)).toBe(x);
    for (let e = 0, x = 1; e >= -1080; e--, x /= 2) expect(powerOfTwo(e)).toBe(x);
  });
});

describe("bigint over float64", () => {
  it("equals the float64 division wherever that is exact in its operands", () => {
    const random = testRandom("divide");
    for (let i = 0; i < 3000; i++) {
      const a = random.bigBits(1 + random.below(53)) * (random.below(2) ? 1n : -1n);
      const b = random.real(0.5, 2) * powerOfTwo(random.between(-40, 400));
      expect(divideToFloat64(a, b)).toBe(Number(a) / b);
    }
  });

  it("rounds long numerators once: no float64 lies nearer", () => {
    const random = testRandom("long");
    for (let i = 0; i < 500; i++) {
      const a = random.bigBits(54 + random.below(900));
      const b = Number(random.bigBits(53)) * powerOfTwo(random.between(-50, 900));
      const got = divideToFloat64(a, b);
      if (!Number.isFinite(got) || got < powerOfTwo(-1000)) continue;
      const g = splitFloat64(got);
      const d = splitFloat64(b);
      // |a / b - got| <= ulp / 2 as integers: 2 |a - got b| <= ulp b, all scaled to a common power of two.
      const low = Math.min(0, g.exponent + d.exponent);
      const exact = a << BigInt(-low);
      const product = (g.mantissa * d.mantissa) << BigInt(g.exponent + d.exponent - low);
      const ulp = d.mantissa << BigInt(g.exponent + d.exponent - low);
      const error = exact > product ? exact - product : product - exact;
      expect(2n * error <= ulp).toBe(true);
    }
  });

  it("breaks ties to even, and sees what lies beyond the 66th bit", () => {
    expect(divideToFloat64((1n << 53n) + 1n, 1)).toBe(2 ** 53);
    expect(divideToFloat64((1n << 53n) + 3n, 1)).toBe(2 ** 53 + 4);
    expect(divideToFloat64((((1n << 53n) + 1n) << 300n) + 1n, powerOfTwo(300))).toBe(2 ** 53 + 2);
    expect(divideToFloat64((((1n << 53n) + 1n) << 300n) - 1n, powerOfTwo(300))).toBe(2 ** 53);
    expect(divideToFloat64(-(((1n << 53n) + 1n) << 300n) - 1n, powerOfTwo(300))).toBe(-(2 ** 53) - 2);
    expect(divideToFloat64(0n, 3)).toBe(0);
    expect(divideToFloat64(1n << 2000n, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(divideToFloat64(3n, powerOfTwo(1000))).toBe(3 * powerOfTwo(-1000));
  });
});
