import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ParameterError } from "../../src/errors.js";
import { centred, mod } from "../../src/math/modular.js";
import { nttPrimes } from "../../src/math/primes.js";
import { compose, conversionTables, convertResidues, decompose, product } from "../../src/math/rns.js";

const primes = nttPrimes({ degree: 1024, bits: 30, count: 6 });
const source = primes.slice(0, 3);
const target = primes.slice(3);
const d = product(source);

describe("composition", () => {
  it("gives the centred integer back", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 120n), max: 2n ** 120n }), (x) => {
        expect(compose(decompose(x, source), source)).toBe(centred(x, d));
      }),
    );
  });
});

describe("centred base conversion", () => {
  it("is off by a small multiple of D only, the same in every target prime", () => {
    const tables = conversionTables(source, target);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: d - 1n }), (x) => {
        const converted = convertResidues(decompose(x, source), tables);
        const c = centred(x, d);
        const errors = [-2n, -1n, 0n, 1n, 2n].filter((k) => converted.every((r, j) => r === mod(c + k * d, BigInt(target[j]))));
        expect(errors).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });

  it("from one prime is exact", () => {
    const tables = conversionTables([source[0]], target);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: BigInt(source[0]) - 1n }), (x) => {
        expect(convertResidues([x], tables)).toEqual(decompose(centred(x, BigInt(source[0])), target));
      }),
    );
  });

  it("refuses a repeated source prime", () => {
    expect(() => conversionTables([primes[0], primes[0]], target)).toThrow(ParameterError);
  });
});
