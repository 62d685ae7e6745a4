/** paillier-bigint: Paillier on BigInt, the most used of its kind on npm. */
import { generateRandomKeys, PrivateKey, PublicKey } from "paillier-bigint";
import { invMod } from "../../src/math/modular.js";

export const PAILLIER_BIGINT_LABEL = "paillier-bigint 3.4.3";

/** A public key from n alone, with the generator n + 1 that both sides use. */
export const paillierBigintKey = (n: bigint): PublicKey => new PublicKey(n, n + 1n);

/** A key pair from its primes, with both of them at hand for its decryption by the Chinese remainder theorem. */
export function paillierBigintKeys(p: bigint, q: bigint): { publicKey: PublicKey; privateKey: PrivateKey } {
  const publicKey = paillierBigintKey(p * q);
  const lambda = (p - 1n) * (q - 1n);
  return { publicKey, privateKey: new PrivateKey(lambda, invMod(lambda, p * q), publicKey, p, q) };
}

/** New keys with the generator n + 1. */
export const randomPaillierBigintKeys = (bits: number): Promise<unknown> => generateRandomKeys(bits, true);
