import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ParameterError } from "../../src/errors.js";
import { bitLength, centred, gcd, invMod, invModBatch, iroot, isqrt, mod, powMod } from "../../src/math/modular.js";

const any = fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n });
const modulus = fc.bigInt({ min: 2n, max: 2n ** 200n });

describe("mod and centred", () => {
  it("give the residue in [0, m) and in (-m/2, m/2]", () => {
    fc.assert(
      fc.property(any, modulus, (a, m) => {
        const r = mod(a, m);
        const c = centred(a, m);
        expect(r >= 0n && r < m && (a - r) % m === 0n).toBe(true);
        expect(2n * c > -m && 2n * c <= m && (a - c) % m === 0n).toBe(true);
      }),
    );
    expect(centred(2n, 4n)).toBe(2n);
  });
});

describe("powMod", () => {
  it("agrees with repeated multiplication", () => {
    fc.assert(
      fc.property(any, fc.integer({ min: 0, max: 70 }), modulus, (b, e, m) => {
        let expected = 1n % m;
        for (let i = 0; i < e; i++) expected = mod(expected * b, m);
        expect(powMod(b, BigInt(e), m)).toBe(expected);
      }),
    );
  });

  it("obeys Fermat for long exponents, and knows modulus 1", () => {
    const p = 2n ** 521n - 1n;
    expect(powMod(3n, p - 1n, p)).toBe(1n);
    expect(powMod(5n, 0n, 1n)).toBe(0n);
  });

  it("refuses negative exponents", () => {
    expect(() => powMod(2n, -1n, 7n)).toThrow(ParameterError);
  });
});

describe("inverses", () => {
  it("multiply to one, alone and in a batch", () => {
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 8 }), modulus, (values, m) => {
        if (values.some((v) => gcd(v, m) !== 1n)) {
          expect(() => invModBatch(values, m)).toThrow(ParameterError);
          return;
        }
        const batch = invModBatch(values, m);
        values.forEach((v, i) => {
          expect(mod(batch[i] * v, m)).toBe(1n % m);
          expect(invMod(v, m)).toBe(batch[i]);
        });
      }),
    );
  });

  it("refuse a common factor", () => {
    expect(() => invMod(6n, 9n)).toThrow(/common factor/);
    expect(() => invMod(0n, 9n)).toThrow(ParameterError);
  });
});

describe("integers", () => {
  it("count bits", () => {
    expect([0n, 1n, 2n, 255n, 256n, -256n, 2n ** 1000n].map(bitLength)).toEqual([0, 1, 2, 8, 9, 9, 1001]);
  });

  it("take floor square roots", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 400n }), (x) => {
        const r = isqrt(x);
        expect(r * r <= x && (r + 1n) * (r + 1n) > x).toBe(true);
        expect(isqrt(x * x)).toBe(x);
      }),
    );
  });
});

describe("iroot", () => {
  it("is the largest r with r^k <= x, next to powers and everywhere else", () => {
    const root = (x: bigint, k: number) => {
      const r = iroot(x, k);
      expect(r ** BigInt(k) <= x && (r + 1n) ** BigInt(k) > x, `${x}, ${k}`).toBe(true);
    };
    fc.assert(
      fc.property(fc.bigInt({ min: 2n, max: 2n ** 300n }), fc.integer({ min: 2, max: 40 }), (r, k) => {
        const x = r ** BigInt(k);
        for (const y of [x - 1n, x, x + 1n]) root(y, k);
        root(r, k);
      }),
    );
    for (const k of [2, 3, 5, 127, 251]) {
      for (const bits of [52n, 53n, 54n, 1023n, 1024n, 1025n, 4096n]) for (const d of [-1n, 0n, 1n]) root(2n ** bits + d, k);
      expect(iroot(1n, k)).toBe(1n);
    }
  });
});
