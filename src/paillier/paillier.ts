/**
 * Paillier on an engine. {@link Paillier} holds a public key and can encrypt and compute; {@link PaillierDecryptor} holds a
 * secret key too. Which one a function takes says what it can see.
 */
import { type EngineLike, heedSignal, kernelsOf, type WorkOptions } from "../engine/index.js";
import { EncodingError, ParameterError, show } from "../errors.js";
import type { KernelBackend, ModularHandle, ModularKernels } from "../kernels/interface.js";
import { centred } from "../math/modular.js";
import { plainFactor } from "../math/paillier.js";
import { type SeedOptions, type SeedSource, seedSourceOf } from "../math/random.js";
import { fromScaledInteger } from "../math/rational.js";
import type { Section } from "../wire/index.js";
import { checkCiphertexts } from "./checks.js";
import { type CiphertextProperties, PaillierCiphertexts } from "./ciphertexts.js";
import { Decryption } from "./decrypt.js";
import { type DotOptions, dot } from "./dot.js";
import { checkEncoding, checkValues, encodeBound, encodeSlots, type SlotValues } from "./encoding.js";
import {
  add,
  addMany,
  addPlain,
  derived,
  type EvaluationContext,
  multiplyPlain,
  negate,
  type ScalarOptions,
  subtract,
  sum,
} from "./evaluate.js";
import { PaillierPublicKey, PaillierSecretKey } from "./keys.js";
import { Masking } from "./masking.js";
import { type MaskSource, PublicMaskSource } from "./masks.js";
import { matrixTimes, type PlainMatrix, timesMatrix } from "./matrix.js";
import { OwnerMaskSource, prefersHalves } from "./owner-masks.js";
import type { MaskPool } from "./pool.js";
import { capacity, checkLayout, type SlotLayout, singleSlot, unpackSlots } from "./slots.js";
import { decodeCiphertexts, encodeCiphertexts } from "./transport.js";

/** Options of encryption. */
export interface EncryptOptions extends WorkOptions {
  /** How plaintexts are cut; one slot unless given. */
  readonly layout?: SlotLayout;
  /** Fractional bits that are kept: a value v is held as the integer nearest to v 2^scaleBits. 0 unless given. */
  readonly scaleBits?: number;
  /**
   * Largest magnitude of any value. It travels with the ciphertexts in the clear, so take it from the plan and never from the data.
   * 2^53 unless given.
   */
  readonly bound?: number | bigint;
}

/** What is known of raw ciphertexts from elsewhere. */
export interface ImportOptions {
  readonly layout?: SlotLayout;
  readonly scaleBits?: number;
  /** Largest magnitude of a slot's integer; the capacity of a slot unless given. */
  readonly bound?: bigint;
}

/** Options of {@link Paillier.exportSections}. */
export interface ExportOptions extends WorkOptions {
  /** Two characters that tell several batches in one container apart; `C0` unless given. */
  readonly name?: string;
  /** Whether the exact bound travels along. By default it does for fresh encryptions alone: after a dot product it tells something of the weights. */
  readonly tellBound?: boolean;
}

const DEFAULT_BOUND = 2n ** 53n;

export class Paillier {
  readonly publicKey: PaillierPublicKey;
  protected readonly backend: KernelBackend;
  /** Kernels modulo n^2. */
  protected readonly kernels: ModularKernels;
  readonly #masking: Masking;

  protected constructor(backend: KernelBackend, kernels: ModularKernels, key: PaillierPublicKey, masks: MaskSource) {
    this.backend = backend;
    this.kernels = kernels;
    this.publicKey = key;
    this.#masking = new Masking(this.context(), masks);
  }

  /** Opens the scheme on an engine. Key and engine stay the caller's and must outlive it. */
  static create(engine: EngineLike, key: PaillierSecretKey, options?: SeedOptions): Promise<PaillierDecryptor>;
  static create(engine: EngineLike, key: PaillierPublicKey, options?: SeedOptions): Promise<Paillier>;
  static async create(
    engine: EngineLike,
    key: PaillierPublicKey | PaillierSecretKey,
    options: SeedOptions = {},
  ): Promise<Paillier> {
    const seeds = seedSourceOf(options);
    if (key instanceof PaillierSecretKey) return PaillierDecryptor.open(engine, key, seeds);
    // Anything else would have passed none of the checks that a key has passed.
    if (!(key instanceof PaillierPublicKey)) {
      const expected = "a PaillierPublicKey or a PaillierSecretKey";
      throw new ParameterError({ what: "key", expected, got: show(key), remedy: "generate, load or import a key" });
    }
    const kernels = kernelsOf(engine);
    const modular = await kernels.modular({ n: key.n, power: 2 });
    return new Paillier(kernels, modular, key, new PublicMaskSource(modular, key, seeds));
  }

  /** Masks made ahead: encryption and re-randomisation use them up first. */
  get pool(): MaskPool {
    return this.#masking.pool;
  }

  /**
   * Encrypts one ciphertext per vector of up to `layout.slots` values. Throws EncodingError for NaN, infinities and values beyond the
   * bound, LevelError for a bound that no slot can hold, and ParameterError for a layout that does not fit the key.
   */
  async encryptSlots(vectors: readonly SlotValues[], options: EncryptOptions = {}): Promise<PaillierCiphertexts> {
    const { layout = singleSlot(this.publicKey.bits), scaleBits = 0 } = options;
    checkLayout(layout, this.publicKey.bits);
    const encoding = { layout, scaleBits, bound: encodeBound(options.bound ?? DEFAULT_BOUND, scaleBits) };
    checkEncoding(encoding);
    if (!Array.isArray(vectors) || vectors.length === 0) {
      const got = Array.isArray(vectors) ? "none" : show(vectors);
      throw new ParameterError({ what: "values", expected: "at least one", got, remedy: "pass an array that is not empty" });
    }
    const handle = await this.#encrypted(
      vectors.map((vector) => encodeSlots(vector, encoding)),
      options,
    );
    return new PaillierCiphertexts(handle, { key: this.publicKey, ...encoding, fresh: true });
  }

  /**
   * Encrypts integers modulo n as they are, without slots or bounds: the inverse of {@link PaillierDecryptor.decryptPlaintexts}, for
   * programs with an encoding of their own. Throws EncodingError for anything but bigints and ParameterError for an empty list.
   */
  async encryptPlaintexts(plaintexts: readonly bigint[], options: WorkOptions = {}): Promise<PaillierCiphertexts> {
    if (!Array.isArray(plaintexts) || plaintexts.length === 0) {
      const got = Array.isArray(plaintexts) ? "none" : show(plaintexts);
      throw new ParameterError({ what: "plaintexts", expected: "at least one", got, remedy: "pass an array that is not empty" });
    }
    const bad = plaintexts.findIndex((m) => typeof m !== "bigint");
    if (bad >= 0) {
      const got = show(plaintexts[bad]);
      throw new EncodingError({ what: `plaintext ${bad}`, expected: "a bigint", got, remedy: "convert it with BigInt()" });
    }
    const layout = singleSlot(this.publicKey.bits);
    const handle = await this.#encrypted(plaintexts, options);
    return new PaillierCiphertexts(handle, { key: this.publicKey, layout, scaleBits: 0, bound: capacity(layout), fresh: true });
  }

  /** Encrypts every value in a ciphertext of its own, in its first slot. Throws as {@link encryptSlots}. */
  async encrypt(values: SlotValues, options: EncryptOptions = {}): Promise<PaillierCiphertexts> {
    checkValues(values);
    return this.encryptSlots(
      Array.from(values as ArrayLike<number | bigint>, (v) => [v] as SlotValues),
      options,
    );
  }

  /** a + b, ciphertext by ciphertext; b's batch divides a's. */
  add(a: PaillierCiphertexts, b: PaillierCiphertexts): PaillierCiphertexts {
    return add(this.context(), a, b);
  }

  /** a - b, as {@link add}; one inversion serves the batch. */
  subtract(a: PaillierCiphertexts, b: PaillierCiphertexts, options?: WorkOptions): Promise<PaillierCiphertexts> {
    return subtract(this.context(), a, b, options);
  }

  /** -a; one inversion serves the batch. */
  negate(a: PaillierCiphertexts, options?: WorkOptions): Promise<PaillierCiphertexts> {
    return negate(this.context(), a, options);
  }

  /** The sum of batches of one size, ciphertext by ciphertext. */
  addMany(parts: readonly PaillierCiphertexts[]): PaillierCiphertexts {
    return addMany(this.context(), parts);
  }

  /** The sums of runs of ciphertexts: [groups, terms] to [groups]. */
  sum(a: PaillierCiphertexts, groups = 1): PaillierCiphertexts {
    return sum(this.context(), a, groups);
  }

  /** a + plain vectors at a's scale: one for all ciphertexts, or a number of them that divides the batch. */
  addPlain(a: PaillierCiphertexts, vectors: readonly SlotValues[]): PaillierCiphertexts {
    return addPlain(this.context(), a, vectors);
  }

  /** a times plain numbers, of either sign: one for all ciphertexts, or a number of them that divides the batch. */
  multiplyPlain(
    a: PaillierCiphertexts,
    scalars: number | bigint | readonly (number | bigint)[],
    options?: ScalarOptions,
  ): Promise<PaillierCiphertexts> {
    return multiplyPlain(this.context(), a, scalars, options);
  }

  /** Dot products with weights [outputs][features], of either sign: a as [groups, features] to [groups, outputs]. */
  dot(
    a: PaillierCiphertexts,
    weights: readonly ArrayLike<number | bigint>[],
    options?: DotOptions,
  ): Promise<PaillierCiphertexts> {
    return dot(this.context(), a, weights, options);
  }

  /** A W for an encrypted matrix, row by row, and plain weights [inner][columns] of either sign: [rows, columns]. */
  timesMatrix(a: PaillierCiphertexts, weights: PlainMatrix, options?: ScalarOptions): Promise<PaillierCiphertexts> {
    return timesMatrix(this.context(), a, weights, options);
  }

  /** W A for plain weights [rows][inner] of either sign and an encrypted matrix, row by row: [rows, columns]. */
  matrixTimes(weights: PlainMatrix, a: PaillierCiphertexts, options?: ScalarOptions): Promise<PaillierCiphertexts> {
    return matrixTimes(this.context(), weights, a, options);
  }

  /** The same plaintexts under new randomness: nobody can tell which ciphertexts they come from. */
  async rerandomise(a: PaillierCiphertexts, options: WorkOptions = {}): Promise<PaillierCiphertexts> {
    const handle = a.handle(this.publicKey);
    const result = await this.#masking.masked(a.batch, options, (start, count) => this.kernels.slice(handle, start, count));
    return derived(result, a, { fresh: true });
  }

  /** Ciphertexts [start, start + count). */
  slice(a: PaillierCiphertexts, start: number, count: number): PaillierCiphertexts {
    // Not fresh: the same numbers may leave by way of the whole batch too.
    return derived(this.kernels.slice(a.handle(this.publicKey), start, count), a, {});
  }

  /** Sections for a container, re-randomised first unless fresh. The caller names the key in the container's header. */
  async exportSections(a: PaillierCiphertexts, options: ExportOptions = {}): Promise<Section[]> {
    const { name, tellBound = a.fresh, signal } = options;
    const values = await this.#released(a, options, (handle) => this.kernels.read(handle, { signal }));
    const { key, layout, scaleBits, bound, fresh } = a;
    return encodeCiphertexts({ key, layout, scaleBits, bound, fresh, values, name, tellBound });
  }

  /** Reads and checks the sections of a batch. Throws WireError or KeyMismatchError. */
  importSections(
    sections: ReadonlyMap<string, Uint8Array>,
    options?: { readonly what?: string; readonly name?: string },
  ): PaillierCiphertexts {
    const { values, layout, scaleBits, bound } = decodeCiphertexts(sections, this.publicKey, options);
    return this.#uploaded(values, { layout, scaleBits, bound });
  }

  /** Raw ciphertexts as integers in (0, n^2), re-randomised first unless fresh: for other Paillier programs. */
  exportIntegers(a: PaillierCiphertexts, options: WorkOptions = {}): Promise<bigint[]> {
    return this.#released(a, options, (handle) => this.kernels.read(handle, options));
  }

  /** Ciphertexts of other Paillier programs with g = n + 1. Throws WireError unless 0 < c < n^2 and gcd(c, n) = 1. */
  importIntegers(values: readonly bigint[], options: ImportOptions = {}): PaillierCiphertexts {
    const { layout = singleSlot(this.publicKey.bits), scaleBits = 0, bound = capacity(layout) } = options;
    checkLayout(layout, this.publicKey.bits);
    checkEncoding({ layout, scaleBits, bound });
    checkCiphertexts(values, this.publicKey, "ciphertexts");
    return this.#uploaded(values, { layout, scaleBits, bound });
  }

  /** Frees the table of powers and the pool: encryption, re-randomisation and export throw LifetimeError then. Ciphertexts live on; calling it twice is allowed. */
  dispose(): void {
    this.#masking.dispose();
  }

  /** Internal: where operations run. */
  context(): EvaluationContext {
    return { backend: this.backend, kernels: this.kernels, key: this.publicKey };
  }

  #uploaded(
    values: readonly bigint[],
    properties: Pick<CiphertextProperties, "layout" | "scaleBits" | "bound">,
  ): PaillierCiphertexts {
    return new PaillierCiphertexts(this.kernels.upload(values), { key: this.publicKey, fresh: false, ...properties });
  }

  #encrypted(plaintexts: readonly bigint[], options: WorkOptions): Promise<ModularHandle> {
    const { n } = this.publicKey;
    return this.#masking.masked(plaintexts.length, options, (start, count) =>
      this.kernels.upload(plaintexts.slice(start, start + count).map((m) => plainFactor(m, n))),
    );
  }

  /** Hands fresh numbers to `read`: the batch itself, or a re-randomised copy that is freed afterwards. */
  async #released<T>(a: PaillierCiphertexts, options: WorkOptions, read: (handle: ModularHandle) => Promise<T>): Promise<T> {
    heedSignal(options.signal);
    if (a.fresh) return read(a.handle(this.publicKey));
    const copy = await this.rerandomise(a, options);
    try {
      return await read(copy.handle(this.publicKey));
    } finally {
      copy.dispose();
    }
  }
}

/** The key owner's side: everything of {@link Paillier}, and decryption. */
export class PaillierDecryptor extends Paillier {
  readonly #decryption: Decryption;

  private constructor(
    backend: KernelBackend,
    kernels: ModularKernels,
    key: PaillierPublicKey,
    masks: MaskSource,
    decryption: Decryption,
  ) {
    super(backend, kernels, key, masks);
    this.#decryption = decryption;
  }

  /** Internal: {@link Paillier.create} with a secret key. */
  static async open(engine: EngineLike, key: PaillierSecretKey, seeds: SeedSource): Promise<PaillierDecryptor> {
    const kernels = kernelsOf(engine);
    const decryption = await Decryption.create(kernels, key, seeds);
    const modular = await kernels.modular({ n: key.publicKey.n, power: 2 });
    const masks = prefersHalves(kernels, key)
      ? new OwnerMaskSource(modular, decryption.halves, key, seeds)
      : new PublicMaskSource(modular, key.publicKey, seeds);
    return new PaillierDecryptor(kernels, modular, key.publicKey, masks, decryption);
  }

  /** The plaintexts in [0, n) as they are, without slots or signs: for ciphertexts of other programs. Throws SecurityError after a fault. */
  async decryptPlaintexts(a: PaillierCiphertexts, options: WorkOptions = {}): Promise<bigint[]> {
    heedSignal(options.signal);
    return this.#decryption.decrypt(await this.kernels.read(a.handle(this.publicKey), options), options);
  }

  /** The slot integers [batch][slots]. Throws SecurityError where a result fails the fault check, and EncodingError where slots have overflowed. */
  async decryptIntegers(a: PaillierCiphertexts, options: WorkOptions = {}): Promise<bigint[][]> {
    const plaintexts = await this.decryptPlaintexts(a, options);
    return plaintexts.map((m) => unpackSlots(centred(m, this.publicKey.n), a.layout));
  }

  /** The slot values [batch][slots] as the nearest float64. Throws as {@link decryptIntegers}. */
  async decryptSlots(a: PaillierCiphertexts, options: WorkOptions = {}): Promise<Float64Array[]> {
    const rows = await this.decryptIntegers(a, options);
    return rows.map((row) => Float64Array.from(row, (v) => fromScaledInteger(v, a.scaleBits)));
  }

  /** The value of the first slot of every ciphertext, as the nearest float64: the inverse of {@link encrypt}. */
  async decrypt(a: PaillierCiphertexts, options: WorkOptions = {}): Promise<Float64Array> {
    const rows = await this.decryptIntegers(a, options);
    return Float64Array.from(rows, (row) => fromScaledInteger(row[0], a.scaleBits));
  }

  /** Forgets the blinding and frees the table of powers. The secret key stays the caller's to dispose of. */
  override dispose(): void {
    this.#decryption.dispose();
    super.dispose();
  }
}
