import type { Engine } from "../engine/index.js";
import type { HostKernels, HostOptions, RingHandle, RingKernels } from "../kernels/interface.js";
import { Domain, freshSeed, type SeedOptions, type SeedSource, seedSourceOf } from "../math/random.js";
import { CkksCiphertext, checkSameKey } from "./ciphertext.js";
import { CkksEncoder } from "./encoder.js";
import { CkksEvaluator } from "./evaluator.js";
import { exportPublicKey, exportSecretKey, readPublicKey, readSecretKey } from "./key-files.js";
import { CkksPublicKey, CkksSecretKey, checkKeyParameters } from "./keys.js";
import type { CkksParameters } from "./parameters.js";
import { type CiphertextExport, exportCiphertext, importCiphertext } from "./serialization.js";

/** Options of encryption. */
export interface EncryptOptions extends HostOptions {
  /** The level of the ciphertexts; the top one unless said otherwise. */
  readonly level?: number;
}

/**
 * CKKS (Cheon, Kim, Kim, Song, ASIACRYPT 2017) in its RNS form (Cheon, Han, Kim, Kim, Song, SAC 2018) on the kernels of an engine.
 * Values are vectors of up to N/2 real numbers; everything works on batches. Objects that this scheme returns are the
 * caller's to dispose of.
 */
export class Ckks extends CkksEvaluator {
  readonly #ring: RingKernels;
  readonly #host: HostKernels;
  readonly #encoder: CkksEncoder;
  readonly #seeds: SeedSource;

  private constructor(parameters: CkksParameters, ring: RingKernels, host: HostKernels, seeds: SeedSource) {
    const encoder = new CkksEncoder(ring, host);
    super(parameters, ring, encoder);
    this.#ring = ring;
    this.#host = host;
    this.#encoder = encoder;
    this.#seeds = seeds;
  }

  /** Prepares the scheme on an engine. Throws LimitError where the engine's backend cannot hold the ring. */
  static async create(engine: Engine, parameters: CkksParameters, options?: SeedOptions): Promise<Ckks> {
    const { kernels } = engine;
    return new Ckks(parameters, await kernels.ring(parameters.degree, parameters.primes), kernels.host, seedSourceOf(options));
  }

  /** A fresh ternary secret. */
  async generateSecretKey(): Promise<CkksSecretKey> {
    return this.#secretKey(freshSeed(this.#seeds), freshSeed(this.#seeds));
  }

  /** A public key for the owner of the secret; each call makes another one with the same id. */
  async publicKey(secret: CkksSecretKey): Promise<CkksPublicKey> {
    checkKeyParameters(secret, this.parameters.hash);
    const basis = this.parameters.primes;
    const publicSeed = freshSeed(this.#seeds);
    const secretSeed = freshSeed(this.#seeds);
    const a = await this.#uniform(publicSeed, basis, 1);
    const e = await this.#small("gaussian", secretSeed, Domain.Error, basis, 1);
    secretSeed.fill(0);
    const as = this.#ring.multiply(a, secret.polynomial);
    const b = this.#ring.subtract(e, as);
    const handle = this.#ring.concat([b, a]);
    for (const h of [a, e, as, b]) h.dispose();
    return new CkksPublicKey(secret.id, this.parameters.hash, publicSeed, handle);
  }

  /**
   * Encrypts one vector of at most N/2 real slots an item. With the secret key: less noise, and half the bytes on the wire.
   * Throws EncodingError for NaN, infinity or values that the modulus cannot hold, KeyMismatchError for a foreign key.
   */
  async encrypt(
    vectors: readonly ArrayLike<number>[],
    key: CkksSecretKey | CkksPublicKey,
    options: EncryptOptions = {},
  ): Promise<CkksCiphertext> {
    checkKeyParameters(key, this.parameters.hash);
    const level = options.level ?? this.parameters.levels;
    const basis = this.parameters.basis(level);
    const message = await this.#encoder.encode(vectors, basis, this.parameters.scale(level), options);
    try {
      return key instanceof CkksSecretKey
        ? await this.#encryptSecret(message, key, level)
        : await this.#encryptPublic(message, key, level);
    } finally {
      message.dispose();
    }
  }

  /**
   * Decrypts to [batch] vectors of N/2 slots. For the key owner alone: an approximate result that is shown to others
   * reveals something of the key (Li and Micciancio, EUROCRYPT 2021).
   */
  async decrypt(ciphertext: CkksCiphertext, secret: CkksSecretKey, options?: HostOptions): Promise<Float64Array[]> {
    checkKeyParameters(secret, this.parameters.hash);
    checkSameKey(ciphertext.keyId, secret.id, "ciphertext");
    const { handle, batch } = ciphertext;
    const ring = this.#ring;
    const s = ring.restrict(secret.polynomial, handle.basis);
    const c0 = ring.slice(handle, 0, batch);
    const c1 = ring.slice(handle, batch, batch);
    const c1s = ring.multiply(c1, s);
    const message = ring.add(c0, c1s);
    for (const h of [s, c0, c1, c1s]) h.dispose();
    try {
      return await this.#encoder.decode(message, ciphertext.scale, options);
    } finally {
      message.dispose();
    }
  }

  /** What a message carries of a ciphertext: metadata, and packed residues (the first components and a seed where it is fresh). */
  exportCiphertext(ciphertext: CkksCiphertext, options?: HostOptions): Promise<CiphertextExport> {
    return exportCiphertext(this.#ring, ciphertext, options);
  }

  /** Reads hostile bytes back. Throws WireError naming what is wrong. */
  importCiphertext(meta: unknown, section: (tag: string) => Uint8Array | undefined, keyId: Uint8Array): Promise<CkksCiphertext> {
    return importCiphertext(this.parameters, this.#ring, this.#host, meta, section, keyId);
  }

  /** The key file of a secret key: a container of kind secretKey. Whoever reads it can decrypt. */
  exportSecretKey(secret: CkksSecretKey): Uint8Array {
    return exportSecretKey(secret);
  }

  /** Reads a secret key file. Throws WireError, or KeyMismatchError where it belongs to other parameters. */
  async importSecretKey(bytes: Uint8Array): Promise<CkksSecretKey> {
    const { id, seed } = readSecretKey(bytes, this.parameters.hash);
    return this.#secretKey(id, seed);
  }

  exportPublicKey(key: CkksPublicKey): Promise<Uint8Array> {
    return exportPublicKey(this.#ring, key);
  }

  /** Reads a public key file. Throws WireError, or KeyMismatchError where it belongs to other parameters. */
  async importPublicKey(bytes: Uint8Array): Promise<CkksPublicKey> {
    const { id, seed, b } = readPublicKey(bytes, this.parameters);
    const basis = this.parameters.primes;
    const handle = this.#ring.upload(b, { basis, form: "ntt", batch: 1 });
    const a = await this.#uniform(seed, basis, 1);
    const both = this.#ring.concat([handle, a]);
    handle.dispose();
    a.dispose();
    return new CkksPublicKey(id, this.parameters.hash, seed, both);
  }

  async #secretKey(id: Uint8Array, seed: Uint8Array): Promise<CkksSecretKey> {
    const handle = await this.#small("ternary", seed, Domain.SecretKey, this.parameters.primes, 1);
    return new CkksSecretKey(id, this.parameters.hash, seed, handle);
  }

  /** (m + e - a s, a) with a from a public seed. */
  async #encryptSecret(message: RingHandle, key: CkksSecretKey, level: number): Promise<CkksCiphertext> {
    const { basis, batch } = message;
    const publicSeed = freshSeed(this.#seeds);
    const secretSeed = freshSeed(this.#seeds);
    const ring = this.#ring;
    const a = await this.#uniform(publicSeed, basis, batch);
    const e = await this.#small("gaussian", secretSeed, Domain.Error, basis, batch);
    secretSeed.fill(0);
    const s = ring.restrict(key.polynomial, basis);
    const as = ring.multiply(a, s);
    const noisy = ring.add(message, e);
    const c0 = ring.subtract(noisy, as);
    const handle = ring.concat([c0, a]);
    for (const h of [a, e, s, as, noisy, c0]) h.dispose();
    return new CkksCiphertext(this.parameters, handle, level, 1, key.id, publicSeed);
  }

  /** (m + e0 + b v, e1 + a v) with a ternary v. */
  async #encryptPublic(message: RingHandle, key: CkksPublicKey, level: number): Promise<CkksCiphertext> {
    const { basis, batch } = message;
    const seed = freshSeed(this.#seeds);
    const ring = this.#ring;
    const v = await this.#small("ternary", seed, Domain.EncryptionKey, basis, batch);
    const e0 = await this.#small("gaussian", seed, Domain.Error, basis, batch);
    const e1 = await this.#small("gaussian", seed, Domain.SecondError, basis, batch);
    seed.fill(0);
    const keys = ring.restrict(key.handle, basis);
    const b = ring.slice(keys, 0, 1);
    const a = ring.slice(keys, 1, 1);
    const bv = ring.multiply(v, b);
    const av = ring.multiply(v, a);
    const noisy = ring.add(message, e0);
    const c0 = ring.add(noisy, bv);
    const c1 = ring.add(e1, av);
    const handle = ring.concat([c0, c1]);
    for (const h of [v, e0, e1, keys, b, a, bv, av, noisy, c0, c1]) h.dispose();
    return new CkksCiphertext(this.parameters, handle, level, 1, key.id);
  }

  /** Uniform polynomials in NTT form from a public seed. */
  async #uniform(seed: Uint8Array, basis: readonly number[], batch: number): Promise<RingHandle> {
    const residues = await this.#host.uniform(
      { seed, domain: Domain.PublicUniform },
      { degree: this.parameters.degree, basis, batch },
    );
    return this.#ring.upload(residues, { basis, form: "ntt", batch });
  }

  /** Small secret polynomials in NTT form. */
  async #small(
    kind: "ternary" | "gaussian",
    seed: Uint8Array,
    domain: number,
    basis: readonly number[],
    batch: number,
  ): Promise<RingHandle> {
    const residues = await this.#host[kind]({ seed, domain }, { degree: this.parameters.degree, basis, batch });
    const coefficients = this.#ring.upload(residues, { basis, form: "coefficient", batch });
    residues.fill(0);
    const values = this.#ring.ntt(coefficients);
    coefficients.dispose();
    return values;
  }
}
