/**
 * Batches under a key of paillier-bigint, whatever its generator: plaintexts are integers modulo n, without signs, bounds or slots, as there.
 */

import type { WorkOptions } from "../../engine/index.js";
import { EncodingError, KeyMismatchError, ParameterError, show } from "../../errors.js";
import type { ModularHandle } from "../../kernels/interface.js";
import { centred, invMod, mod } from "../../math/modular.js";
import { plainFactor } from "../../math/paillier.js";
import { shortHash } from "../../wire/index.js";
import { PaillierCiphertexts } from "../ciphertexts.js";
import { signedMultiPower } from "../dot.js";
import { checkGroups, derived, type EvaluationContext, invertWhere, magnitude } from "../evaluate.js";
import { Paillier, PaillierDecryptor } from "../paillier.js";
import { capacity, singleSlot } from "../slots.js";
import { PaillierBigintKey } from "./paillier-bigint-key.js";

/** Ciphertexts g^m r^n, which webhe's own operations would take for others. Immutable; the owner calls {@link dispose}. */
export class GeneratorCiphertexts {
  readonly g: bigint;
  /** The numbers modulo n^2, owned by this object. */
  readonly ciphertexts: PaillierCiphertexts;

  /** Internal: takes ownership of the ciphertexts. */
  constructor(ciphertexts: PaillierCiphertexts, g: bigint) {
    this.ciphertexts = ciphertexts;
    this.g = g;
  }

  get batch(): number {
    return this.ciphertexts.batch;
  }

  /** Frees the memory in the backend. Calling it twice is allowed. */
  dispose(): void {
    this.ciphertexts.dispose();
  }
}

/** What anybody can do with the public key (n, g). */
export class PaillierBigint {
  readonly key: PaillierBigintKey;
  readonly #paillier: Paillier;

  /** Works on a scheme object of the same n, which stays the caller's and must outlive this one. Throws KeyMismatchError for another n. */
  constructor(paillier: Paillier, key: PaillierBigintKey) {
    if (!(paillier instanceof Paillier) || !(key instanceof PaillierBigintKey)) {
      const got = `${show(paillier)} and ${show(key)}`;
      const remedy = "open one with Paillier.create, and read the key with fromPaillierBigint";
      throw new ParameterError({ what: "PaillierBigint", expected: "a Paillier and a PaillierBigintKey", got, remedy });
    }
    if (paillier.publicKey.n !== key.publicKey.n) {
      throw new KeyMismatchError({
        what: "PaillierBigint, key id",
        expected: shortHash(key.publicKey.id),
        got: shortHash(paillier.publicKey.id),
        remedy: "open the scheme with the same key",
      });
    }
    this.#paillier = paillier;
    this.key = key;
  }

  /** Encrypts integers, |m| < n, each as m modulo n. Throws EncodingError for others. */
  async encrypt(plaintexts: readonly bigint[], options: WorkOptions = {}): Promise<GeneratorCiphertexts> {
    this.#checkIntegers(plaintexts, "plaintext");
    const { g, simple, logarithm } = this.key;
    // A fresh ciphertext of a m under n + 1 is one of m under g: the key's owner saves the power of g.
    if (simple || logarithm !== undefined) {
      const scaled = simple ? plaintexts : plaintexts.map((m) => m * logarithm!);
      return new GeneratorCiphertexts(await this.#paillier.encryptPlaintexts(scaled, options), g);
    }
    const { publicKey } = this.#paillier;
    const layout = singleSlot(publicKey.bits);
    const properties = { key: publicKey, layout, scaleBits: 0, bound: capacity(layout), fresh: false };
    const bare = new PaillierCiphertexts(this.#generatorPowers(plaintexts), properties);
    try {
      return new GeneratorCiphertexts(await this.#paillier.rerandomise(bare, options), g);
    } finally {
      bare.dispose();
    }
  }

  /** a + b modulo n, item by item; b's batch divides a's. */
  add(a: GeneratorCiphertexts, b: GeneratorCiphertexts): GeneratorCiphertexts {
    const [left, right] = [this.handleOf(a), this.handleOf(b)];
    this.#checkDivides(right.batch, left.batch, "second batch");
    return this.#derived(a, this.#context().kernels.multiply(left, right));
  }

  /** a + plain integers modulo n: one for all, or a number of them that divides the batch. */
  addPlain(a: GeneratorCiphertexts, plaintexts: readonly bigint[]): GeneratorCiphertexts {
    const handle = this.handleOf(a);
    this.#checkIntegers(plaintexts, "plaintext");
    this.#checkDivides(plaintexts.length, a.batch, "plaintexts");
    const powers = this.#generatorPowers(plaintexts);
    try {
      return this.#derived(a, this.#context().kernels.multiply(handle, powers));
    } finally {
      powers.dispose();
    }
  }

  /** a times plain integers of either sign, modulo n: one for all, or a number of them that divides the batch. */
  async multiplyPlain(
    a: GeneratorCiphertexts,
    scalars: readonly bigint[],
    options: WorkOptions = {},
  ): Promise<GeneratorCiphertexts> {
    const handle = this.handleOf(a);
    this.#checkIntegers(scalars, "scalar");
    this.#checkDivides(scalars.length, a.batch, "scalars");
    const all = Array.from({ length: a.batch }, (_, i) => scalars[i % scalars.length]);
    const powers = this.#context().kernels.power(handle, all.map(magnitude));
    return this.#derived(
      a,
      await invertWhere(
        this.#context(),
        powers,
        all.map((k) => k < 0n),
        options,
      ),
    );
  }

  /** The sums of runs modulo n: [groups, terms] to [groups]. */
  sum(a: GeneratorCiphertexts, groups = 1): GeneratorCiphertexts {
    const handle = this.handleOf(a);
    const terms = checkGroups(a.batch, groups);
    const runs = Array.from({ length: groups }, (_, g) => Array.from({ length: terms }, (_unused, k) => g * terms + k));
    return this.#derived(a, this.#context().kernels.products(handle, runs));
  }

  /** Dot products modulo n with integer weights [outputs][features], of either sign: a as [groups, features] to [groups, outputs]. */
  async dot(
    a: GeneratorCiphertexts,
    weights: readonly (readonly bigint[])[],
    options: WorkOptions & { readonly groups?: number } = {},
  ): Promise<GeneratorCiphertexts> {
    const handle = this.handleOf(a);
    const features = checkGroups(a.batch, options.groups ?? 1);
    if (!Array.isArray(weights) || weights.length === 0 || weights.some((row) => row?.length !== features)) {
      const remedy = "pass one weight per encrypted feature";
      throw new ParameterError({ what: "weights", expected: `rows of ${features}`, got: show(weights), remedy });
    }
    for (const row of weights) this.#checkIntegers(row, "weight");
    return this.#derived(a, await signedMultiPower(this.#context(), handle, weights, options));
  }

  /** Ciphertexts of paillier-bigint. Throws WireError unless 0 < c < n^2 and gcd(c, n) = 1. */
  importIntegers(values: readonly bigint[]): GeneratorCiphertexts {
    return new GeneratorCiphertexts(this.#paillier.importIntegers(values), this.key.g);
  }

  /** The ciphertexts as integers in (0, n^2), re-randomised first unless fresh. */
  exportIntegers(a: GeneratorCiphertexts, options?: WorkOptions): Promise<bigint[]> {
    this.handleOf(a);
    return this.#paillier.exportIntegers(a.ciphertexts, options);
  }

  #context(): EvaluationContext {
    return this.#paillier.context();
  }

  /** Internal. Throws KeyMismatchError for ciphertexts under another generator or key. */
  protected handleOf(a: GeneratorCiphertexts): ModularHandle {
    const right = a instanceof GeneratorCiphertexts;
    if (right && a.g === this.key.g) return a.ciphertexts.handle(this.#paillier.publicKey);
    throw new KeyMismatchError({
      what: "ciphertexts, generator",
      expected: "that of this key",
      got: right ? "another" : show(a),
      remedy: "import or encrypt them with this object",
    });
  }

  #derived(a: GeneratorCiphertexts, handle: ModularHandle): GeneratorCiphertexts {
    return new GeneratorCiphertexts(derived(handle, a.ciphertexts, {}), this.key.g);
  }

  /** g^m for every m. */
  #generatorPowers(plaintexts: readonly bigint[]): ModularHandle {
    const { kernels } = this.#context();
    const { n } = this.key.publicKey;
    if (this.key.simple) return kernels.upload(plaintexts.map((m) => plainFactor(m, n)));
    const base = kernels.upload([this.key.g]);
    try {
      return kernels.power(
        base,
        plaintexts.map((m) => mod(m, n)),
      );
    } finally {
      base.dispose();
    }
  }

  #checkIntegers(values: readonly bigint[], what: string): void {
    const { n } = this.key.publicKey;
    const isList: boolean = Array.isArray(values) && values.length > 0;
    const bad = isList ? values.findIndex((m) => typeof m !== "bigint" || magnitude(m) >= n) : -1;
    if (isList && bad < 0) return;
    throw new EncodingError({
      what: isList ? `${what} ${bad}` : `${what}s`,
      expected: isList ? "a bigint of magnitude below n" : "an array of at least one bigint",
      got: show(isList ? values[bad] : values),
      remedy: "reduce it modulo n first",
    });
  }

  #checkDivides(count: number, batch: number, what: string): void {
    if (count > 0 && batch % count === 0) return;
    const expected = `a number of them that divides ${batch}`;
    throw new ParameterError({ what, expected, got: `${count}`, remedy: "pass one per ciphertext" });
  }
}

/** The key owner's side: everything of {@link PaillierBigint}, and decryption. */
export class PaillierBigintDecryptor extends PaillierBigint {
  readonly #decryptor: PaillierDecryptor;
  readonly #inverse: bigint;

  /** As {@link PaillierBigint}, with a key that holds its secret. */
  constructor(decryptor: PaillierDecryptor, key: PaillierBigintKey) {
    super(decryptor, key);
    if (!(decryptor instanceof PaillierDecryptor) || key.logarithm === undefined) {
      const got = decryptor instanceof PaillierDecryptor ? "a public key" : "a Paillier of a public key";
      const remedy = "read the key with p and q, or with lambda, and open the scheme with its secretKey";
      throw new ParameterError({ what: "PaillierBigintDecryptor", expected: "a secret key", got, remedy });
    }
    this.#decryptor = decryptor;
    this.#inverse = invMod(key.logarithm, key.publicKey.n);
  }

  /** The plaintexts in [0, n), as paillier-bigint gives them, or with `signed` in (-n/2, n/2]. Throws SecurityError after a fault. */
  async decrypt(
    a: GeneratorCiphertexts,
    { signed = false, ...options }: WorkOptions & { readonly signed?: boolean } = {},
  ): Promise<bigint[]> {
    this.handleOf(a);
    const { n } = this.key.publicKey;
    const scaled = await this.#decryptor.decryptPlaintexts(a.ciphertexts, options);
    const plaintexts = scaled.map((m) => (m * this.#inverse) % n);
    return signed ? plaintexts.map((m) => centred(m, n)) : plaintexts;
  }
}
