import { type Engine, heedSignal, kernelsOf } from "../engine/index.js";
import { ParameterError, show } from "../errors.js";
import type { DecodeOptions, HostOptions, RingHandle, RingKernels, SlotValues } from "../kernels/interface.js";
import type { ComplexSlots } from "../math/embedding.js";
import { Domain, freshSeed, type SeedOptions, type SeedSource, seedSourceOf } from "../math/random.js";
import { BackPressure } from "./back-pressure.js";
import { CkksCiphertext, checkOwn, checkSameKey, checkSameParameters } from "./ciphertext.js";
import { CkksEncoder } from "./encoder.js";
import { encryptPublic, encryptSecret, openWith, small, uniform } from "./encryption.js";
import { type CkksEvaluationKeys, checkEvaluationKeys } from "./evaluation-keys.js";
import { CkksEvaluator } from "./evaluator/index.js";
import * as files from "./files/index.js";
import { B, exportPublicKey, exportSecretKey, packedPublicKey, publicKeyId, readPublicKey, readSecretKey } from "./key-files.js";
import { makeEvaluationKeys } from "./key-generation.js";
import { type KeyNeeds, KeyPlan, keysFor } from "./key-plan.js";
import { CkksPublicKey, CkksSecretKey, checkKeyParameters } from "./keys.js";
import { freshEstimate } from "./noise.js";
import { CkksParameters } from "./parameters.js";
import { CkksPlaintext, type EncodeOptions, makePlaintext, type PlaintextMaker } from "./plaintext.js";
import { releaseDecrypt } from "./release.js";
import type { ReleasePlan } from "./release-terms.js";
import { inScope } from "./scope.js";
import { encryptSeeded, partResiduesOf, type SeededOptions } from "./seeded-encryption.js";
import {
  type CiphertextExport,
  type EarlyImport,
  exportCiphertext,
  importCiphertext,
  importEarly,
  type SeededExport,
} from "./serialization.js";

/** Options of encryption. */
export interface EncryptOptions extends HostOptions {
  /** The level of the ciphertexts; the top one unless said otherwise. */
  readonly level?: number;
  /** The largest |value|, public, which predictions of precision start from; 1 unless said otherwise. The values are not held against it. */
  readonly magnitude?: number;
}

/**
 * CKKS (Cheon, Kim, Kim, Song, ASIACRYPT 2017) in its RNS form (Cheon, Han, Kim, Kim, Song, SAC 2018) on the kernels of an engine.
 * Values are vectors of up to N/2 real numbers; everything works on batches. Objects that this scheme returns are the
 * caller's to dispose of.
 */
export class Ckks extends CkksEvaluator {
  readonly #seeds: SeedSource;
  /** Residues that {@link encryptSeeded} works on at a time. */
  readonly #partResidues: number;

  private constructor(
    parameters: CkksParameters,
    ring: RingKernels,
    seeds: SeedSource,
    partResidues: number,
    /** @internal Starts and awaits all recorded work. */
    protected readonly flush: () => Promise<void>,
  ) {
    super(parameters, ring, new CkksEncoder(ring));
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
    const ring = await kernels.ring(parameters.degree, parameters.allPrimes);
    return new Ckks(parameters, ring, seedSourceOf(options), partResiduesOf(kernels.describe()), () => kernels.flush());
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

  /** The evaluation keys that a computation needs, and no others; what they are for is `needs`. See {@link keysFor}. */
  keysFor(needs: KeyNeeds): KeyPlan {
    return keysFor(this.parameters, needs);
  }

  /**
   * The evaluation keys of a plan, for who computes without the secret. They rest in the backend and take `plan.bytes`; each call makes
   * others. Throws KeyMismatchError for a secret or a plan of other parameters.
   */
  async generateEvaluationKeys(secret: CkksSecretKey, plan: KeyPlan): Promise<CkksEvaluationKeys> {
    checkSecret(secret);
    checkKeyParameters(secret, this.parameters.hash);
    if (!(plan instanceof KeyPlan)) {
      const remedy = "make it with keysFor";
      throw new ParameterError({ what: "key plan", expected: "a KeyPlan", got: show(plan), remedy });
    }
    checkSameParameters(this.parameters, plan.parameters, "key plan");
    const maker = { ring: this.ring, parameters: this.parameters, seeds: this.#seeds, pressure: new BackPressure(this.flush) };
    return makeEvaluationKeys(maker, secret, plan);
  }

  /**
   * Encodes vectors of real or complex slots, or numbers that fill all slots, for products and sums with ciphertexts: once for many of them.
   * Throws EncodingError for NaN, infinity, too many slots and values that the level cannot hold, LevelError for a level out of range.
   */
  encode(items: readonly (SlotValues | number)[], options?: EncodeOptions): Promise<CkksPlaintext> {
    return makePlaintext(this.#maker, items, options);
  }

  /**
   * Encrypts one vector of at most N/2 real or complex slots an item. With the secret key: less noise, and half the bytes on the wire.
   * Throws EncodingError for NaN, infinity or values that the modulus cannot hold, KeyMismatchError for a foreign key.
   */
  async encrypt(
    vectors: readonly SlotValues[],
    key: CkksSecretKey | CkksPublicKey,
    options: EncryptOptions = {},
  ): Promise<CkksCiphertext> {
    if (!(key instanceof CkksSecretKey || key instanceof CkksPublicKey)) throw notAKey(key, "a CkksSecretKey or a CkksPublicKey");
    const { parameters, ring } = this;
    checkKeyParameters(key, parameters.hash);
    heedSignal(options.signal);
    const { level = parameters.levels, magnitude = 1 } = options;
    const basis = parameters.basis(level);
    const isSecret = key instanceof CkksSecretKey;
    const estimate = freshEstimate(parameters, level, isSecret ? "secret" : "public", magnitude);
    return inScope(async (keep) => {
      const message = keep(await ring.encode(vectors, { basis, scale: parameters.scale(level) }, options));
      const { handle, seed } = isSecret
        ? await encryptSecret(ring, message, key, this.#seeds)
        : await encryptPublic(ring, message, key, this.#seeds);
      return new CkksCiphertext(parameters, handle, { level, scaleDegree: 1, keyId: key.id, seed, estimate });
    });
  }

  /**
   * What {@link exportCiphertext} would say of {@link encrypt} with the secret key, byte for byte from the same seeds, but in parts:
   * while the caller looks at one, the backend makes the next, and no more than two are in memory. Vectors are read, and
   * wrong ones refused, as the parts are asked for; they are made once.
   */
  encryptSeeded(vectors: readonly SlotValues[], key: CkksSecretKey, options: SeededOptions = {}): SeededExport {
    checkSecret(key);
    checkKeyParameters(key, this.parameters.hash);
    heedSignal(options.signal);
    const { parameters, ring } = this;
    return encryptSeeded({ parameters, ring, seeds: this.#seeds, partResidues: this.#partResidues }, vectors, key, options);
  }

  /**
   * Decrypts to [batch] vectors of N/2 slots, their real parts. For the key owner alone: an approximate result that is shown to others
   * reveals something of the key (Li and Micciancio, EUROCRYPT 2021).
   */
  async decrypt(ciphertext: CkksCiphertext, secret: CkksSecretKey, options?: HostOptions): Promise<Float64Array[]> {
    return (await this.#decrypt(ciphertext, secret, { ...options, realOnly: true })).map(({ re }) => re);
  }

  /**
   * Decrypts to real parts that may be shown to others, also to those who hold the ciphertext: flooded with noise for the worst case of a
   * plan that the key's owner trusts, never of the ciphertext's own account, and rounded to multiples of `releaseTerms(...).step`
   * (Li, Micciancio, EUROCRYPT 2021; Li, Micciancio, Schultz, Sorrell, CRYPTO 2022). Each ciphertext is released once. release.ts says what
   * this protects and what it does not. Throws ParameterError where the scale leaves no room (use composite levels), LevelError for
   * a ciphertext that is not where the plan says, SecurityError for a second release and for more than planned.
   */
  async decryptForRelease(
    ciphertext: CkksCiphertext,
    secret: CkksSecretKey,
    plan: ReleasePlan,
    options?: HostOptions,
  ): Promise<Float64Array[]> {
    checkSecret(secret);
    const context = { parameters: this.parameters, ring: this.ring, seeds: this.#seeds };
    return releaseDecrypt(context, ciphertext, secret, plan, options);
  }

  /** As {@link decrypt}, with the imaginary parts. */
  decryptComplex(ciphertext: CkksCiphertext, secret: CkksSecretKey, options?: HostOptions): Promise<ComplexSlots[]> {
    return this.#decrypt(ciphertext, secret, { ...options, realOnly: false });
  }

  /** What a message carries of a ciphertext: metadata, and packed residues (the first components and a seed where it is fresh). */
  async exportCiphertext(ciphertext: CkksCiphertext, options?: HostOptions): Promise<CiphertextExport> {
    checkOwn(this.parameters, ciphertext);
    heedSignal(options?.signal);
    return exportCiphertext(this.ring, ciphertext, options);
  }

  /** Reads hostile bytes back. Throws WireError naming what is wrong. */
  importCiphertext(meta: unknown, section: (tag: string) => Uint8Array | undefined, keyId: Uint8Array): Promise<CkksCiphertext> {
    return importCiphertext(this.parameters, this.ring, meta, section, keyId);
  }

  /**
   * The same for who records a whole computation before it awaits anything: residues are looked at last, by the check of what this
   * returns, and go to the backend together with the computation. Throws WireError for anything but them.
   */
  importEarly(meta: unknown, section: (tag: string) => Uint8Array | undefined, keyId: Uint8Array): Promise<EarlyImport> {
    return importEarly(this.parameters, this.ring, meta, section, keyId);
  }

  /** A file of ciphertexts that stand alone: a container of kind ciphertext. Fresh secret-key encryptions take half the bytes. */
  async exportCiphertextFile(ciphertext: CkksCiphertext, options?: HostOptions): Promise<Uint8Array> {
    checkOwn(this.parameters, ciphertext);
    heedSignal(options?.signal);
    return files.exportCiphertextFile(this.ring, ciphertext, options);
  }

  /** Reads hostile bytes. Throws WireError naming the field, KeyMismatchError for other parameters. Its estimate is the sender's claim. */
  importCiphertextFile(bytes: Uint8Array): Promise<CkksCiphertext> {
    return files.importCiphertextFile(this.parameters, this.ring, bytes);
  }

  /** A file of plaintexts: a container of kind plaintext, with the values. */
  exportPlaintext(plaintext: CkksPlaintext): Uint8Array {
    checkPlaintext(plaintext);
    checkSameParameters(this.parameters, plaintext.parameters, "plaintext");
    return files.exportPlaintext(plaintext);
  }

  /** Reads hostile bytes. Throws WireError naming the field, KeyMismatchError for other parameters. */
  importPlaintext(bytes: Uint8Array): Promise<CkksPlaintext> {
    return files.importPlaintext(this.#maker, bytes);
  }

  /** A file of evaluation keys: a container of kind switchingKeys. Half of each key is a seed. */
  async exportEvaluationKeys(keys: CkksEvaluationKeys, options?: HostOptions): Promise<Uint8Array> {
    checkEvaluationKeys(this.parameters, keys);
    heedSignal(options?.signal);
    return files.exportEvaluationKeys(this.ring, keys, options);
  }

  /** Reads hostile bytes. Throws WireError naming the field, KeyMismatchError for other parameters. */
  async importEvaluationKeys(bytes: Uint8Array): Promise<CkksEvaluationKeys> {
    return files.importEvaluationKeys(this.parameters, this.ring, bytes);
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
    return exportPublicKey(this.ring, key);
  }

  /** Reads a public key file. Throws WireError, or KeyMismatchError where it belongs to other parameters or its id to another key. */
  async importPublicKey(bytes: Uint8Array): Promise<CkksPublicKey> {
    const { id, seed, b } = readPublicKey(bytes, this.parameters);
    const basis = this.parameters.primes;
    return inScope(async (keep) => {
      const a = keep(await uniform(this.ring, seed, basis, 1));
      const what = `public key, section '${B}'`;
      const handle = this.ring.concat([keep(await this.ring.uploadPacked(b, { basis, form: "ntt", batch: 1 }, what)), a]);
      return new CkksPublicKey(id, this.parameters.hash, seed, handle);
    });
  }

  get #maker(): PlaintextMaker {
    return { parameters: this.parameters, encoder: this.encoder };
  }

  async #decrypt(ciphertext: CkksCiphertext, secret: CkksSecretKey, options: DecodeOptions): Promise<ComplexSlots[]> {
    checkSecret(secret);
    checkOwn(this.parameters, ciphertext);
    checkKeyParameters(secret, this.parameters.hash);
    checkSameKey(ciphertext.keyId, secret.id, "ciphertext");
    heedSignal(options.signal);
    return inScope(async (keep) => {
      const message = keep(openWith(this.ring, ciphertext, secret.polynomial));
      return this.encoder.decode(message, ciphertext.scale, options);
    });
  }

  /** Takes ownership of the secret seed. */
  async #secretKey(seed: Uint8Array, publicSeed: Uint8Array): Promise<CkksSecretKey> {
    const { hash, allPrimes } = this.parameters;
    const polynomial = await small(this.ring, "ternary", { seed, domain: Domain.SecretKey }, allPrimes, 1);
    try {
      const id = await inScope(async (keep) => {
        const both = keep(await this.#publicPolynomials(seed, publicSeed, polynomial));
        return publicKeyId(hash, publicSeed, await packedPublicKey(this.ring, both));
      });
      return new CkksSecretKey(id, hash, seed, publicSeed, polynomial);
    } catch (error) {
      seed.fill(0);
      polynomial.dispose();
      throw error;
    }
  }

  /**
   * [2] polynomials (-a s + e, a) over the primes of Q. The error expands from the secret seed, so that a public seed, for all of its
   * life, meets one error alone: two public keys of one `a` and two errors would show the difference of the errors.
   */
  #publicPolynomials(seed: Uint8Array, publicSeed: Uint8Array, s: RingHandle): Promise<RingHandle> {
    const { ring } = this;
    const basis = this.parameters.primes;
    return inScope(async (keep) => {
      const a = keep(await uniform(ring, publicSeed, basis, 1));
      const e = keep(await small(ring, "gaussian", { seed, domain: Domain.Error }, basis, 1));
      const as = keep(ring.multiply(a, keep(ring.restrict(s, basis))));
      return ring.concat([keep(ring.subtract(e, as)), a]);
    });
  }
}

function notAKey(got: unknown, expected: string): ParameterError {
  return new ParameterError({ what: "key", expected, got: show(got), remedy: "generate or import a key of this scheme" });
}

function checkSecret(secret: unknown): void {
  if (!(secret instanceof CkksSecretKey)) throw notAKey(secret, "a CkksSecretKey");
}

function checkPlaintext(plaintext: unknown): void {
  if (plaintext instanceof CkksPlaintext) return;
  throw new ParameterError({
    what: "plaintext",
    expected: "a CkksPlaintext",
    got: show(plaintext),
    remedy: "encode values first",
  });
}
