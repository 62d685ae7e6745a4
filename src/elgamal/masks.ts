/** Masks: encryptions of one, (g^r, y^r) for a random r, one for each encryption. */
import { FixedBasePowers } from "../engine/index.js";
import { LifetimeError } from "../errors.js";
import type { ModularKernels } from "../kernels/interface.js";
import { Domain, type SeedSource } from "../math/random.js";
import { randomExponents } from "./exponents.js";
import type { ElGamalPublicKey } from "./keys.js";
import { makePair, type Pair } from "./pair.js";

export class MaskSource {
  readonly #key: ElGamalPublicKey;
  readonly #seeds: SeedSource;
  readonly #powers: Readonly<Record<keyof Pair, FixedBasePowers>>;
  #disposed = false;

  /** Kernels modulo p. */
  constructor(kernels: ModularKernels, key: ElGamalPublicKey, seeds: SeedSource) {
    this.#key = key;
    this.#seeds = seeds;
    const { g, exponentBits } = key.group;
    const powersOf = (base: bigint) => new FixedBasePowers(kernels, base, exponentBits);
    this.#powers = { c1: powersOf(g), c2: powersOf(key.y) };
  }

  /** Says that about `count` masks will be drawn, so that tables are made at once where they pay. Throws LifetimeError after dispose. */
  expect(count: number): void {
    if (this.#disposed) {
      throw new LifetimeError({
        what: "ElGamal",
        expected: "a live scheme object",
        got: "a disposed one",
        remedy: "dispose of it after its last encryption, export or decryption",
      });
    }
    this.#powers.c1.expect(count);
    this.#powers.c2.expect(count);
  }

  /** `count` new masks, each for a single use, owned by the caller. With and without tables they are the same numbers. */
  draw(count: number): Pair {
    this.expect(count);
    const exponents = randomExponents(this.#seeds.next(), Domain.ElGamalExponent, this.#key.group, count);
    return makePair((half) => this.#powers[half].power(exponents));
  }

  /** No mask can be drawn afterwards: a table made again would have no owner left to free it. */
  dispose(): void {
    this.#disposed = true;
    this.#powers.c1.dispose();
    this.#powers.c2.dispose();
  }
}
