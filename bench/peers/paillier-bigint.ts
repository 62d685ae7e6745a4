/** paillier-bigint: Paillier on BigInt, the most used of its kind on npm. */
import { PublicKey } from "paillier-bigint";

export const PAILLIER_BIGINT_LABEL = "paillier-bigint 3.4.3";

/** A public key from n alone, with the generator n + 1 that both sides use. */
export const paillierBigintKey = (n: bigint): PublicKey => new PublicKey(n, n + 1n);
