import { describe, expect, it } from "vitest";
import { CkksParameters } from "../../src/ckks/parameters.js";
import { PRESETS, type PresetName, presetParameters } from "../../src/ckks/presets.js";
import { maxLogQP } from "../../src/ckks/security.js";
import { solveParameters } from "../../src/ckks/solver.js";

const NAMES = Object.keys(PRESETS) as PresetName[];

/** Degree, bits of the primes of Q, scale and depth of SEAL's sets; its last prime is the special one. */
const SEAL: readonly (readonly [PresetName, number, readonly number[], number])[] = [
  ["seal-4096-20", 4096, [40, 20], 20],
  ["seal-8192-40", 8192, [60, 40, 40], 40],
  ["seal-16384-40", 16384, [60, ...new Array(6).fill(40)], 40],
  ["seal-32768-40", 32768, [60, ...new Array(14).fill(40)], 40],
];

describe.each(NAMES)("the set %s", (name) => {
  const { literal, wishes, about } = PRESETS[name];
  const p = presetParameters(name);

  it("is within the security table and has its name's ring and scale", () => {
    expect(p.security).toBe(128);
    expect(p.logQ + p.logP).toBeLessThanOrEqual(maxLogQP(p.degree, 128));
    const [, exponent, scaleBits] = /^n(\d+)-(\d+)$/.exec(name) ?? [];
    if (exponent) expect([p.degree, p.scaleBits]).toEqual([2 ** Number(exponent), Number(scaleBits)]);
    expect(p.levels).toBe(wishes.depth);
    expect(about.length).toBeGreaterThan(20);
  });

  it("is what the solver finds, which predicts its precision", () => {
    const solved = solveParameters(wishes);
    expect(solved.parameters.toLiteral()).toEqual(literal);
    expect(solved.precisionBits).toBeGreaterThan(wishes.precisionBits);
    expect(p.hasKeySwitching).toBe(true);
    expect(p.digits(p.levels)).toBeLessThanOrEqual(7);
    expect(p.maxMagnitude(0)).toBeGreaterThanOrEqual(wishes.magnitude as number);
  });

  it("is frozen data that anyone may load", () => {
    expect(CkksParameters.from(JSON.parse(JSON.stringify(literal))).hash).toEqual(p.hash);
    expect(Object.isFrozen(literal)).toBe(true);
    expect(Object.isFrozen(literal.levelPrimes)).toBe(true);
  });
});

describe("sets in place of SEAL's", () => {
  it.each(SEAL)("%s has the degree, the depth, and at least the modulus and the scale", (name, degree, bits, scaleBits) => {
    const p = presetParameters(name);
    expect(p.degree).toBe(degree);
    expect(p.levels).toBe(bits.length - 1);
    expect(p.logQ).toBeGreaterThanOrEqual(bits.reduce((sum, b) => sum + b));
    expect(p.scaleBits).toBeGreaterThanOrEqual(scaleBits);
  });
});

describe("a name that is not there", () => {
  it.each(["n14-31", "toString", 5, undefined])("is refused: %s", (name) => {
    expect(() => presetParameters(name as PresetName)).toThrow(/^preset: /);
  });
});
