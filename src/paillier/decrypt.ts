/** CRT decryption (Paillier 1999, section 7), blinded, with a fault check before anything is released. */
import { chunkSize, inChunks, type WorkOptions } from "../engine/index.js";
import { SecurityError } from "../errors.js";
import type { KernelBackend, ModularKernels } from "../kernels/interface.js";
import { mod } from "../math/modular.js";
import { plaintextOf } from "../math/paillier.js";
import type { SeedSource } from "../math/random.js";
import { BlindingSource } from "./blinding.js";
import type { PaillierSecretKey } from "./keys.js";

export class Decryption {
  readonly #backend: KernelBackend;
  readonly #key: PaillierSecretKey;
  readonly #p: ModularKernels;
  readonly #q: ModularKernels;
  readonly #blinding: BlindingSource;

  private constructor(backend: KernelBackend, key: PaillierSecretKey, p: ModularKernels, q: ModularKernels, seeds: SeedSource) {
    this.#backend = backend;
    this.#key = key;
    this.#p = p;
    this.#q = q;
    this.#blinding = new BlindingSource(p, q, seeds);
  }

  /** The key stays the caller's and must outlive this object. The backend caches p^2 and q^2 until it closes. */
  static async create(backend: KernelBackend, key: PaillierSecretKey, seeds: SeedSource): Promise<Decryption> {
    const { p, q } = key.constants();
    const [modP, modQ] = await Promise.all([backend.modular({ n: p, power: 2 }), backend.modular({ n: q, power: 2 })]);
    return new Decryption(backend, key, modP, modQ, seeds);
  }

  /** Plaintexts in [0, n) of ciphertexts in (0, n^2) coprime to n. Throws SecurityError where a result fails the fault check. */
  async decrypt(ciphertexts: readonly bigint[], options: WorkOptions = {}): Promise<bigint[]> {
    const parts = await inChunks(ciphertexts.length, chunkSize(this.#backend), options, (start, count) =>
      this.#decryptChunk(ciphertexts.slice(start, start + count), options),
    );
    return parts.flat();
  }

  dispose(): void {
    this.#blinding.dispose();
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
        if (m === undefined) {
          throw new SecurityError({
            what: "decryption, fault check",
            expected: "powers that are 1 modulo the prime",
            got: "a wrong power",
            remedy: "decrypt again, and replace this device if it happens again",
          });
        }
        return mod(m - offsets[i], k.n);
      });
    } finally {
      up.dispose();
      uq.dispose();
    }
  }
}
