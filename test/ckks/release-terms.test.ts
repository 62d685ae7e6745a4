import { describe, expect, it } from "vitest";
import { type Estimate, freshEstimate, uniformRange, worstRange } from "../../src/ckks/noise.js";
import { presetParameters } from "../../src/ckks/presets.js";
import { floodingWeights, type ReleasePlan, releaseTerms } from "../../src/ckks/release-terms.js";
import { ParameterError, SecurityError } from "../../src/errors.js";
import { parametersOf } from "./support.js";

const p = presetParameters("seal-8192-40");
const estimate = freshEstimate(p, 2, "public", worstRange(1));
const plan: ReleasePlan = { estimate, level: 2 };

describe("the weights of flooding noise", () => {
  it.each([1, 3.2, 3.3, 6, 7.2, 100, 2 ** 31.8, 2 ** 60])("reach a deviation of %d by less than a factor of two", (wanted) => {
    const weights = floodingWeights(wanted);
    const sigma = 3.2 * Math.hypot(...weights.map(Number));
    expect(sigma).toBeGreaterThanOrEqual(wanted * (1 - 1e-12));
    expect(sigma).toBeLessThan(2.3 * Math.max(wanted, 3.2));
    weights.slice(0, -1).forEach((w, i) => {
      expect(w).toBe(2n ** BigInt(i));
    });
  });

  it("keep every step of the convolution above the smoothing parameter for 2^-57", () => {
    // As a deviation: sqrt(ln(2 (1 + 2^57)) / (2 pi^2)).
    const smoothing = Math.sqrt((58 * Math.LN2) / (2 * Math.PI ** 2));
    for (let wanted = 4; wanted < 2 ** 70; wanted *= 1.37) {
      let sum = 0;
      for (const w of floodingWeights(wanted).map(Number)) {
        const added = 3.2 * w;
        if (sum > 0) expect((sum * added) / Math.hypot(sum, added) / w).toBeGreaterThanOrEqual(smoothing);
        sum = Math.hypot(sum, added);
      }
    }
  });
});

describe("the terms of a release", () => {
  const terms = releaseTerms(p, plan);

  it("flood by the square root of 12 tau 2^s times the norm of the worst error", () => {
    // By hand: the norm of v e + e0 + e1 s over N coefficients, twice, and the rounding of the exact result.
    const norm = 2 * Math.sqrt(8192 * (3.2 ** 2 * (1 + (4 * 8192) / 3) + 1 / 12)) + Math.sqrt(8192) / 2;
    const wanted = Math.sqrt(12) * 2 ** 15 * norm;
    expect(terms.sigma / wanted).toBeGreaterThanOrEqual(0.9999);
    expect(terms.sigma / wanted).toBeLessThan(1.01);
    expect(terms.advantage * 2 ** 15 * Math.sqrt(48)).toBeGreaterThan(1);
    expect(terms.advantage * 2 ** 15 * Math.sqrt(48)).toBeLessThan(1.01);
    expect(terms).toMatchObject({ level: 2, scaleDegree: 1, releases: 1, statisticalBits: 30 });
  });

  it("release what is left, in steps of a power of two", () => {
    expect(terms.deviation).toBeCloseTo((Math.sqrt(4096) * terms.sigma) / p.scale(2), 12);
    expect(terms.step).toBeGreaterThanOrEqual(terms.deviation);
    expect(terms.step / 2).toBeLessThan(terms.deviation);
    expect(Number.isInteger(Math.log2(terms.step))).toBe(true);
  });

  it("cost half a bit for every bit of security and every doubling of releases", () => {
    const more = releaseTerms(p, { ...plan, statisticalBits: 34 });
    expect(more.sigma / terms.sigma).toBeCloseTo(4, 1);
    expect(more.advantage).toBeLessThan(terms.advantage / 3);
    const many = releaseTerms(p, { ...plan, releases: 16 });
    expect(many.sigma / terms.sigma).toBeCloseTo(4, 1);
    expect(many.advantage / terms.advantage).toBeCloseTo(1, 2);
  });

  it("are refused where the scale leaves no room", () => {
    const single = parametersOf({ degree: 8192, levels: 1, special: 0 });
    const fresh = freshEstimate(single, 1, "public", worstRange(1));
    expect(() => releaseTerms(single, { estimate: fresh, level: 1 })).toThrow(/released precision.*larger scale/);
    expect(() => releaseTerms(p, { ...plan, statisticalBits: 60 })).toThrow(/released precision/);
    expect(() => releaseTerms(p, { ...plan, precisionBits: 20 })).toThrow(/released precision/);
    const bits = -Math.log2(terms.step);
    expect(releaseTerms(p, { ...plan, precisionBits: bits }).step).toBe(terms.step);
    expect(() => releaseTerms(p, { ...plan, precisionBits: bits + 0.5 })).toThrow(ParameterError);
  });

  it("are refused where the modulus leaves no room", () => {
    const wide: Estimate = { magnitude: 2 ** 60, rms: 2 ** 60, deviation: estimate.deviation };
    expect(() => releaseTerms(p, { ...plan, estimate: wide, level: 0 })).toThrow(/modulus of the released level/);
  });

  it("are refused for typical values, which attacks choose not to be", () => {
    const typical = { ...plan, estimate: freshEstimate(p, 2, "public", uniformRange(1)) };
    expect(() => releaseTerms(p, typical)).toThrow(SecurityError);
    expect(() => releaseTerms(p, typical)).toThrow(/worstRange/);
  });

  it.each([
    [null, /release plan/],
    [{ level: 2 }, /release plan/],
    [{ ...plan, estimate: { magnitude: 1, rms: 1, deviation: Number.NaN } }, /estimate/],
    [{ ...plan, estimate: { magnitude: 1, rms: 1, deviation: 0 } }, /estimate/],
    [{ ...plan, level: 3 }, /level/],
    [{ ...plan, scaleDegree: 3 }, /scaleDegree/],
    [{ ...plan, statisticalBits: 19 }, /statisticalBits/],
    [{ ...plan, statisticalBits: 30.5 }, /statisticalBits/],
    [{ ...plan, releases: 0 }, /releases/],
    [{ ...plan, precisionBits: Number.NaN }, /precisionBits/],
  ])("are refused for plans that make no sense: %j", (bad, message) => {
    expect(() => releaseTerms(p, bad as unknown as ReleasePlan)).toThrow(message);
  });

  it("know the limits of their own sampler", () => {
    const large = presetParameters("n16-56");
    const quiet = { magnitude: 2 ** 20, rms: 2 ** 20, deviation: 2 ** -40 };
    const most = { estimate: quiet, level: 20, releases: 2 ** 20, statisticalBits: 50 };
    expect(() => releaseTerms(large, most)).toThrow(/sampler/);
    expect(releaseTerms(large, { ...most, releases: 1, statisticalBits: 40 }).advantage).toBeLessThan(2 ** -22);
  });
});
