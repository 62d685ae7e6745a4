/** Making keys: one random exponent. */
import { Domain, type SeedOptions, seedSourceOf } from "../math/random.js";
import { randomExponents } from "./exponents.js";
import { DEFAULT_GROUP, type ElGamalGroupName, elGamalGroup } from "./groups.js";
import { ElGamalSecretKey } from "./keys.js";

export interface ElGamalKeyOptions extends SeedOptions {
  /** `"ffdhe3072"` unless said. */
  readonly group?: ElGamalGroupName;
}

/** A new secret key, owned by the caller, who disposes of it. Rejects with ParameterError for an unknown group. */
export async function generateElGamalKey(options: ElGamalKeyOptions = {}): Promise<ElGamalSecretKey> {
  const group = elGamalGroup(options.group ?? DEFAULT_GROUP);
  const [x] = randomExponents(seedSourceOf(options).next(), Domain.ElGamalSecret, group, 1);
  return ElGamalSecretKey.fromExponent(group.name, x);
}
