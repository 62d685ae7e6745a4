import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkBound, checkCount, decodeFactor, encodeFactor, foldedProduct, integersOf } from "../../src/elgamal/encoding.js";
import { elGamalGroup } from "../../src/elgamal/index.js";
import { EncodingError, ParameterError } from "../../src/errors.js";
import { powMod } from "../../src/math/modular.js";

const group = elGamalGroup("ffdhe2048");
const { p, q } = group;
const factor = fc.oneof(fc.bigInt(1n, 1000n), fc.bigInt(1n, q), fc.bigInt(q - 1000n, q));

describe("factors", () => {
  it("become squares and come back", () => {
    fc.assert(
      fc.property(factor, (m) => {
        const element = encodeFactor(m, group, "m");
        expect([m, p - m]).toContain(element);
        expect(powMod(element, q, p)).toBe(1n);
        expect(decodeFactor(element, group)).toBe(m);
      }),
      { numRuns: 20 },
    );
    // Among small numbers there are squares and others: both ways are taken.
    const kept = Array.from({ length: 20 }, (_, i) => encodeFactor(BigInt(i + 1), group, "m") === BigInt(i + 1));
    expect(new Set(kept).size).toBe(2);
  });

  it("multiply up to a sign: exactly where the product is at most q", () => {
    fc.assert(
      fc.property(factor, factor, (a, b) => {
        const product = (encodeFactor(a, group, "a") * encodeFactor(b, group, "b")) % p;
        expect(decodeFactor(product, group)).toBe(foldedProduct([a, b], group));
        if (a * b <= q) expect(foldedProduct([a, b], group)).toBe(a * b);
      }),
    );
    // The first product that wraps: q + 1 = -q modulo p.
    expect(foldedProduct([2n, (q + 1n) / 2n], group)).toBe(q);
    expect(foldedProduct([q, 2n], group)).toBe(1n);
    expect(foldedProduct([], group)).toBe(1n);
  });

  it.each([
    [0n, /leave zeros out/],
    [-1n, /smaller positive integers/],
    [q + 1n, /from 1 to \(p - 1\) \/ 2, got a 2047-bit integer/],
    [p, /smaller/],
  ])("are refused: %#", (m, message) => {
    expect(() => encodeFactor(m, group, "m")).toThrow(EncodingError);
    expect(() => encodeFactor(m, group, "m")).toThrow(message);
  });
});

describe("integers", () => {
  it("come as numbers and bigints, in any array", () => {
    expect(integersOf([1, -2n], "x")).toEqual([1n, -2n]);
    expect(integersOf(Int32Array.of(5, -6), "x")).toEqual([5n, -6n]);
  });

  it("are refused where they are none", () => {
    for (const bad of [[1.5], [Number.NaN], [2 ** 53], ["1"], [null]])
      expect(() => integersOf([3, ...bad] as never, "factor")).toThrow(/^factor 1: expected an integer/);
    for (const bad of [null, undefined, 5, {}, [], "1"]) expect(() => integersOf(bad as never, "count")).toThrow(ParameterError);
  });

  it("keep to their bound", () => {
    expect(checkCount(-5n, 5, "count 0")).toBe(-5n);
    for (const bad of [6n, -6n])
      expect(() => checkCount(bad, 5, "count 0")).toThrow(/^count 0: expected a magnitude of at most 5/);
    expect(checkBound(2 ** 32)).toBe(2 ** 32);
    for (const bad of [-1, 0.5, 2 ** 32 + 1, Number.NaN, 5n, null])
      expect(() => checkBound(bad as never)).toThrow(ParameterError);
  });
});
