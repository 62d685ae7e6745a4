import { describe, expect, it } from "vitest";
import { floorLog16 } from "../../../src/paillier/interop/logarithm.js";
import { type PheOperations, vector } from "./support.js";

describe("floorLog16", () => {
  it("is that of CPython, also where that is one too low", () => {
    const cases = vector<PheOperations>("phe-512-operations.json").precision_exponents;
    expect(cases.length).toBeGreaterThan(250);
    for (const [precision, exponent] of cases) expect(floorLog16(Number(precision)), precision).toBe(exponent);
    // 16^-29 and 16^-31: the exact logarithms are -29 and -31.
    expect([floorLog16(16 ** -29), floorLog16(16 ** -30), floorLog16(16 ** -31)]).toEqual([-30, -30, -32]);
  });

  it("holds over the whole range of float64", () => {
    for (const [x, want] of [
      [Number.MIN_VALUE, -269],
      [2 ** -1022, -256],
      [Number.MAX_VALUE, 256],
      [1, 0],
      [15.999, 0],
      [16, 1],
    ])
      expect(floorLog16(x), `${x}`).toBe(want);
  });
});
