import { describe, expect, it } from "vitest";
import { worstSlot } from "../../src/ckks/key-switching-choice.js";
import {
  divisionVariance,
  freshVariance,
  keySwitchVariance,
  precisionBits,
  rescaledEstimate,
  switchedEstimate,
} from "../../src/ckks/noise.js";
import { CkksParameters } from "../../src/ckks/parameters.js";
import { maxLogQP } from "../../src/ckks/security.js";
import { maxDepthFor, parametersFor, solveParameters } from "../../src/ckks/solver.js";
import type { CkksWishes } from "../../src/ckks/wishes.js";
import { ParameterError, SecurityError } from "../../src/errors.js";

const GRID: readonly CkksWishes[] = [
  { depth: 0, precisionBits: 10 },
  { depth: 1, precisionBits: 8 },
  { depth: 1, precisionBits: 14, slots: 4096, magnitude: 300 },
  { depth: 0, precisionBits: 5, slots: 16384 },
  { depth: 3, precisionBits: 12 },
  { depth: 3, precisionBits: 12, rotations: false },
  { depth: 2, precisionBits: 12, keySwitching: false },
  { depth: 6, precisionBits: 25 },
  { depth: 8, precisionBits: 15, magnitude: 16, security: 192 },
  { depth: 5, precisionBits: 20, magnitude: 2 ** 20, security: 256 },
  { depth: 12, precisionBits: 35 },
  { depth: 29, precisionBits: 10 },
  { depth: 55, precisionBits: 12 },
];

describe.each(GRID)("%j", (wishes) => {
  const { parameters: p, precisionBits: bits, explain } = solveParameters(wishes);
  const { security = 128, magnitude = 1 } = wishes;

  it("meets every wish", () => {
    expect(p.levels).toBe(wishes.depth);
    expect(bits).toBeGreaterThanOrEqual(wishes.precisionBits);
    expect(p.security).toBe(security);
    expect(p.logQ + p.logP).toBeLessThanOrEqual(maxLogQP(p.degree, security));
    expect(p.maxMagnitude(0)).toBeGreaterThanOrEqual(magnitude);
    expect(p.slots).toBeGreaterThanOrEqual(wishes.slots ?? 1);
    for (let level = 0; level <= p.levels; level++) {
      expect(Math.abs(Math.log2(p.scale(level)) - p.scaleBits)).toBeLessThanOrEqual(0.05);
    }
    expect(CkksParameters.from(p.toLiteral()).hash).toEqual(p.hash);
  });

  it("switches keys without being noticed", () => {
    expect(p.hasKeySwitching).toBe(wishes.keySwitching !== false);
    if (!p.hasKeySwitching) return;
    const division = divisionVariance(p);
    const worst = keySwitchVariance(p, p.levels) * worstSlot(p.degree, p.digits(p.levels)) + division;
    if (wishes.rotations !== false) expect(worst).toBeLessThanOrEqual(freshVariance(p, "public") / 64);
    else {
      const none = { magnitude: 1, rms: 1, deviation: 0 };
      const rescaled = rescaledEstimate(p, p.levels, none);
      const both = rescaledEstimate(p, p.levels, switchedEstimate(p, p.levels, 2, none));
      expect(both.deviation / rescaled.deviation).toBeLessThan(1.02);
    }
  });

  it("is the smallest that does, and says why", () => {
    expect(parametersFor(wishes).toLiteral()).toEqual(p.toLiteral());
    // A ring of half the degree gives a bit more of precision, so that its scale might be a bit less; it has no room for that either.
    const scaleBits = [16, 48].includes(p.scaleBits) ? p.scaleBits : p.scaleBits - 1;
    const base = scaleBits + 5 + Math.log2(Math.max(1, magnitude));
    const chain = p.levels * scaleBits + base;
    // The special modulus is more than twice a digit, which holds a prime of the base and one of a level, where ciphertexts are rotated; else it is some prime.
    const digit = 1 + Math.max(scaleBits / p.primesPerLevel, base / Math.ceil(base / 30));
    const special = !p.hasKeySwitching ? 0 : wishes.rotations === false ? 16 : digit;
    const half = p.degree / 2;
    expect(half < 2 * (wishes.slots ?? 1) || chain + special > maxLogQP(half, security)).toBe(true);
    expect(explain).toContain(`degree ${p.degree}`);
    expect(explain).toContain(`2^${p.scaleBits}`);
    expect(explain.split("\n").length).toBeGreaterThanOrEqual(5);
  });
});

describe("the choice", () => {
  it("stays what it was", () => {
    const shape = (w: CkksWishes) => {
      const p = parametersFor(w);
      const { degree, scaleBits, basePrimes, levelPrimes, specialPrimes, digitSize } = p;
      return [degree, scaleBits, basePrimes.length, levelPrimes.length, specialPrimes.length, digitSize].join(" ");
    };
    expect(GRID.map(shape)).toMatchInlineSnapshot(`
      [
        "4096 23 1 0 2 1",
        "4096 23 1 1 2 2",
        "8192 48 3 2 3 3",
        "32768 21 1 0 1 1",
        "8192 25 2 3 3 3",
        "8192 25 2 3 5 5",
        "4096 24 1 2 0 1",
        "16384 48 2 12 3 3",
        "32768 48 2 16 6 6",
        "32768 54 3 10 4 4",
        "32768 48 2 24 9 9",
        "32768 27 2 29 2 2",
        "65536 29 2 55 4 3",
      ]
    `);
    expect(Buffer.from(parametersFor({ depth: 3, precisionBits: 12 }).hash).toString("hex")).toMatchInlineSnapshot(
      `"b749520dc45ad1abf991592e9d9b96417b172501cd382bcbfe4acb32a19d96f3"`,
    );
  });

  it("is secure, or is refused, for any wishes", () => {
    let refused = 0;
    for (let depth = 0; depth <= 30; depth += 2) {
      for (let precisionBits = 2; precisionBits <= 44; precisionBits += 6) {
        for (const security of [128, 256] as const) {
          try {
            const keySwitching = depth % 6 > 0;
            const magnitude = 3 ** (depth % 5);
            const p = parametersFor({
              depth,
              precisionBits,
              security,
              magnitude,
              keySwitching,
              rotations: depth % 12 > 4 && keySwitching,
            });
            expect(p.logQ + p.logP).toBeLessThanOrEqual(maxLogQP(p.degree, security));
          } catch (error) {
            refused++;
            expect((error as Error).message).toMatch(/^wished (depth|precision|security)/);
          }
        }
      }
    }
    expect(refused).toBeGreaterThan(5);
    expect(refused).toBeLessThan(150);
  });

  it("rounds scales between 31 and 47 bits up, and says so", () => {
    const { parameters, explain } = solveParameters({ depth: 2, precisionBits: 10, scaleBits: 40 });
    expect(parameters.scaleBits).toBe(48);
    expect(parameters.primesPerLevel).toBe(2);
    expect(explain).toMatch(/about 40 bits there are 2 disjoint pairs/);
  });

  it("takes digits with the fewest transforms that the security admits", () => {
    const p = parametersFor({ depth: 3, precisionBits: 12 });
    const cost = (digitSize: number, special: number) => Math.ceil(5 / digitSize) * (5 + special) + 2 * special + 10;
    expect(solveParameters({ depth: 3, precisionBits: 12 }).explain).toContain(
      `${cost(p.digitSize, p.specialPrimes.length)} transforms`,
    );
    for (let alpha = 1; alpha < p.digitSize; alpha++) {
      expect(cost(alpha, alpha)).toBeGreaterThanOrEqual(cost(p.digitSize, p.specialPrimes.length));
    }
  });
});

describe("wishes that cannot be met", () => {
  const messageOf = (wishes: unknown, type: typeof ParameterError | typeof SecurityError = ParameterError): string => {
    try {
      parametersFor(wishes as CkksWishes);
    } catch (error) {
      expect(error).toBeInstanceOf(type);
      return (error as Error).message;
    }
    throw new Error("nothing was refused");
  };

  it("name the depth that works", () => {
    const most = maxDepthFor({ precisionBits: 30 });
    expect(most).toBeGreaterThan(20);
    expect(parametersFor({ depth: most, precisionBits: 30 }).levels).toBe(most);
    expect(messageOf({ depth: most + 1, precisionBits: 30 })).toMatch(
      new RegExp(`wished depth.*depth ${most} at this precision, or for 1\\d bits at this depth`),
    );
  });

  it("name the precision that works", () => {
    const message = messageOf({ depth: 3, precisionBits: 49 });
    const bits = Number(/at most (\d+) bits at this depth/.exec(message)?.[1]);
    expect(solveParameters({ depth: 3, precisionBits: bits }).precisionBits).toBeGreaterThanOrEqual(bits);
    expect(message).toMatch(/wished precision/);
    expect(messageOf({ depth: 3, precisionBits: bits + 1 })).toMatch(new RegExp(`for ${bits} bits at this depth`));
  });

  it("name the security that works", () => {
    expect(messageOf({ depth: 50, precisionBits: 9, security: 256 }, SecurityError)).toMatch(/128 bits of security/);
    expect(messageOf({ depth: 20, precisionBits: 30, security: 256 }, SecurityError)).toMatch(/192 bits of security/);
  });

  it.each([
    [null, /wishes/],
    [{ depth: 1, precisionBits: 10, dept: 2 }, /dept/],
    [{ depth: 1.5, precisionBits: 10 }, /depth/],
    [{ depth: -1, precisionBits: 10 }, /depth/],
    [{ depth: 65, precisionBits: 10 }, /depth/],
    [{ depth: 1 }, /precisionBits/],
    [{ depth: 1, precisionBits: Number.NaN }, /precisionBits/],
    [{ depth: 1, precisionBits: 51 }, /precisionBits/],
    [{ depth: 1, precisionBits: 10, magnitude: 0 }, /magnitude/],
    [{ depth: 1, precisionBits: 10, magnitude: Number.POSITIVE_INFINITY }, /magnitude/],
    [{ depth: 1, precisionBits: 10, rotations: 1 }, /rotations/],
    [{ depth: 1, precisionBits: 10, keySwitching: false, rotations: true }, /rotations/],
    [{ depth: 1, precisionBits: 10, security: 100 }, /security/],
    [{ depth: 1, precisionBits: 10, slots: 40000 }, /slots/],
    [{ depth: 1, precisionBits: 10, scaleBits: 59 }, /scaleBits/],
  ])("or make no sense are refused: %j", (wishes, message) => {
    expect(messageOf(wishes)).toMatch(message);
  });

  it("leave nothing for a depth that is not there", () => {
    expect(maxDepthFor({ precisionBits: 50 })).toBeLessThan(20);
    expect(precisionBits({ magnitude: 1, rms: 1, deviation: 2 ** -10 })).toBeCloseTo(10.916, 3);
  });
});
