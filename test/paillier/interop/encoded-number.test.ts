import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncodingError, ParameterError } from "../../../src/errors.js";
import {
  decodeNumber,
  encodeNumber,
  fromPlaintext,
  MAX_EXPONENT,
  maxInteger,
  nearestNumber,
  toPlaintext,
} from "../../../src/paillier/interop/encoded-number.js";
import { fixedKey } from "../support.js";
import { decoded, type PheOperations, secretKeyOf, vector } from "./support.js";

interface Case {
  readonly value: string;
  readonly exponent: number;
  readonly int_rep: string;
  readonly decode: string;
  readonly precision?: string;
  readonly max_exponent?: string;
  readonly error?: string;
}

const optionsOf = (c: { readonly precision?: string; readonly max_exponent?: string }) => ({
  ...(c.precision === undefined ? {} : { precision: Number(c.precision) }),
  ...(c.max_exponent === undefined ? {} : { maxExponent: Number(c.max_exponent) }),
});
/** Python writes floats with a point or an exponent, and ints without. */
const fromRepr = (text: string) => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text));

describe("encoded numbers", () => {
  const { n } = secretKeyOf(vector<PheOperations>("phe-512-operations.json")).publicKey;
  const iso = BigInt(vector<{ n: string }>("ipcl-iso18033-6-2048.json").n);

  it("are python-paillier's, for chosen values", () => {
    const { cases } = vector<{ cases: Case[] }>("phe-encoding-base16.json");
    let compared = 0;
    for (const c of cases.filter(({ error }) => error === undefined)) {
      const encoded = encodeNumber(fromRepr(c.value), iso, optionsOf(c));
      expect([encoded.integer, encoded.exponent], c.value).toEqual([BigInt(c.int_rep), c.exponent]);
      const value = fromRepr(c.decode);
      expect(decodeNumber(encoded), c.value).toBe(Number.isSafeInteger(Number(value)) ? Number(value) : value);
      compared++;
    }
    expect(compared).toBe(37);
  });

  it("are python-paillier's, for drawn values, precisions and largest exponents", () => {
    const { encodings } = vector<PheOperations>("phe-512-operations.json");
    expect(encodings.length).toBe(120);
    for (const c of encodings) {
      const encoded = encodeNumber(Number(c.value), n, optionsOf(c));
      expect([toPlaintext(encoded.integer, n), encoded.exponent], c.value).toEqual([BigInt(c.encoding), c.exponent]);
      const decode = decoded(c.decode);
      // Python's 0 and 0.0 and -0.0 are one number here.
      expect(decodeNumber(encoded), c.value).toBe(decode === 0 ? 0 : decode);
    }
  });

  it("keep python-paillier's window of n, dead zone and all", () => {
    const { window } = vector<PheOperations>("phe-512-operations.json");
    let refused = 0;
    for (const [i, { value, encoding, error }] of window.entries()) {
      const run = () => (i < 6 ? toPlaintext(encodeNumber(BigInt(value!), n).integer, n) : fromPlaintext(BigInt(encoding!), n));
      if (error === undefined) expect(run()).toBe(BigInt((i < 6 ? encoding : value)!));
      else {
        expect(run, `case ${i}`).toThrow(EncodingError);
        refused++;
      }
    }
    expect(refused).toBe(6);
    expect(maxInteger(n)).toBe(n / 3n - 1n);
    expect(() => fromPlaintext(n / 2n, n)).toThrow(/the computation has overflowed/);
    expect(() => fromPlaintext(-1n, n)).toThrow(/a number outside \[0, n\)/);
  });

  it("come back exactly, whatever the number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        const back = nearestNumber(encodeNumber(x, iso));
        expect(back).toBe(x === 0 ? 0 : x);
        const { integer, exponent } = encodeNumber(x, iso);
        // 53 bits in digits of 4: never fewer than 53, never more than 56.
        if (x !== 0) expect([54, 55, 56, 57].includes(integer.toString(2).length + (integer > 0n ? 1 : 0))).toBe(true);
        expect(exponent).toBeLessThanOrEqual(242);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 400n), max: 2n ** 400n }), (x) => {
        expect(BigInt(decodeNumber(encodeNumber(x, iso)))).toBe(x);
      }),
    );
  });

  it("round half to even under a precision", () => {
    for (const [x, want] of [
      [0.5, 0n],
      [1.5, 2n],
      [2.5, 2n],
      [-0.5, 0n],
      [-1.5, -2n],
      [2.500001, 3n],
    ] as const)
      expect(encodeNumber(x, n, { precision: 1 })).toEqual({ integer: want, exponent: 0 });
  });

  it("are numbers or bigints once decoded, whichever is exact", () => {
    expect(decodeNumber({ integer: 2n ** 53n - 1n, exponent: 0 })).toBe(2 ** 53 - 1);
    expect(decodeNumber({ integer: 2n ** 53n, exponent: 0 })).toBe(2n ** 53n);
    expect(decodeNumber({ integer: -3n, exponent: 2 })).toBe(-768);
    expect(decodeNumber({ integer: 1n, exponent: 400 })).toBe(16n ** 400n);
    expect(decodeNumber({ integer: 24n, exponent: -1 })).toBe(1.5);
    expect(() => nearestNumber({ integer: 1n, exponent: 400 })).toThrow(EncodingError);
    expect(() => decodeNumber({ integer: 16n ** 400n, exponent: -1 })).toThrow(/decryptEncoded/);
  });

  it("refuse what has no encoding", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, "123", null, undefined, {}, [1]])
      expect(() => encodeNumber(bad as never, n)).toThrow(EncodingError);
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "1", null])
      expect(() => encodeNumber(1, n, { precision: bad as never })).toThrow(ParameterError);
    for (const bad of [0.5, MAX_EXPONENT + 1, -1e9, "1", Number.NaN])
      expect(() => encodeNumber(1, n, { maxExponent: bad as never })).toThrow(ParameterError);
    expect(() => encodeNumber(2n ** 600n, fixedKey(512).publicKey.n)).toThrow(/expected at most 510 bits at exponent 0/);
  });
});
