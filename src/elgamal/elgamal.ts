/**
 * ElGamal on an engine. {@link ElGamal} holds a public key and can encrypt and compute; {@link ElGamalDecryptor} holds a
 * secret key too. Which one a function takes says what it can see.
 */
import { chunkSize, type EngineLike, heedSignal, inChunks, kernelsOf, paced, type WorkOptions } from "../engine/index.js";
import { ParameterError, show } from "../errors.js";
import type { KernelBackend, ModularHandle, ModularKernels } from "../kernels/interface.js";
import { type SeedOptions, type SeedSource, seedSourceOf } from "../math/random.js";
import type { Section } from "../wire/index.js";
import { ElGamalCiphertexts } from "./ciphertexts.js";
import { CountPowers } from "./count-powers.js";
import { CountSearch } from "./count-search.js";
import { openPair } from "./decrypt.js";
import { checkBound, checkCount, decodeFactor, type ElGamalKind, encodeFactor, integersOf, MAX_COUNT } from "./encoding.js";
import { combine, combineRuns, type EvaluationContext, raise } from "./evaluate.js";
import { ElGamalPublicKey, ElGamalSecretKey } from "./keys.js";
import { MaskSource } from "./masks.js";
import { disposePair, makePair, type Pair } from "./pair.js";
import { decodeCiphertexts, encodeCiphertexts, type SectionOptions } from "./transport.js";

/** Options of {@link ElGamal.encryptCounts}. */
export interface CountOptions extends WorkOptions {
  /**
   * Largest magnitude of any count, at most 2^32. It travels with the ciphertexts in the clear, and grows with every sum: take it from what is
   * counted (1 for votes) and never from the data. 2^20 unless given.
   */
  readonly bound?: number;
}

/** Options of {@link ElGamal.exportSections}. */
export interface ElGamalExportOptions extends WorkOptions {
  /** Two characters that tell several batches in one container apart; `C0` unless given. */
  readonly name?: string;
  /** Whether the exact bound of counts travels along, or 2^32. By default it does for fresh encryptions alone: after a computation it tells something of it. */
  readonly tellBound?: boolean;
}

/** Numbers, or bigints, in any array. */
export type Integers = ArrayLike<number | bigint>;

const DEFAULT_BOUND = 2 ** 20;

export class ElGamal {
  readonly publicKey: ElGamalPublicKey;
  protected readonly backend: KernelBackend;
  /** Kernels modulo p. */
  protected readonly kernels: ModularKernels;
  readonly #masks: MaskSource;
  readonly #counts: CountPowers;

  protected constructor(backend: KernelBackend, kernels: ModularKernels, key: ElGamalPublicKey, seeds: SeedSource) {
    this.backend = backend;
    this.kernels = kernels;
    this.publicKey = key;
    this.#masks = new MaskSource(kernels, key, seeds);
    this.#counts = new CountPowers(kernels, key.group);
  }

  /** Opens the scheme on an engine. Key and engine stay the caller's and must outlive it. */
  static create(engine: EngineLike, key: ElGamalSecretKey, options?: SeedOptions): Promise<ElGamalDecryptor>;
  static create(engine: EngineLike, key: ElGamalPublicKey, options?: SeedOptions): Promise<ElGamal>;
  static async create(engine: EngineLike, key: ElGamalPublicKey | ElGamalSecretKey, options: SeedOptions = {}): Promise<ElGamal> {
    const seeds = seedSourceOf(options);
    if (key instanceof ElGamalSecretKey) return ElGamalDecryptor.open(engine, key, seeds);
    // Anything else would have passed none of the checks that a key has passed.
    if (!(key instanceof ElGamalPublicKey)) {
      const expected = "an ElGamalPublicKey or an ElGamalSecretKey";
      throw new ParameterError({ what: "key", expected, got: show(key), remedy: "generate or load a key" });
    }
    const backend = kernelsOf(engine);
    return new ElGamal(backend, await backend.modular({ n: key.group.p, power: 1 }), key, seeds);
  }

  /** Encrypts integers from 1 to q = (p - 1) / 2, to be multiplied, a ciphertext each. Throws EncodingError for zero and for all others. */
  async encryptFactors(values: Integers, options: WorkOptions = {}): Promise<ElGamalCiphertexts> {
    const { group } = this.publicKey;
    heedSignal(options.signal);
    const factors = integersOf(values, "factor");
    const elements: bigint[] = [];
    // A Jacobi symbol each, which for long factors is most of a millisecond.
    await paced(factors.length, (i) => elements.push(encodeFactor(factors[i], group, `factor ${i}`)), { signal: options.signal });
    return this.#encrypted(elements.length, "factors", 0, options, (start, count) =>
      this.kernels.upload(elements.slice(start, start + count)),
    );
  }

  /** Encrypts integers of either sign, to be added, a ciphertext each. Throws EncodingError for those beyond the bound. */
  async encryptCounts(values: Integers, options: CountOptions = {}): Promise<ElGamalCiphertexts> {
    const bound = checkBound(options.bound ?? DEFAULT_BOUND);
    const counts = integersOf(values, "count").map((v, i) => checkCount(v, bound, `count ${i}`));
    return this.#encrypted(counts.length, "counts", bound, options, (start, count) =>
      this.#counts.of(counts.slice(start, start + count)),
    );
  }

  /** Factors of a times factors of b, ciphertext by ciphertext; b's batch divides a's. */
  multiply(a: ElGamalCiphertexts, b: ElGamalCiphertexts): ElGamalCiphertexts {
    return combine(this.#context(), a, b, "factors");
  }

  /** The products of runs of factors: [groups, terms] to [groups]. */
  product(a: ElGamalCiphertexts, groups = 1): ElGamalCiphertexts {
    return combineRuns(this.#context(), a, groups, "factors");
  }

  /** Factors to plain powers: one exponent for all, or a number of them that divides the batch. A negative one inverts modulo p. */
  power(a: ElGamalCiphertexts, exponents: number | bigint | Integers, options?: WorkOptions): Promise<ElGamalCiphertexts> {
    return raise(this.#context(), a, exponents, "factors", options);
  }

  /** Counts of a plus counts of b, ciphertext by ciphertext; b's batch divides a's. Throws LevelError where one could pass 2^32. */
  add(a: ElGamalCiphertexts, b: ElGamalCiphertexts): ElGamalCiphertexts {
    return combine(this.#context(), a, b, "counts");
  }

  /** The sums of runs of counts: [groups, terms] to [groups]. Throws LevelError where one could pass 2^32. */
  sum(a: ElGamalCiphertexts, groups = 1): ElGamalCiphertexts {
    return combineRuns(this.#context(), a, groups, "counts");
  }

  /** Counts times plain integers of either sign: one for all, or a number of them that divides the batch. Rejects with LevelError where one could pass 2^32. */
  multiplyPlain(a: ElGamalCiphertexts, scalars: number | bigint | Integers, options?: WorkOptions): Promise<ElGamalCiphertexts> {
    return raise(this.#context(), a, scalars, "counts", options);
  }

  /** The same plaintexts under new randomness: nobody can tell which ciphertexts they come from. */
  async rerandomise(a: ElGamalCiphertexts, options: WorkOptions = {}): Promise<ElGamalCiphertexts> {
    const { key, kind, bound } = a;
    const result = await this.#masked(a.pair(this.publicKey, "rerandomise"), options);
    return new ElGamalCiphertexts(result, { key, kind, bound, fresh: true });
  }

  /** Ciphertexts [start, start + count). */
  slice(a: ElGamalCiphertexts, start: number, count: number): ElGamalCiphertexts {
    const { key, kind, bound } = a;
    const pair = a.pair(this.publicKey, "slice");
    // Not fresh: the same numbers may leave by way of the whole batch too.
    return new ElGamalCiphertexts(this.#slice(pair, start, count), { key, kind, bound, fresh: false });
  }

  /** Sections for a container, re-randomised first unless fresh. The caller names the key in the container's header. */
  async exportSections(a: ElGamalCiphertexts, options: ElGamalExportOptions = {}): Promise<Section[]> {
    const { name, tellBound = a.fresh, signal, onProgress } = options;
    const { key, kind } = a;
    const bound = kind === "factors" || tellBound ? a.bound : MAX_COUNT;
    heedSignal(signal);
    const out = a.fresh ? undefined : await this.rerandomise(a, { signal, onProgress });
    try {
      const { c1, c2 } = (out ?? a).pair(this.publicKey, "export");
      const [first, second] = await Promise.all([this.kernels.read(c1, { signal }), this.kernels.read(c2, { signal })]);
      const values = first.flatMap((half, i) => [half, second[i]]);
      return encodeCiphertexts({ key, kind, bound, values, name });
    } finally {
      out?.dispose();
    }
  }

  /** Reads and checks the sections of a batch. Rejects with WireError or KeyMismatchError. */
  async importSections(sections: ReadonlyMap<string, Uint8Array>, options?: SectionOptions): Promise<ElGamalCiphertexts> {
    const { values, key, kind, bound } = await decodeCiphertexts(sections, this.publicKey, options);
    const pair = makePair((half) => this.kernels.upload(values.filter((_, i) => i % 2 === (half === "c1" ? 0 : 1))));
    return new ElGamalCiphertexts(pair, { key, kind, bound, fresh: false });
  }

  /**
   * Frees the tables of powers: encryption, re-randomisation, export and decryption throw LifetimeError then. Ciphertexts live on; calling it
   * twice is allowed.
   */
  dispose(): void {
    this.#masks.dispose();
    this.#counts.dispose();
  }

  /** Pieces of a batch under new masks, which the caller frees. Says first how many there will be. */
  protected masker(batch: number): (pair: Pair, start: number, count: number) => Pair {
    this.#masks.expect(batch);
    return (pair, start, count) => {
      const masks = this.#masks.draw(count);
      try {
        const piece = this.#slice(pair, start, count);
        try {
          return makePair((half) => this.kernels.multiply(piece[half], masks[half]));
        } finally {
          disposePair(piece);
        }
      } finally {
        disposePair(masks);
      }
    };
  }

  #context(): EvaluationContext {
    return { kernels: this.kernels, key: this.publicKey };
  }

  #slice(pair: Pair, start: number, count: number): Pair {
    return makePair((half) => this.kernels.slice(pair[half], start, count));
  }

  #masked(pair: Pair, options: WorkOptions): Promise<Pair> {
    const mask = this.masker(pair.c1.batch);
    return this.#inPieces(pair.c1.batch, options, (start, count) => mask(pair, start, count));
  }

  /** Ciphertexts of `total` group elements that are made piece by piece. */
  async #encrypted(
    total: number,
    kind: ElGamalKind,
    bound: number,
    options: WorkOptions,
    elements: (start: number, count: number) => ModularHandle,
  ): Promise<ElGamalCiphertexts> {
    heedSignal(options.signal);
    this.#masks.expect(total);
    const pair = await this.#inPieces(total, options, (start, count) => {
      const plain = elements(start, count);
      try {
        const { c1, c2 } = this.#masks.draw(count);
        try {
          return { c1, c2: this.kernels.multiply(c2, plain) };
        } catch (error) {
          c1.dispose();
          throw error;
        } finally {
          c2.dispose();
        }
      } finally {
        plain.dispose();
      }
    });
    return new ElGamalCiphertexts(pair, { key: this.publicKey, kind, bound, fresh: true });
  }

  /** Joins pieces, which are made one after the other as the backend follows. */
  async #inPieces(total: number, options: WorkOptions, make: (start: number, count: number) => Pair): Promise<Pair> {
    const work = async (start: number, count: number) => {
      const piece = make(start, count);
      try {
        await this.backend.flush();
        return piece;
      } catch (error) {
        disposePair(piece);
        throw error;
      }
    };
    const pieces = await inChunks(total, chunkSize(this.backend), options, work, disposePair);
    try {
      return makePair((half) => this.kernels.concat(pieces.map((piece) => piece[half])));
    } finally {
      for (const piece of pieces) disposePair(piece);
    }
  }
}

/** The key owner's side: everything of {@link ElGamal}, and decryption. */
export class ElGamalDecryptor extends ElGamal {
  readonly #key: ElGamalSecretKey;
  readonly #search: CountSearch;

  private constructor(backend: KernelBackend, kernels: ModularKernels, key: ElGamalSecretKey, seeds: SeedSource) {
    super(backend, kernels, key.publicKey, seeds);
    this.#key = key;
    this.#search = new CountSearch(key.publicKey.group);
  }

  /** Internal: {@link ElGamal.create} with a secret key. */
  static async open(engine: EngineLike, key: ElGamalSecretKey, seeds: SeedSource): Promise<ElGamalDecryptor> {
    const backend = kernelsOf(engine);
    return new ElGamalDecryptor(backend, await backend.modular({ n: key.publicKey.group.p, power: 1 }), key, seeds);
  }

  /** The factors, in [1, q]: of a product m1 m2, the smaller of (m1 m2 mod p) and p minus that, which is m1 m2 wherever it is at most q. */
  decryptFactors(a: ElGamalCiphertexts, options: WorkOptions = {}): Promise<bigint[]> {
    const { group } = this.publicKey;
    return this.#decrypted(a, "factors", options, async (elements) => elements.map((x) => decodeFactor(x, group)));
  }

  /**
   * The counts. They are searched for up to the bound that the ciphertexts carry, or to a smaller one that the caller knows of; rejects with
   * EncodingError where there is none, as for a sender who encrypted more than was declared. Give the bound that was agreed where ciphertexts are a stranger's:
   * theirs may claim 2^32, and a search that far takes seconds for each.
   */
  async decryptCounts(a: ElGamalCiphertexts, options: CountOptions = {}): Promise<number[]> {
    const bound = Math.min(a.bound, checkBound(options.bound ?? a.bound));
    return this.#decrypted(a, "counts", options, (elements, first) =>
      this.#search.find(elements, bound, { first, signal: options.signal }),
    );
  }

  async #decrypted<T>(
    a: ElGamalCiphertexts,
    kind: ElGamalKind,
    options: WorkOptions,
    decode: (elements: readonly bigint[], first: number) => Promise<T[]>,
  ): Promise<T[]> {
    heedSignal(options.signal);
    const pair = a.pair(this.publicKey, "decrypt", kind);
    // Blinded: whoever sends ciphertexts does not know what is raised to the secret power.
    const mask = this.masker(a.batch);
    const parts = await inChunks(a.batch, chunkSize(this.backend), options, async (start, count) => {
      const elements = await openPair(this.kernels, mask(pair, start, count), this.#key.exponent(), options.signal);
      return decode(elements, start);
    });
    return parts.flat();
  }
}
