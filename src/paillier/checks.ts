/** What a ciphertext from outside must satisfy: 0 < c < n^2 and gcd(c, n) = 1. */
import { show, WireError } from "../errors.js";
import { gcd } from "../math/modular.js";
import type { PaillierPublicKey } from "./keys.js";

/**
 * Throws WireError naming the first ciphertext that is no element of the group. A multiple of n decrypts to nonsense and turns
 * every sum that it enters into nonsense; c + n^2 is a second name of a valid ciphertext. One gcd serves the whole batch:
 * the product of units is a unit.
 */
export function checkCiphertexts(values: readonly bigint[], { n }: PaillierPublicKey, what: string): void {
  if (!Array.isArray(values)) {
    throw new WireError({ what, expected: "an array of bigint", got: show(values), remedy: "pass the ciphertexts in an array" });
  }
  const nSquared = n * n;
  let product = 1n;
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== "bigint") {
      throw new WireError({
        what: `${what}, ciphertext ${i}`,
        expected: "a bigint",
        got: show(values[i]),
        remedy: "convert it with BigInt()",
      });
    }
    if (values[i] <= 0n || values[i] >= nSquared) {
      throw new WireError({
        what: `${what}, ciphertext ${i}`,
        expected: "0 < c < n^2",
        got: values[i] <= 0n ? "zero or less" : "n^2 or more",
        remedy: "refuse this sender's data",
      });
    }
    product = (product * (values[i] % n)) % n;
  }
  if (gcd(product, n) === 1n) return;
  const i = values.findIndex((c) => gcd(c % n, n) !== 1n);
  throw new WireError({
    what: `${what}, ciphertext ${i}`,
    expected: "a number coprime to n",
    got: "one that shares a factor with n",
    remedy: "refuse this sender's data",
  });
}
