/**
 * Blinding of decryptions: each ciphertext is multiplied by an encryption of a random non-zero b before the secret exponents
 * touch it, and b is taken off the plaintext. So nobody who sends ciphertexts knows what is raised to the secret power,
 * and a plaintext of zero passes through the same numbers as any other.
 *
 * The factors are made modulo p^2 and q^2 with the key itself: (1 + b n) r^p mod p^2 with r uniform in [1, p) is uniform among
 * the encryptions of b there, because r^p ranges over all p-th residues; likewise for q. A factor is squared at each use, which
 * doubles b, and renewed after {@link USES}: the cost of renewal is that of one decryption.
 */
import type { ModularHandle, ModularKernels } from "../kernels/interface.js";
import type { CrtConstants } from "../math/paillier.js";
import { Domain, type SeedSource, Stream } from "../math/random.js";
import { randomBelow } from "../math/sampling.js";

/** Uses of one random factor (a compromise that OpenSSL's RSA makes too). */
export const USES = 32;

/** Factors for a batch, owned by the caller. */
export interface Blinding {
  /** What each factor adds to its plaintext, in [1, n). */
  readonly offsets: readonly bigint[];
  readonly modP: ModularHandle;
  readonly modQ: ModularHandle;
}

/** A factor between two calls. */
interface Factor {
  b: bigint;
  modP: bigint;
  modQ: bigint;
  uses: number;
}

export class BlindingSource {
  readonly #p: ModularKernels;
  readonly #q: ModularKernels;
  readonly #seeds: SeedSource;
  #kept: Factor | undefined;

  /** Kernels modulo p^2 and modulo q^2. */
  constructor(p: ModularKernels, q: ModularKernels, seeds: SeedSource) {
    this.#p = p;
    this.#q = q;
    this.#seeds = seeds;
  }

  /** Factors for `count` ciphertexts. The key's constants are passed in so that they are kept in one place alone. */
  async take(count: number, k: CrtConstants): Promise<Blinding> {
    if (count < USES) return this.#takeFew(count, k);
    // Many at once: `fresh` factors, squared side by side; item j * fresh + f is factor f squared j times.
    const fresh = Math.ceil(count / USES);
    const { b, modP, modQ } = this.#draw(fresh, k);
    const offsets: bigint[] = [...b];
    while (offsets.length < count) offsets.push((2n * offsets[offsets.length - fresh]) % k.n);
    return {
      offsets: offsets.slice(0, count),
      modP: squares(this.#p, modP, Math.ceil(count / fresh), count),
      modQ: squares(this.#q, modQ, Math.ceil(count / fresh), count),
    };
  }

  /** Forgets the factor kept for the next call. */
  dispose(): void {
    this.#kept = undefined;
  }

  async #takeFew(count: number, k: CrtConstants): Promise<Blinding> {
    let factor = this.#kept;
    const offsets: bigint[] = [];
    const modP: bigint[] = [];
    const modQ: bigint[] = [];
    while (offsets.length < count) {
      // Nothing is awaited between the use of a factor and its squaring, so calls at the same time never share a use.
      if (factor === undefined || factor.uses === USES) factor = await this.#drawOne(k);
      offsets.push(factor.b);
      modP.push(factor.modP);
      modQ.push(factor.modQ);
      factor.b = (2n * factor.b) % k.n;
      factor.modP = (factor.modP * factor.modP) % k.pSquared;
      factor.modQ = (factor.modQ * factor.modQ) % k.qSquared;
      factor.uses++;
    }
    this.#kept = factor;
    return { offsets, modP: this.#p.upload(modP), modQ: this.#q.upload(modQ) };
  }

  async #drawOne(k: CrtConstants): Promise<Factor> {
    const { b, modP, modQ } = this.#draw(1, k);
    try {
      const [[p], [q]] = await Promise.all([this.#p.read(modP), this.#q.read(modQ)]);
      return { b: b[0], modP: p, modQ: q, uses: 0 };
    } finally {
      modP.dispose();
      modQ.dispose();
    }
  }

  #draw(
    count: number,
    k: CrtConstants,
  ): { readonly b: readonly bigint[]; readonly modP: ModularHandle; readonly modQ: ModularHandle } {
    const seed = this.#seeds.next();
    const stream = new Stream(seed, Domain.PaillierBlinding);
    seed.fill(0);
    try {
      const below = (bound: bigint) => Array.from({ length: count }, () => 1n + randomBelow(stream, bound - 1n));
      const [b, rp, rq] = [below(k.n), below(k.p), below(k.q)];
      return { b, modP: encryptions(this.#p, b, rp, k.p, k.n), modQ: encryptions(this.#q, b, rq, k.q, k.n) };
    } finally {
      stream.dispose();
    }
  }
}

/** (1 + b n) r^p mod p^2. */
function encryptions(
  kernels: ModularKernels,
  b: readonly bigint[],
  r: readonly bigint[],
  prime: bigint,
  n: bigint,
): ModularHandle {
  const m = kernels.modulus;
  const bases = kernels.upload(r);
  const masks = kernels.power(bases, prime);
  const plain = kernels.upload(b.map((v) => (1n + v * n) % m));
  const result = kernels.multiply(masks, plain);
  for (const h of [bases, masks, plain]) h.dispose();
  return result;
}

/** The first `count` of a, a^2, a^4, ... side by side. Takes ownership of a. */
function squares(kernels: ModularKernels, a: ModularHandle, rounds: number, count: number): ModularHandle {
  const chain = [a];
  while (chain.length < rounds) chain.push(kernels.multiply(chain[chain.length - 1], chain[chain.length - 1]));
  const all = kernels.concat(chain);
  const result = kernels.slice(all, 0, count);
  for (const h of [...chain, all]) h.dispose();
  return result;
}
