/** From a secret key without its primes to the primes. */
import { SecurityError } from "../../errors.js";
import { gcd, powMod } from "../../math/modular.js";

/** Bases of the search: each finds the factors of an honest n with probability at least 1/2. */
const BASES = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n, 59n, 61n, 67n, 71n];

/**
 * The primes of n = p q, p > q, from lambda: the totient (p - 1)(q - 1), lcm(p - 1, q - 1), or any other multiple of that below n^2. Such a
 * multiple gives, by way of half of all bases, a square root of 1 that is not +-1 (Miller 1976, as for RSA).
 * Throws SecurityError where lambda does not belong to n.
 */
export function factorFromLambda(n: bigint, lambda: bigint, what: string): { readonly p: bigint; readonly q: bigint } {
  const refuse = (got: string): never => {
    throw new SecurityError({
      what: `${what}, lambda`,
      expected: "(p - 1)(q - 1) or lcm(p - 1, q - 1) of the modulus",
      got,
      remedy: "export the key again, with its primes",
    });
  };
  if (lambda <= 0n || lambda >= n * n || lambda % 2n === 1n) refuse("a number that cannot be one");
  let odd = lambda;
  let twos = 0;
  for (; odd % 2n === 0n; twos++) odd /= 2n;
  for (const base of BASES) {
    let x = powMod(base, odd, n);
    for (let i = 0; i < twos && x !== 1n; i++) {
      const next = (x * x) % n;
      if (next === 1n && x !== n - 1n) {
        const factor = gcd(x - 1n, n);
        const other = n / factor;
        return factor > other ? { p: factor, q: other } : { p: other, q: factor };
      }
      x = next;
    }
    if (x !== 1n) refuse("a number that is no multiple of lcm(p - 1, q - 1)");
  }
  return refuse("one that gives no factors");
}
