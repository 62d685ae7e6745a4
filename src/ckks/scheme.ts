import { type Engine, heedSignal, kernelsOf } from "../engine/index.js";
import { ParameterError, show } from "../errors.js";
import type { HostOptions, RingHandle, RingKernels } from "../kernels/interface.js";
import { Domain, freshSeed, type SeedOptions, type SeedSource, seedSourceOf } from "../math/random.js";
import { CkksCiphertext, checkOwn, checkSameKey } from "./ciphertext.js";
import { CkksEncoder } from "./encoder.js";
import { CkksEvaluator } from "./evaluator.js";
import { B, exportPublicKey, exportSecretKey, packedPublicKey, publicKeyId, readPublicKey, readSecretKey } from "./key-files.js";
import { CkksPublicKey, CkksSecretKey, checkKeyParameters } from "./keys.js";
import { CkksParameters } from "./parameters.js";
import { inScope, type Keep } from "./scope.js";
import { type CiphertextExport, exportCiphertext, importCiphertext, type SeededExport, seededExport } from "./serialization.js";

/** Options of encryption. */
export interface EncryptOptions extends HostOptions {
  /** The level of the ciphertexts; the top one unless said otherwise. */
  readonly level?: number;
}

/** A batch of fresh encryptions that go out at once is made in parts of this size a thread, of two milliseconds of work or so. */
const THREAD_RESIDUES = 2 ** 17;

/**
 * CKKS (Cheon, Kim, Kim, Song, ASIACRYPT 2017) in its RNS form (Cheon, Han, Kim, Kim, Song, SAC 2018) on the kernels of an engine.
 * Values are vectors of up to N/2 real numbers; everything works on batches. Objects that this scheme returns are the
 * caller's to dispose of.
 */
export class Ckks extends CkksEvaluator {
  readonly #ring: RingKernels;
  readonly #encoder: CkksEncoder;
  readonly #seeds: SeedSource;

  /** Residues that {@link encryptSeeded} works on at a time. */
  readonly #partResidues: number;

  private constructor(parameters: CkksParameters, ring: RingKernels, seeds: SeedSource, partResidues: number) {
    const encoder = new CkksEncoder(ring);
    super(parameters, ring, encoder);
    this.#ring = ring;
    this.#encoder = encoder;
    this.#seeds = seeds;
    this.#partResidues = partResidues;
  }

  /** Prepares the scheme on an engine. Throws LimitError where the engine's backend cannot hold the ring. */
  static async create(engine: Engine, parameters: CkksParameters, options?: SeedOptions): Promise<Ckks> {
    if (!(parameters instanceof CkksParameters)) {
      const remedy = "make them with chooseParameters or CkksParameters.from";
      throw new ParameterError({ what: "parameters", expected: "CkksParameters", got: show(parameters), remedy });
    }
    const kernels = kernelsOf(engine);
    const { backend, threads } = kernels.describe();
    // A GPU wants all at once; threads are as fast with little, which stays in their caches.
    const partResidues = backend === "wasm" ? THREAD_RESIDUES * threads : Number.POSITIVE_INFINITY;
    return new Ckks(parameters, await kernels.ring(parameters.degree, parameters.primes), seedSourceOf(options), partResidues);
  }

  /** A fresh ternary secret, with the public key that names it. */
  async generateSecretKey(): Promise<CkksSecretKey> {
    return this.#secretKey(freshSeed(this.#seeds), freshSeed(this.#seeds));
  }

  /** The public key of a secret, for its owner; each call makes the same one. */
  async publicKey(secret: CkksSecretKey): Promise<CkksPublicKey> {
    checkSecret(secret);
    checkKeyParameters(secret, this.parameters.hash);
    const seed = secret.exportSeed();
    try {
      const handle = await this.#publicPolynomials(seed, secret.publicSeed, secret.polynomial);
      return new CkksPublicKey(secret.id, this.parameters.hash, secret.publicSeed, handle);
    } finally {
      seed.fill(0);
    }
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
    if (!(key instanceof CkksSecretKey || key instanceof CkksPublicKey)) throw notAKey(key, "a CkksSecretKey or a CkksPublicKey");
    checkKeyParameters(key, this.parameters.hash);
    heedSignal(options.signal);
    const level = options.level ?? this.parameters.levels;
    const basis = this.parameters.basis(level);
    const message = await this.#ring.encode(vectors, { basis, scale: this.parameters.scale(level) }, options);
    try {
      return key instanceof CkksSecretKey
        ? await this.#encryptSecret(message, key, level)
        : await this.#encryptPublic(message, key, level);
    } finally {
      message.dispose();
    }
  }

  /**
   * What {@link exportCiphertext} would say of {@link encrypt} with the secret key, byte for byte from the same seeds, but in parts:
   * while the caller looks at one, the backend makes the next, and no more than two are in memory. Vectors are read, and
   * wrong ones refused, as the parts are asked for.
   */
  encryptSeeded(vectors: readonly ArrayLike<number>[], key: CkksSecretKey, options: EncryptOptions = {}): SeededExport {
    checkSecret(key);
    checkKeyParameters(key, this.parameters.hash);
    heedSignal(options.signal);
    const level = options.level ?? this.parameters.levels;
    const seed = freshSeed(this.#seeds);
    const description = { level, batch: vectors.length, seed };
    return seededExport(this.parameters, description, (target) =>
      this.#seededParts(target, vectors, key, seed, { ...options, level }),
    );
  }

  /**
   * Decrypts to [batch] vectors of N/2 slots. For the key owner alone: an approximate result that is shown to others
   * reveals something of the key (Li and Micciancio, EUROCRYPT 2021).
   */
  async decrypt(ciphertext: CkksCiphertext, secret: CkksSecretKey, options?: HostOptions): Promise<Float64Array[]> {
    checkSecret(secret);
    checkOwn(this.parameters, ciphertext);
    checkKeyParameters(secret, this.parameters.hash);
    checkSameKey(ciphertext.keyId, secret.id, "ciphertext");
    heedSignal(options?.signal);
    const { components, batch } = ciphertext;
    const ring = this.#ring;
    return inScope((keep) => {
      const c0 = components?.first ?? keep(ring.slice(ciphertext.handle, 0, batch));
      const c1 = components?.second ?? keep(ring.slice(ciphertext.handle, batch, batch));
      const s = keep(ring.restrict(secret.polynomial, c0.basis));
      const message = keep(ring.add(c0, keep(ring.multiply(c1, s))));
      return this.#encoder.decode(message, ciphertext.scale, options);
    });
  }

  /** What a message carries of a ciphertext: metadata, and packed residues (the first components and a seed where it is fresh). */
  async exportCiphertext(ciphertext: CkksCiphertext, options?: HostOptions): Promise<CiphertextExport> {
    checkOwn(this.parameters, ciphertext);
    heedSignal(options?.signal);
    return exportCiphertext(this.#ring, ciphertext, options);
  }

  /**
   * Reads hostile bytes back. Throws WireError naming what is wrong. `meanwhile` is called once the backend works on them; what
   * it throws is thrown.
   */
  importCiphertext(
    meta: unknown,
    section: (tag: string) => Uint8Array | undefined,
    keyId: Uint8Array,
    meanwhile?: () => void,
  ): Promise<CkksCiphertext> {
    return importCiphertext(this.parameters, this.#ring, meta, section, keyId, meanwhile);
  }

  /** The key file of a secret key: a container of kind secretKey. Whoever reads it can decrypt. */
  exportSecretKey(secret: CkksSecretKey): Uint8Array {
    checkSecret(secret);
    return exportSecretKey(secret);
  }

  /** Reads a secret key file. Throws WireError, or KeyMismatchError where it belongs to other parameters or its id to another key. */
  async importSecretKey(bytes: Uint8Array): Promise<CkksSecretKey> {
    const { id, seed, publicSeed } = readSecretKey(bytes, this.parameters.hash);
    const secret = await this.#secretKey(seed, publicSeed);
    try {
      checkSameKey(secret.id, id, "secret key");
      return secret;
    } catch (error) {
      secret.dispose();
      throw error;
    }
  }

  exportPublicKey(key: CkksPublicKey): Promise<Uint8Array> {
    return exportPublicKey(this.#ring, key);
  }

  /** Reads a public key file. Throws WireError, or KeyMismatchError where it belongs to other parameters or its id to another key. */
  async importPublicKey(bytes: Uint8Array): Promise<CkksPublicKey> {
    const { id, seed, b } = readPublicKey(bytes, this.parameters);
    const basis = this.parameters.primes;
    return inScope(async (keep) => {
      const a = keep(await this.#uniform(seed, basis, 1));
      const what = `public key, section '${B}'`;
      const handle = this.#ring.concat([keep(await this.#ring.uploadPacked(b, { basis, form: "ntt", batch: 1 }, what)), a]);
      return new CkksPublicKey(id, this.parameters.hash, seed, handle);
    });
  }

  /** Takes ownership of the secret seed. */
  async #secretKey(seed: Uint8Array, publicSeed: Uint8Array): Promise<CkksSecretKey> {
    const basis = this.parameters.primes;
    const polynomial = await this.#small("ternary", seed, Domain.SecretKey, basis, 1);
    try {
      const id = await inScope(async (keep) => {
        const both = keep(await this.#publicPolynomials(seed, publicSeed, polynomial));
        return publicKeyId(this.parameters.hash, publicSeed, await packedPublicKey(this.#ring, both));
      });
      return new CkksSecretKey(id, this.parameters.hash, seed, publicSeed, polynomial);
    } catch (error) {
      seed.fill(0);
      polynomial.dispose();
      throw error;
    }
  }

  /**
   * [2] polynomials (-a s + e, a). The error expands from the secret seed, so that a public seed, for all of its life, meets one
   * error alone: two public keys of one `a` and two errors would show the difference of the errors.
   */
  #publicPolynomials(seed: Uint8Array, publicSeed: Uint8Array, s: RingHandle): Promise<RingHandle> {
    const basis = this.parameters.primes;
    const ring = this.#ring;
    return inScope(async (keep) => {
      const a = keep(await this.#uniform(publicSeed, basis, 1));
      const e = keep(await this.#small("gaussian", seed, Domain.Error, basis, 1));
      const b = keep(ring.subtract(e, keep(ring.multiply(a, s))));
      return ring.concat([b, a]);
    });
  }

  /** Packs first components, some items at a time; one part is being made while the one before it is looked at. */
  async *#seededParts(
    target: Uint8Array,
    vectors: readonly ArrayLike<number>[],
    key: CkksSecretKey,
    publicSeed: Uint8Array,
    { level, signal, onProgress }: EncryptOptions & { readonly level: number },
  ): AsyncGenerator<number> {
    const ring = this.#ring;
    const secretSeed = freshSeed(this.#seeds);
    const basis = this.parameters.basis(level);
    const plan = { basis, scale: this.parameters.scale(level) };
    const perPart = Math.max(1, Math.floor(this.#partResidues / (basis.length * this.parameters.degree)));
    const itemBytes = target.length / vectors.length;
    let before: Promise<number> | undefined;
    try {
      for (let first = 0; first < vectors.length; first += perPart) {
        const progress = onProgress && ((done: number) => onProgress(first + done, vectors.length));
        const part = vectors.slice(first, first + perPart);
        const { packed } = await inScope(async (keep) => {
          const message = keep(await ring.encode(part, plan, { signal, onProgress: progress }));
          const { c0 } = await this.#seeded(keep, message, key, { publicSeed, secretSeed, first });
          const end = itemBytes * (first + part.length);
          const packed = ring.readPacked(c0, { signal, into: target.subarray(itemBytes * first, end) }).then(() => end);
          packed.catch(() => undefined);
          // Not the promise itself, which would be awaited here.
          return { packed };
        });
        if (before !== undefined) yield await before;
        before = packed;
      }
      if (before !== undefined) yield await before;
    } finally {
      secretSeed.fill(0);
    }
  }

  /** m + e - a s and a, for the items from `first` on of what the seeds expand to. */
  async #seeded(
    keep: Keep,
    message: RingHandle,
    key: CkksSecretKey,
    {
      publicSeed,
      secretSeed,
      first,
    }: { readonly publicSeed: Uint8Array; readonly secretSeed: Uint8Array; readonly first: number },
  ): Promise<{ c0: RingHandle; a: RingHandle }> {
    const { basis, batch } = message;
    const ring = this.#ring;
    const a = keep(await this.#uniform(publicSeed, basis, batch, first));
    const noisy = keep(await this.#noisy(message, secretSeed, first));
    const as = keep(ring.multiply(a, keep(ring.restrict(key.polynomial, basis))));
    return { c0: keep(ring.subtract(noisy, as)), a };
  }

  /** (m + e - a s, a) with a from a public seed; the message in coefficient form, so that one transform serves it and the error. */
  async #encryptSecret(message: RingHandle, key: CkksSecretKey, level: number): Promise<CkksCiphertext> {
    const publicSeed = freshSeed(this.#seeds);
    const secretSeed = freshSeed(this.#seeds);
    try {
      return await inScope(async (keep) => {
        const { c0, a } = await this.#seeded(keep, message, key, { publicSeed, secretSeed, first: 0 });
        return new CkksCiphertext(this.parameters, this.#ring.concat([c0, a]), level, 1, key.id, publicSeed);
      });
    } finally {
      secretSeed.fill(0);
    }
  }

  /** (m + e0 + b v, e1 + a v) with a ternary v; the message in coefficient form. */
  async #encryptPublic(message: RingHandle, key: CkksPublicKey, level: number): Promise<CkksCiphertext> {
    const { basis, batch } = message;
    const seed = freshSeed(this.#seeds);
    const ring = this.#ring;
    try {
      return await inScope(async (keep) => {
        const v = keep(await this.#small("ternary", seed, Domain.EncryptionKey, basis, batch));
        const noisy = keep(await this.#noisy(message, seed));
        const e1 = keep(await this.#small("gaussian", seed, Domain.SecondError, basis, batch));
        const keys = keep(ring.restrict(key.handle, basis));
        const bv = keep(ring.multiply(v, keep(ring.slice(keys, 0, 1))));
        const av = keep(ring.multiply(v, keep(ring.slice(keys, 1, 1))));
        const c0 = keep(ring.add(noisy, bv));
        const c1 = keep(ring.add(e1, av));
        return new CkksCiphertext(this.parameters, ring.concat([c0, c1]), level, 1, key.id);
      });
    } finally {
      seed.fill(0);
    }
  }

  /** m + e in NTT form, for a message in coefficient form. */
  #noisy(message: RingHandle, seed: Uint8Array, first = 0): Promise<RingHandle> {
    const { basis, batch } = message;
    const ring = this.#ring;
    return inScope(async (keep) => {
      const e = keep(await ring.sampleGaussian({ seed, domain: Domain.Error, first }, { basis, batch }));
      return ring.ntt(keep(ring.add(message, e)));
    });
  }

  /** Uniform polynomials in NTT form from a public seed. */
  #uniform(seed: Uint8Array, basis: readonly number[], batch: number, first = 0): Promise<RingHandle> {
    return this.#ring.sampleUniform({ seed, domain: Domain.PublicUniform, first }, { basis, form: "ntt", batch });
  }

  /** Small secret polynomials in NTT form. */
  #small(
    kind: "ternary" | "gaussian",
    seed: Uint8Array,
    domain: number,
    basis: readonly number[],
    batch: number,
  ): Promise<RingHandle> {
    const ring = this.#ring;
    const source = { seed, domain };
    const shape = { basis, batch };
    return inScope(async (keep) =>
      ring.ntt(keep(await (kind === "ternary" ? ring.sampleTernary(source, shape) : ring.sampleGaussian(source, shape)))),
    );
  }
}

function notAKey(got: unknown, expected: string): ParameterError {
  return new ParameterError({ what: "key", expected, got: show(got), remedy: "generate or import a key of this scheme" });
}

function checkSecret(secret: unknown): void {
  if (!(secret instanceof CkksSecretKey)) throw notAKey(secret, "a CkksSecretKey");
}
