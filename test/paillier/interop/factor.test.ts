import { describe, expect, it } from "vitest";
import { SecurityError } from "../../../src/errors.js";
import { gcd } from "../../../src/math/modular.js";
import { factorFromLambda } from "../../../src/paillier/interop/factor.js";
import { fixedKey, plainKey } from "../support.js";

describe("factoring with lambda", () => {
  const pairs: [string, bigint, bigint][] = [
    ["small", 433n, 293n],
    ["17 and 19", 19n, 17n],
    ["43 and 59", 59n, 43n],
    ...([fixedKey(256), fixedKey(2048), plainKey()] as const).map((key): [string, bigint, bigint] => {
      const { p, q, n } = key.constants();
      return p > q ? [`${n.toString(2).length} bits`, p, q] : [`${n.toString(2).length} bits`, q, p];
    }),
  ];

  it.each(pairs)("works with the totient, the least common multiple, and multiples of it: %s", (_name, p, q) => {
    const totient = (p - 1n) * (q - 1n);
    const lcm = totient / gcd(p - 1n, q - 1n);
    for (const lambda of [totient, lcm, 3n * lcm, 2n * totient]) expect(factorFromLambda(p * q, lambda, "key")).toEqual({ p, q });
  });

  it("refuses what belongs to another key", () => {
    const [, p, q] = pairs[3]!;
    const n = p * q;
    const lcm = ((p - 1n) * (q - 1n)) / 2n;
    for (const bad of [0n, -4n, 1n, 2n, lcm + 1n, lcm + 2n, lcm / 2n, n, n - 1n, n * n, n * n * lcm])
      expect(() => factorFromLambda(n, bad, "key"), `${bad}`).toThrow(SecurityError);
    expect(() => factorFromLambda(n, lcm + 2n, "key")).toThrow(/no multiple of lcm/);
    // n is prime: its group has no other root of 1.
    expect(() => factorFromLambda(p, 4n * (p - 1n), "key")).toThrow(/one that gives no factors/);
  });
});
