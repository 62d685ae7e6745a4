import { describe, expect, it } from "vitest";
import { powerOfTwo } from "../../src/math/float64.js";
import { bitReverse } from "../../src/math/ntt.js";
import { fixedOctant, TWIDDLE_BITS, twiddles } from "../../src/math/twiddles.js";

describe("twiddles", () => {
  it("are rounded correctly: an error of 2^-110 in the fixed point would change nothing", () => {
    for (const degree of [4, 8, 1024, 65536]) {
      const log2Order = Math.log2(degree) + 1;
      const working = fixedOctant(log2Order, TWIDDLE_BITS);
      const precise = fixedOctant(log2Order, 256);
      for (const part of ["cos", "sin"] as const) {
        for (const [k, x] of precise[part].entries()) {
          const exact = Number(x) * powerOfTwo(-256);
          const slack = 1n << 146n;
          if (Number(working[part][k]) * powerOfTwo(-TWIDDLE_BITS) !== exact) throw new Error(`${part} ${k} of ${degree}`);
          if (Number(x + slack) * powerOfTwo(-256) !== exact || Number(x - slack) * powerOfTwo(-256) !== exact) {
            // Only the exact values 0 and 1 may stand this close to a change.
            expect([0, 1]).toContain(exact);
          }
        }
      }
    }
  });

  it("stand at their nodes", () => {
    for (const degree of [4, 16, 512]) {
      const { re, im } = twiddles(degree);
      for (let m = 1; m < degree / 2; m *= 2) {
        for (let i = 0; i < m; i++) {
          const angle = ((2 * Math.PI) / (2 * degree)) * (degree / (4 * m)) * (4 * bitReverse(i, Math.log2(m)) + 1);
          expect(re[m + i]).toBeCloseTo(Math.cos(angle), 14);
          expect(im[m + i]).toBeCloseTo(Math.sin(angle), 14);
        }
      }
    }
  });

  it("are made once", () => {
    expect(twiddles(64)).toBe(twiddles(64));
  });
});
