import { describe, expect, it } from "vitest";
import { fixedBaseProducts, powerProducts, productMultiplies, ratesOf, transformMultiplies } from "../../bench/effort.js";

describe("what an operation costs", () => {
  it("counts the multiplies of transforms and products", () => {
    expect(transformMultiplies(1024, 3)).toBe(5 * 3 * 512 * 10);
    // 4099 bits in lanes of 8 limbs of 13 bits: 40 lanes.
    expect(productMultiplies(4096)).toBe(2 * 320 ** 2);
  });

  it("counts the products of powers", () => {
    expect(fixedBaseProducts(1024)).toBe(205);
    // Windows of 5 bits: a table of 31, 410 windows, 409 times five squarings.
    expect(powerProducts(2048)).toBe(31 + 410 + 5 * 409);
  });

  it("turns a time into rates, and into a share where the adapter was measured", () => {
    const rates = { gigamultipliesPerSecond: 10, gigabytesPerSecond: 1, flushMicroseconds: 1, dispatchMicroseconds: 1 };
    const measured = { ...rates, uploadGigabytesPerSecond: 1, readGigabytesPerSecond: 1 };
    expect(ratesOf({ bytes: 3e6, multiplies: 4e6 }, 2, measured)).toEqual({
      gigabytesPerSecond: 1.5,
      gigamultipliesPerSecond: 2,
      multiplyShare: 0.2,
    });
    expect(ratesOf({ bytes: 3e6 }, 3, undefined)).toEqual({ gigabytesPerSecond: 1 });
  });
});
