/**
 * Masks: random n-th residues modulo n^2, one for each encryption. For keys known to be products of two Blum primes hs^a with a
 * short random a (DJN section 4.2); for all others r^n with r uniform in [1, n) (Paillier 1999, section 4).
 */
import { FixedBasePowers, powersOf } from "../engine/index.js";
import { LifetimeError } from "../errors.js";
import type { ModularHandle, ModularKernels } from "../kernels/interface.js";
import { exponentBits } from "../math/paillier.js";
import { Domain, type SeedSource, Stream } from "../math/random.js";
import { randomBelow, randomBits } from "../math/sampling.js";
import type { PaillierPublicKey } from "./keys.js";

/** What makes masks. */
export interface MaskSource {
  /** Says that about `count` masks will be drawn, so that a table is made at once where it pays. Throws LifetimeError after {@link dispose}. */
  expect(count: number): void;
  /** `count` new masks modulo n^2, each for a single use, owned by the caller. Seeds are drawn at the call. */
  draw(count: number): ModularHandle | Promise<ModularHandle>;
  /** No mask can be drawn afterwards: a table made again would have no owner left to free it. */
  dispose(): void;
}

/** Runs `draw` on the secret stream of a new seed, which is overwritten. */
export function withStream<T>(seeds: SeedSource, draw: (stream: Stream) => T): T {
  const seed = seeds.next();
  const stream = new Stream(seed, Domain.PaillierExponent);
  seed.fill(0);
  try {
    return draw(stream);
  } finally {
    stream.dispose();
  }
}

/** The exponents of `count` masks of a Blum key. */
export const maskExponents = (stream: Stream, count: number, bits: number): bigint[] =>
  Array.from({ length: count }, () => randomBits(stream, exponentBits(bits)));

/** `count` numbers in [1, bound). One with a common factor would factor n; at allowed key lengths nobody will ever draw one. */
export const maskBases = (stream: Stream, count: number, bound: bigint): bigint[] =>
  Array.from({ length: count }, () => 1n + randomBelow(stream, bound - 1n));

export function disposed(): LifetimeError {
  return new LifetimeError({
    what: "Paillier",
    expected: "a live scheme object",
    got: "a disposed one",
    remedy: "dispose of it after its last encryption or export",
  });
}

/** Masks from the public key alone. */
export class PublicMaskSource implements MaskSource {
  readonly #kernels: ModularKernels;
  readonly #key: PaillierPublicKey;
  readonly #seeds: SeedSource;
  readonly #powers: FixedBasePowers | undefined;
  #disposed = false;

  /** Kernels modulo n^2. */
  constructor(kernels: ModularKernels, key: PaillierPublicKey, seeds: SeedSource) {
    this.#kernels = kernels;
    this.#key = key;
    this.#seeds = seeds;
    if (key.hs !== undefined) this.#powers = new FixedBasePowers(kernels, key.hs, exponentBits(key.bits));
  }

  expect(count: number): void {
    if (this.#disposed) throw disposed();
    this.#powers?.expect(count);
  }

  draw(count: number): ModularHandle {
    this.expect(count);
    const { bits, n } = this.#key;
    return withStream(this.#seeds, (stream) =>
      this.#powers === undefined
        ? powersOf(this.#kernels, maskBases(stream, count, n), n)
        : this.#powers.power(maskExponents(stream, count, bits)),
    );
  }

  dispose(): void {
    this.#disposed = true;
    this.#powers?.dispose();
  }
}
