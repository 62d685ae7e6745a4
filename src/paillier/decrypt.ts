/**
 * CRT decryption (Paillier 1999, section 7), blinded, with two fault checks before anything is released: one wrong half would give m' with
 * gcd(m - m', n) = p or q to whoever knows m.
 *
 * Powers are 1 modulo the prime. That catches faults of arithmetic modulo p^2 as a whole, but not those of the p-adic form
 * c0 + c1 p in what flows into c1 alone. So the plaintexts of a call are held against one more decryption, of the product of
 * c_i^(w_i) for random secret w_i of 32 bits, which must be the sum of w_i m_i: wrong plaintexts pass once in 2^32 (the small exponents test of Bellare, Garay,
 * Rabin, EUROCRYPT 1998). That is some ten products a ciphertext, about 3 % of a decryption, and one decryption more a call.
 */
import { chunkSize, inChunks, type WorkOptions } from "../engine/index.js";
import { SecurityError } from "../errors.js";
import type { KernelBackend, ModularKernels } from "../kernels/interface.js";
import { mod } from "../math/modular.js";
import { plaintextOf } from "../math/paillier.js";
import { Domain, type SeedSource, Stream } from "../math/random.js";
import { randomBits } from "../math/sampling.js";
import { BlindingSource } from "./blinding.js";
import type { PaillierSecretKey } from "./keys.js";

/** Bits of the weights of the second check, and the most ciphertexts that one decryption checks. */
const WEIGHT_BITS = 32;
const CHECKED_AT_ONCE = 8192;

export class Decryption {
  readonly #backend: KernelBackend;
  readonly #key: PaillierSecretKey;
  readonly #p: ModularKernels;
  readonly #q: ModularKernels;
  readonly #seeds: SeedSource;
  readonly #blinding: BlindingSource;
  /** Kernels modulo n^2. */
  readonly #whole: ModularKernels;

  private constructor(
    backend: KernelBackend,
    key: PaillierSecretKey,
    [p, q, n]: readonly [ModularKernels, ModularKernels, ModularKernels],
    seeds: SeedSource,
  ) {
    this.#backend = backend;
    this.#key = key;
    this.#p = p;
    this.#q = q;
    this.#seeds = seeds;
    this.#whole = n;
    this.#blinding = new BlindingSource(p, q, seeds);
  }

  /** The key stays the caller's and must outlive this object. The backend caches p^2 and q^2 until it closes. */
  static async create(backend: KernelBackend, key: PaillierSecretKey, seeds: SeedSource): Promise<Decryption> {
    const { p, q, n } = key.constants();
    const kernels = (base: bigint) => backend.modular({ n: base, power: 2 });
    return new Decryption(backend, key, await Promise.all([kernels(p), kernels(q), kernels(n)]), seeds);
  }

  /** Kernels modulo p^2 and modulo q^2. */
  get halves(): readonly [ModularKernels, ModularKernels] {
    return [this.#p, this.#q];
  }

  /** Plaintexts in [0, n) of ciphertexts in (0, n^2) coprime to n. Throws SecurityError where a result fails the fault check. */
  async decrypt(ciphertexts: readonly bigint[], options: WorkOptions = {}): Promise<bigint[]> {
    const parts = await inChunks(ciphertexts.length, chunkSize(this.#backend), options, (start, count) =>
      this.#decryptChunk(ciphertexts.slice(start, start + count), options),
    );
    const plaintexts = parts.flat();
    for (let start = 0; start < plaintexts.length; start += CHECKED_AT_ONCE) {
      const end = start + CHECKED_AT_ONCE;
      await this.#check(ciphertexts.slice(start, end), plaintexts.slice(start, end), options);
    }
    return plaintexts;
  }

  dispose(): void {
    this.#blinding.dispose();
  }

  /** Throws SecurityError unless a random combination of the ciphertexts decrypts to that of the plaintexts. */
  async #check(ciphertexts: readonly bigint[], plaintexts: readonly bigint[], options: WorkOptions): Promise<void> {
    const weights = this.#weights(ciphertexts.length);
    const uploaded = this.#whole.upload(ciphertexts);
    const product = this.#whole.multiPower(uploaded, [weights], 1);
    uploaded.dispose();
    try {
      const [found] = await this.#decryptChunk(await this.#whole.read(product, { signal: options.signal }), options);
      const expected = plaintexts.reduce((sum, m, i) => sum + m * weights[i], 0n) % this.#key.constants().n;
      if (found !== expected) throw fault("plaintexts that agree with a second decryption", "others");
    } finally {
      product.dispose();
    }
  }

  #weights(count: number): bigint[] {
    const seed = this.#seeds.next();
    const stream = new Stream(seed, Domain.PaillierCheck);
    seed.fill(0);
    try {
      return Array.from({ length: count }, () => 1n + randomBits(stream, WEIGHT_BITS));
    } finally {
      stream.dispose();
    }
  }

  async #decryptChunk(ciphertexts: readonly bigint[], { signal }: WorkOptions): Promise<bigint[]> {
    const k = this.#key.constants();
    const { offsets, modP, modQ } = await this.#blinding.take(ciphertexts.length, k);
    const half = (kernels: ModularKernels, blinding: typeof modP, prime: bigint) => {
      const c = kernels.upload(ciphertexts.map((v) => v % kernels.modulus));
      const blinded = kernels.multiply(c, blinding);
      const powers = kernels.power(blinded, prime - 1n);
      for (const h of [c, blinded, blinding]) h.dispose();
      return powers;
    };
    const [up, uq] = [half(this.#p, modP, k.p), half(this.#q, modQ, k.q)];
    try {
      // Both halves are recorded before either is awaited, so that a backend can work on them side by side.
      const [p, q] = await Promise.all([this.#p.read(up, { signal }), this.#q.read(uq, { signal })]);
      return p.map((u, i) => {
        const m = plaintextOf(u, q[i], k);
        if (m === undefined) throw fault("powers that are 1 modulo the prime", "a wrong power");
        return mod(m - offsets[i], k.n);
      });
    } finally {
      up.dispose();
      uq.dispose();
    }
  }
}

const fault = (expected: string, got: string): SecurityError =>
  new SecurityError({
    what: "decryption, fault check",
    expected,
    got,
    remedy: "decrypt again, and replace this device if it happens again",
  });
