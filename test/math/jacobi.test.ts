import { describe, expect, it } from "vitest";
import { ParameterError } from "../../src/errors.js";
import { jacobi } from "../../src/math/jacobi.js";
import { mod, powMod } from "../../src/math/modular.js";
import { testRandom } from "../support/random.js";

/** Euler's criterion, prime by prime. */
function bySquares(a: bigint, primes: readonly bigint[]): number {
  return primes.reduce((sign, p) => {
    const power = powMod(mod(a, p), (p - 1n) / 2n, p);
    return power === 0n ? 0 : sign * (power === p - 1n ? -1 : 1) || 0;
  }, 1);
}

describe("the Jacobi symbol", () => {
  it("is Euler's criterion for primes, and a product of such for their products, with repetition too", () => {
    for (const primes of [[3n], [5n], [7n], [17n], [97n], [3n, 5n], [3n, 3n], [7n, 11n, 11n], [5n, 13n, 29n]]) {
      const n = primes.reduce((product, p) => product * p, 1n);
      for (let a = -n; a <= 2n * n; a++) expect(jacobi(a, n), `(${a} / ${n})`).toBe(bySquares(a, primes));
    }
    for (const a of [-5n, 0n, 1n, 7n]) expect(jacobi(a, 1n)).toBe(1);
  });

  it("is right for large primes, and for numbers with many twos", () => {
    const random = testRandom("jacobi");
    for (const p of [2n ** 127n - 1n, 2n ** 255n - 19n, 2n ** 521n - 1n]) {
      const values = [1n, 2n, p - 1n, p - 2n, 1n << 32n, 3n << 64n, 5n << 96n];
      for (let i = 0; i < 40; i++) values.push(random.bigBelow(p));
      const symbols = values.map((a) => jacobi(a, p));
      expect(symbols).toEqual(values.map((a) => bySquares(a, [p])));
      expect(new Set(symbols)).toEqual(new Set([1, -1]));
    }
  });

  it("refuses even moduli and those below 1", () => {
    for (const n of [0n, -3n, 2n, 10n]) expect(() => jacobi(1n, n)).toThrow(ParameterError);
  });
});
