/** Fixed keys for tests, and an engine for them. They protect nothing. */
import {
  ElGamal,
  type ElGamalDecryptor,
  type ElGamalGroupName,
  ElGamalSecretKey,
  elGamalGroup,
} from "../../src/elgamal/index.js";
import { invMod, mod, powMod } from "../../src/math/modular.js";
import type { SeedOptions } from "../../src/math/random.js";
import type { Section } from "../../src/wire/index.js";
import { sharedEngine } from "../support/engine.js";
import { testRandom } from "../support/random.js";

/** A new object for a fixed key of a group, different for each seed. */
export function fixedKey(group: ElGamalGroupName = "ffdhe2048", seed = 1): ElGamalSecretKey {
  return ElGamalSecretKey.fromExponent(group, testRandom(`${group} ${seed}`).bigBits(elGamalGroup(group).exponentBits));
}

/** A decryptor for a fixed key. */
export async function openFixed(group: ElGamalGroupName = "ffdhe2048", options?: SeedOptions): Promise<ElGamalDecryptor> {
  return ElGamal.create(await sharedEngine(), fixedKey(group), options);
}

export { seeded, sharedEngine } from "../support/engine.js";

export const map = (sections: readonly Section[]): Map<string, Uint8Array> => new Map(sections.map((s) => [s.tag, s.bytes]));

/** ElGamal in obvious words, on bigint: M and r to (g^r, M y^r), and back with x. */
export function reference(key: ElGamalSecretKey) {
  const { p, g } = key.publicKey.group;
  return {
    encrypt: (element: bigint, r: bigint): [bigint, bigint] => [powMod(g, r, p), mod(element * powMod(key.publicKey.y, r, p), p)],
    decrypt: ([c1, c2]: readonly [bigint, bigint]): bigint => mod(c2 * invMod(powMod(c1, key.exponent(), p), p), p),
    /** g^m for m of either sign. */
    power: (m: bigint): bigint => (m < 0n ? invMod(powMod(g, -m, p), p) : powMod(g, m, p)),
  };
}
