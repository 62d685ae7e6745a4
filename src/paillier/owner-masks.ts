/**
 * Masks of the key's owner, who knows p and q: powers modulo p^2 and q^2, at a quarter of the cost of a product modulo n^2 each, joined by
 * the Chinese remainder theorem. For Blum keys they are the numbers hs^a that {@link PublicMaskSource} makes of the same seed. For
 * others r_p^p modulo p^2 beside r_q^q modulo q^2, with r_p and r_q uniform: as x -> x^q permutes the p-th residues modulo p^2 where
 * gcd(q, p - 1) = 1, as every key has it, this is r^n for a uniform r, for half of the exponent.
 *
 * The join is BigInt arithmetic on the caller's thread, and costs an upload: on a GPU it pays for powers without a table alone.
 */
import { FixedBasePowers, powersOf } from "../engine/index.js";
import { SecurityError } from "../errors.js";
import type { KernelBackend, ModularHandle, ModularKernels } from "../kernels/interface.js";
import { exponentBits, joinSquares } from "../math/paillier.js";
import type { SeedSource } from "../math/random.js";
import type { PaillierSecretKey } from "./keys.js";
import { disposed, type MaskSource, maskBases, maskExponents, withStream } from "./masks.js";

/** Whether the two halves and their join are faster than powers modulo n^2 (docs/experiments.md). */
export const prefersHalves = (backend: KernelBackend, { publicKey }: PaillierSecretKey): boolean =>
  backend.name !== "webgpu" || !publicKey.blum;

export class OwnerMaskSource implements MaskSource {
  readonly #kernels: ModularKernels;
  readonly #p: ModularKernels;
  readonly #q: ModularKernels;
  readonly #key: PaillierSecretKey;
  readonly #seeds: SeedSource;
  readonly #powers: readonly [FixedBasePowers, FixedBasePowers] | undefined;
  #disposed = false;

  /** Kernels modulo n^2, p^2 and q^2. The key stays the caller's and must outlive this object. */
  constructor(
    kernels: ModularKernels,
    halves: readonly [ModularKernels, ModularKernels],
    key: PaillierSecretKey,
    seeds: SeedSource,
  ) {
    this.#kernels = kernels;
    [this.#p, this.#q] = halves;
    this.#key = key;
    this.#seeds = seeds;
    const { hs, bits } = key.publicKey;
    if (hs === undefined) return;
    const powers = (half: ModularKernels) => new FixedBasePowers(half, hs % half.modulus, exponentBits(bits));
    this.#powers = [powers(this.#p), powers(this.#q)];
  }

  expect(count: number): void {
    if (this.#disposed) throw disposed();
    for (const powers of this.#powers ?? []) powers.expect(count);
  }

  async draw(count: number): Promise<ModularHandle> {
    this.expect(count);
    const k = this.#key.constants();
    // Both are here as soon as they are recorded, so that one is freed where the other fails.
    const halves: ModularHandle[] = [];
    try {
      withStream(this.#seeds, (stream) => {
        if (this.#powers === undefined) {
          halves.push(powersOf(this.#p, maskBases(stream, count, k.p), k.p));
          halves.push(powersOf(this.#q, maskBases(stream, count, k.q), k.q));
        } else {
          const exponents = maskExponents(stream, count, this.#key.publicKey.bits);
          for (const powers of this.#powers) halves.push(powers.power(exponents));
        }
      });
      const [p, q] = await Promise.all([this.#p.read(halves[0]), this.#q.read(halves[1])]);
      // A half of zeros, as lost memory has it, would make ciphertexts that share a factor with n.
      if (p.some((x) => x % k.p === 0n) || q.some((y) => y % k.q === 0n)) throw fault();
      return this.#kernels.upload(p.map((x, i) => joinSquares(x, q[i], k)));
    } finally {
      for (const half of halves) half.dispose();
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const powers of this.#powers ?? []) powers.dispose();
  }
}

const fault = (): SecurityError =>
  new SecurityError({
    what: "encryption, fault check",
    expected: "masks that are units",
    got: "multiples of a prime of the key",
    remedy: "encrypt again, and replace this device if it happens again",
  });
