/**
 * Masks: random n-th residues modulo n^2, one for each encryption. For keys known to be products of two Blum primes hs^a with a
 * short random a (DJN section 4.2); for all others r^n with r uniform in [1, n) (Paillier 1999, section 4).
 */
import { LifetimeError } from "../errors.js";
import type { FixedBaseTable, ModularHandle, ModularKernels } from "../kernels/interface.js";
import { exponentBits } from "../math/paillier.js";
import { Domain, type SeedSource, Stream } from "../math/random.js";
import { randomBelow, randomBits } from "../math/sampling.js";
import type { PaillierPublicKey } from "./keys.js";

/**
 * A table of powers of hs costs as much as some 25 powers without one (at windows of 8 bits and 3072-bit keys: 49 000 products
 * against 1 900), so a caller who encrypts only a few values never pays for it.
 */
const TABLE_PAYS_FROM = 32;

export class MaskSource {
  readonly #kernels: ModularKernels;
  readonly #key: PaillierPublicKey;
  readonly #seeds: SeedSource;
  #table: FixedBaseTable | undefined;
  #drawn = 0;
  #disposed = false;

  /** Kernels modulo n^2. */
  constructor(kernels: ModularKernels, key: PaillierPublicKey, seeds: SeedSource) {
    this.#kernels = kernels;
    this.#key = key;
    this.#seeds = seeds;
  }

  /** Says that about `count` masks will be drawn, so that a table is made at once where it pays. */
  expect(count: number): void {
    if (this.#disposed) {
      throw new LifetimeError({
        what: "Paillier",
        expected: "a live scheme object",
        got: "a disposed one",
        remedy: "dispose of it after its last encryption or export",
      });
    }
    const { hs, bits } = this.#key;
    if (hs !== undefined && this.#table === undefined && this.#drawn + count >= TABLE_PAYS_FROM) {
      this.#table = this.#kernels.fixedBase(hs, exponentBits(bits));
    }
  }

  /** `count` new masks, each for a single use, owned by the caller. With and without a table they are the same numbers. */
  draw(count: number): ModularHandle {
    this.expect(count);
    this.#drawn += count;
    const seed = this.#seeds.next();
    const stream = new Stream(seed, Domain.PaillierExponent);
    seed.fill(0);
    try {
      const { hs, bits, n } = this.#key;
      if (hs !== undefined) {
        const exponents = Array.from({ length: count }, () => randomBits(stream, exponentBits(bits)));
        if (this.#table !== undefined) return this.#kernels.fixedBasePower(this.#table, exponents);
        return this.#power([hs], exponents);
      }
      // An r with a factor of n would factor n; at allowed key lengths nobody will ever draw one.
      return this.#power(
        Array.from({ length: count }, () => 1n + randomBelow(stream, n - 1n)),
        n,
      );
    } finally {
      stream.dispose();
    }
  }

  /** No mask can be drawn afterwards: a table made again would have no owner left to free it. */
  dispose(): void {
    this.#disposed = true;
    this.#table?.dispose();
    this.#table = undefined;
  }

  #power(bases: readonly bigint[], exponents: bigint | readonly bigint[]): ModularHandle {
    const uploaded = this.#kernels.upload(bases);
    const result = this.#kernels.power(uploaded, exponents);
    uploaded.dispose();
    return result;
  }
}
