/** Masks: encryptions of one, (g^r, y^r) for a random r, one for each encryption. */
import { LifetimeError } from "../errors.js";
import type { FixedBaseTable, ModularHandle, ModularKernels } from "../kernels/interface.js";
import { Domain, type SeedSource } from "../math/random.js";
import { randomExponents } from "./exponents.js";
import type { ElGamalPublicKey } from "./keys.js";
import { makePair, type Pair } from "./pair.js";

/** A table of powers costs as much as some 25 powers without one (at windows of 8 bits and 3072 bits: 9,200 products against 360). */
const TABLE_PAYS_FROM = 32;

export class MaskSource {
  readonly #kernels: ModularKernels;
  readonly #key: ElGamalPublicKey;
  readonly #seeds: SeedSource;
  #tables: Readonly<Record<keyof Pair, FixedBaseTable>> | undefined;
  #drawn = 0;
  #disposed = false;

  /** Kernels modulo p. */
  constructor(kernels: ModularKernels, key: ElGamalPublicKey, seeds: SeedSource) {
    this.#kernels = kernels;
    this.#key = key;
    this.#seeds = seeds;
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
    if (this.#tables !== undefined || this.#drawn + count < TABLE_PAYS_FROM) return;
    const { g, exponentBits } = this.#key.group;
    const c1 = this.#kernels.fixedBase(g, exponentBits);
    try {
      this.#tables = { c1, c2: this.#kernels.fixedBase(this.#key.y, exponentBits) };
    } catch (error) {
      c1.dispose();
      throw error;
    }
  }

  /** `count` new masks, each for a single use, owned by the caller. With and without tables they are the same numbers. */
  draw(count: number): Pair {
    this.expect(count);
    this.#drawn += count;
    const exponents = randomExponents(this.#seeds.next(), Domain.ElGamalExponent, this.#key.group, count);
    return makePair((half) => this.#powers(half, exponents));
  }

  /** No mask can be drawn afterwards: a table made again would have no owner left to free it. */
  dispose(): void {
    this.#disposed = true;
    this.#tables?.c1.dispose();
    this.#tables?.c2.dispose();
    this.#tables = undefined;
  }

  #powers(half: keyof Pair, exponents: readonly bigint[]): ModularHandle {
    if (this.#tables !== undefined) return this.#kernels.fixedBasePower(this.#tables[half], exponents);
    const base = this.#kernels.upload([half === "c1" ? this.#key.group.g : this.#key.y]);
    try {
      return this.#kernels.power(base, exponents);
    } finally {
      base.dispose();
    }
  }
}
