import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ParameterError } from "../../src/errors.js";
import { carryModel, fromLimbs, fromWords, montgomeryConstants, toLimbs, toWords } from "../../src/math/limbs.js";
import { testRandom } from "../support/random.js";

const widths = Array.from({ length: 25 }, (_, i) => i + 8);

describe("limb conversion", () => {
  it.each(widths)("keeps integers through limbs of %i bits", (width) => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 700n) - 1n }), (value) => {
        const count = Math.ceil(700 / width);
        const limbs = toLimbs(value, width, count);
        expect(limbs.length).toBe(count);
        expect(limbs.every((l) => l < 2 ** width)).toBe(true);
        // By definition, limb by limb.
        limbs.forEach((l, i) => {
          expect(BigInt(l)).toBe((value >> BigInt(width * i)) & ((1n << BigInt(width)) - 1n));
        });
        expect(fromLimbs(limbs, width)).toBe(value);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it.each(widths)("sums lazy limbs of %i bits, up to whole words", (width) => {
    const random = testRandom(`lazy ${width}`);
    for (const limbs of [
      Uint32Array.from({ length: 57 }, () => random.u32()),
      new Uint32Array(57).fill(0xffffffff),
      new Uint32Array(57),
    ]) {
      const sum = limbs.reduce((s, l, i) => s + (BigInt(l) << BigInt(width * i)), 0n);
      expect(fromLimbs(limbs, width)).toBe(sum);
    }
  });

  it("fills a number to the last bit", () => {
    const value = (1n << 8190n) - 1n;
    expect(toLimbs(value, 13, 630)).toEqual(new Uint32Array(630).fill(8191));
    expect(fromLimbs(new Uint32Array(630).fill(8191), 13)).toBe(value);
    expect(fromLimbs(new Uint32Array(0), 13)).toBe(0n);
  });

  it("writes and reads at an offset, and overwrites what lay there", () => {
    const out = new Uint32Array(9).fill(77);
    expect(toLimbs(0x0203n, 8, 4, out, 3)).toBe(out);
    expect([...out]).toEqual([77, 77, 77, 3, 2, 0, 0, 77, 77]);
    expect(fromLimbs(out, 8, 4, 3)).toBe(0x0203n);
  });

  it("refuses what does not fit", () => {
    expect(() => toLimbs(1n << 26n, 13, 2)).toThrow(ParameterError);
    expect(() => toLimbs(-1n, 13, 2)).toThrow(/expected an integer from 0 to 2\^26 - 1, got -1/);
    expect(() => toLimbs(1n, 7, 2)).toThrow(ParameterError);
    expect(() => fromLimbs(new Uint32Array(1), 33)).toThrow(ParameterError);
  });
});

describe("carryModel", () => {
  it.each([8, 9, 10, 11, 12, 13, 14])("counts the products of %i bits that fit in a word", (width) => {
    const { maxLimb, terms, foldBlocks, maxLimbs } = carryModel(width);
    expect(maxLimb).toBe(2 ** width);
    const low = maxLimb - 1;
    expect(terms * maxLimb ** 2 + low).toBeLessThan(2 ** 32);
    expect((terms + 1) * maxLimb ** 2 + low).toBeGreaterThanOrEqual(2 ** 32);
    expect(4 * foldBlocks).toBeLessThanOrEqual(terms);
    expect(Number.isInteger(Math.log2(foldBlocks))).toBe(true);
    // The carry of a block: columns of 2 L products each, the highest of them counted in full.
    const column = BigInt(2 * maxLimbs) * BigInt(maxLimb) ** 2n + BigInt(low);
    const carry = [0n, 1n, 2n, 3n].reduce((sum, c) => sum + (column << (c * BigInt(width))), 0n) >> BigInt(4 * width);
    const second = low + Number((BigInt(low) + carry) >> BigInt(width));
    expect(second >> width).toBeLessThanOrEqual(1);
  });

  it("leaves 13-bit limbs room for 8192-bit moduli", () => {
    expect(carryModel(13)).toEqual({ width: 13, maxLimb: 8192, terms: 63, foldBlocks: 8, maxLimbs: 4093 });
  });

  it("refuses widths whose step of four products does not fit", () => {
    expect(() => carryModel(15)).toThrow(/expected 8 to 14 bits/);
    expect(() => carryModel(7)).toThrow(ParameterError);
  });
});

describe("montgomeryConstants", () => {
  it.each([3n, 0xffff_fffbn, (1n << 1023n) + 1n, (1n << 2048n) - 1n])("satisfies the definitions", (m) => {
    const { radix, inverse, one, square } = montgomeryConstants(m, 13, 160);
    expect(radix).toBe(1n << 2080n);
    expect((inverse * m + 1n) % radix).toBe(0n);
    expect(inverse > 0n && inverse < radix).toBe(true);
    expect(one).toBe(radix % m);
    expect(square).toBe(radix ** 2n % m);
  });

  it("refuses even moduli, 1, and moduli that do not fit", () => {
    for (const m of [1n, 4n, 1n << 2080n, (1n << 2080n) + 1n, -3n])
      expect(() => montgomeryConstants(m, 13, 160)).toThrow(ParameterError);
  });
});

describe("words", () => {
  it("keep integers of any length, with zeros above them", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 300n) - 1n }), fc.integer({ min: 0, max: 300 }), (value, shift) => {
        const x = value >> BigInt(shift);
        const words = toWords(x, new Uint32Array(10).fill(7));
        expect(words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n)).toBe(x);
        expect(fromWords(words)).toBe(x);
      }),
    );
    expect(fromWords(new Uint32Array(0))).toBe(0n);
    const long = (1n << 40_000n) - 3n;
    expect(fromWords(toWords(long, new Uint32Array(1250)))).toBe(long);
  });

  it("refuse what does not fit", () => {
    for (const value of [1n << 64n, 1n << 65n, -1n]) expect(() => toWords(value, new Uint32Array(2))).toThrow(ParameterError);
  });
});
