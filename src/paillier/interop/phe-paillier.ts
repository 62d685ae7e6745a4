/**
 * Paillier with python-paillier's encoding: numbers of any magnitude, each with its exponent, in batches on any backend.
 *
 *     const phe = new PhePaillier(await Paillier.create(engine, publicKey));
 *     const numbers = phe.readJson(text);                        // what python-paillier wrote
 *     const result = await phe.dot(numbers, [[0.5, -2, 1n]]);
 *     const answer = await phe.writeJson(result);                // what python-paillier reads
 */

import type { WorkOptions } from "../../engine/index.js";
import { EncodingError, KeyMismatchError, ParameterError, show } from "../../errors.js";
import { type EvaluationContext, magnitude } from "../evaluate.js";
import type { PaillierPublicKey } from "../keys.js";
import { Paillier, PaillierDecryptor } from "../paillier.js";
import {
  decodeNumber,
  type EncodedNumber,
  type EncodeOptions,
  encodeNumber,
  fromPlaintext,
  integerAt,
  nearestNumber,
} from "./encoded-number.js";
import { EncryptedNumbers, requireWindow } from "./encrypted-numbers.js";
import { type NumberFileOptions, type NumberFormat, readNumbers, writeNumbers } from "./number-json.js";
import { dotNumbers, type NumberDotOptions } from "./phe-dot.js";
import {
  addNumbers,
  addPlainNumbers,
  decreaseExponents,
  multiplyPlainNumbers,
  type PlainNumbers,
  reciprocal,
  sumNumbers,
} from "./phe-evaluate.js";

/** A declared bound. */
export interface BoundOptions {
  /**
   * Largest magnitude of any value. Operations that could then overflow are refused with LevelError, before they are done. It stays here: no
   * file tells it. Without it, overflow is found at decryption, as in python-paillier.
   */
  readonly bound?: number | bigint;
}

/** Options of {@link PhePaillier.encrypt}. */
export interface NumberEncryptOptions extends EncodeOptions, BoundOptions, WorkOptions {}

/** Options of {@link PhePaillier.readJson}. */
export interface NumberReadOptions extends NumberFileOptions, BoundOptions {}

/** Options of {@link PhePaillier.writeJson}. */
export interface NumberWriteOptions extends WorkOptions {
  /** Which of python-paillier's forms is written: `vector` unless said. */
  readonly format?: NumberFormat;
}

/** The integers that a bound on values allows, for each exponent. Throws ParameterError for a bound that is none. */
function integerBounds(bound: number | bigint | undefined, exponents: readonly number[]): bigint[] | undefined {
  if (bound === undefined) return undefined;
  const valid = typeof bound === "bigint" ? bound >= 0n : typeof bound === "number" && Number.isFinite(bound) && bound >= 0;
  if (!valid) {
    const remedy = "pass the largest magnitude of any value";
    throw new ParameterError({ what: "bound", expected: "a finite number >= 0", got: show(bound), remedy });
  }
  // Rounding is monotone: no value within the bound has a larger integer than the bound itself.
  return exponents.map((e) => integerAt(bound, e));
}

/** What anybody can do with the public key. */
export class PhePaillier {
  readonly publicKey: PaillierPublicKey;
  readonly #paillier: Paillier;

  /** Works on a scheme object, which stays the caller's and must outlive this one. */
  constructor(paillier: Paillier) {
    if (!(paillier instanceof Paillier)) {
      const remedy = "open one with Paillier.create";
      throw new ParameterError({ what: "scheme", expected: "a Paillier", got: show(paillier), remedy });
    }
    this.#paillier = paillier;
    this.publicKey = paillier.publicKey;
  }

  /**
   * Encrypts numbers (Python floats) and bigints (Python ints). Their exponents travel in the clear and tell their magnitudes, unless `precision`
   * or {@link decreaseExponentTo} makes them alike. Throws EncodingError for what has no encoding or lies beyond the bound.
   */
  async encrypt(values: PlainNumbers, options: NumberEncryptOptions = {}): Promise<EncryptedNumbers> {
    const list = typeof values === "object" && values !== null ? Array.from(values) : [values];
    const { n } = this.publicKey;
    const { precision, maxExponent, bound } = options;
    const encoded = list.map((v) => encodeNumber(v, n, { precision, maxExponent }));
    const exponents = encoded.map((v) => v.exponent);
    const bounds = integerBounds(bound, exponents);
    const beyond = bounds ? encoded.findIndex((v, i) => magnitude(v.integer) > bounds[i]) : -1;
    if (beyond >= 0) {
      const expected = `a magnitude of at most ${show(bound)}`;
      throw new EncodingError({
        what: `value ${beyond}`,
        expected,
        got: show(list[beyond]),
        remedy: "clip the input, or raise the bound",
      });
    }
    requireWindow(bounds, { key: this.publicKey }, "encrypt");
    const ciphertexts = await this.#paillier.encryptPlaintexts(
      encoded.map((v) => v.integer),
      options,
    );
    return new EncryptedNumbers(ciphertexts, { exponents, bounds });
  }

  /** a + b, number by number; b's batch divides a's. Numbers at the larger exponent are brought to the smaller one. */
  add(a: EncryptedNumbers, b: EncryptedNumbers): Promise<EncryptedNumbers> {
    return addNumbers(this.context(a, b), a, b);
  }

  /** a - b, as {@link add}. */
  subtract(a: EncryptedNumbers, b: EncryptedNumbers, options?: WorkOptions): Promise<EncryptedNumbers> {
    return addNumbers(this.context(a, b), a, b, { ...options, subtract: true });
  }

  /** a + plain numbers. A result's exponent is the smaller one of its operands'. */
  addPlain(a: EncryptedNumbers, values: PlainNumbers, options?: EncodeOptions): EncryptedNumbers {
    return addPlainNumbers(this.context(a), a, values, options);
  }

  /** a times plain numbers. Exponents add up: by 3n, a Python int, the exponent stays; by 3, a Python float, it falls by 13. */
  multiplyPlain(a: EncryptedNumbers, values: PlainNumbers, options?: EncodeOptions & WorkOptions): Promise<EncryptedNumbers> {
    return multiplyPlainNumbers(this.context(a), a, values, options);
  }

  /** a times the reciprocals of plain numbers, each rounded to a float64. Throws EncodingError for zero. */
  async divide(a: EncryptedNumbers, values: PlainNumbers, options?: EncodeOptions & WorkOptions): Promise<EncryptedNumbers> {
    const list = typeof values === "object" && values !== null ? Array.from(values) : [values];
    return this.multiplyPlain(a, list.map(reciprocal), options);
  }

  /** The same numbers at smaller exponents: -32 for all hides the magnitude of most floats, as python-paillier's command line does. */
  decreaseExponentTo(a: EncryptedNumbers, exponent: number | readonly number[]): EncryptedNumbers {
    return decreaseExponents(this.context(a), a, exponent);
  }

  /** The sums of runs of numbers: [groups, terms] to [groups]. */
  sum(a: EncryptedNumbers, groups = 1): EncryptedNumbers {
    return sumNumbers(this.context(a), a, groups);
  }

  /** Dot products with plain weights [outputs][features]: a as [groups, features] to [groups, outputs]. */
  dot(a: EncryptedNumbers, weights: readonly PlainNumbers[], options?: NumberDotOptions): Promise<EncryptedNumbers> {
    return dotNumbers(this.context(a), a, weights, options);
  }

  /**
   * Reads what python-paillier wrote: {"v", "e"}, a list of these, or {"public_key", "values"}. Throws WireError naming the field,
   * KeyMismatchError for another key, and WireError for what is no ciphertext of this one.
   */
  readJson(source: string | Uint8Array, { bound, ...file }: NumberReadOptions = {}): EncryptedNumbers {
    const { n, values, exponents } = readNumbers(source, file);
    if (n !== undefined && n !== this.publicKey.n) {
      throw new KeyMismatchError({
        what: `${file.what ?? "encrypted numbers"}, field 'public_key.n'`,
        expected: `the modulus of this key, ${show(this.publicKey.n)}`,
        got: `another, ${show(n)}`,
        remedy: "use the key that they were made with",
      });
    }
    const bounds = integerBounds(bound, exponents);
    requireWindow(bounds, { key: this.publicKey }, "readJson");
    return new EncryptedNumbers(this.#paillier.importIntegers(values), { exponents, bounds });
  }

  /** JSON that python-paillier reads, re-randomised first unless fresh. Exponents are written as they are. */
  async writeJson(a: EncryptedNumbers, { format = "vector", ...options }: NumberWriteOptions = {}): Promise<string> {
    this.context(a);
    // For its refusals, before the work.
    writeNumbers({ n: this.publicKey.n, values: a.exponents.map(() => 0n), exponents: a.exponents }, format);
    const values = await this.#paillier.exportIntegers(a.ciphertexts, options);
    return writeNumbers({ n: this.publicKey.n, values, exponents: a.exponents }, format);
  }

  /** Internal: where operations run, once the operands have been seen to be batches. */
  protected context(...operands: readonly EncryptedNumbers[]): EvaluationContext {
    const bad = operands.find((a) => !(a instanceof EncryptedNumbers));
    if (bad === undefined && operands.every(Boolean)) return this.#paillier.context();
    const remedy = "encrypt plain numbers, or use an operation for them";
    throw new ParameterError({ what: "operand", expected: "EncryptedNumbers", got: show(bad), remedy });
  }
}

/** The key owner's side: everything of {@link PhePaillier}, and decryption. */
export class PhePaillierDecryptor extends PhePaillier {
  readonly #decryptor: PaillierDecryptor;

  constructor(decryptor: PaillierDecryptor) {
    super(decryptor);
    if (!(decryptor instanceof PaillierDecryptor)) {
      const remedy = "open one with Paillier.create and the secret key";
      throw new ParameterError({ what: "scheme", expected: "a PaillierDecryptor", got: show(decryptor), remedy });
    }
    this.#decryptor = decryptor;
  }

  /**
   * The values as python-paillier decrypts them: at an exponent >= 0 an integer, as a number where that is exact and else as a bigint;
   * at an exponent below 0 the nearest number. Throws EncodingError where a computation has overflowed, SecurityError after a fault.
   */
  async decrypt(a: EncryptedNumbers, options?: WorkOptions): Promise<(number | bigint)[]> {
    return (await this.decryptEncoded(a, options)).map(decodeNumber);
  }

  /** The nearest float64 of every value, whatever its exponent. Throws as {@link decrypt}. */
  async decryptNumbers(a: EncryptedNumbers, options?: WorkOptions): Promise<Float64Array> {
    return Float64Array.from(await this.decryptEncoded(a, options), nearestNumber);
  }

  /** The values exactly, as integer 16^exponent. Throws as {@link decrypt}. */
  async decryptEncoded(a: EncryptedNumbers, options?: WorkOptions): Promise<EncodedNumber[]> {
    this.context(a);
    const plaintexts = await this.#decryptor.decryptPlaintexts(a.ciphertexts, options);
    return plaintexts.map((m, i) => {
      const integer = fromPlaintext(m, this.publicKey.n, `decryption, item ${i}`);
      const bound = a.bounds?.[i];
      if (bound !== undefined && magnitude(integer) > bound) {
        const remedy = "refuse this sender's data, or declare a larger bound";
        throw new EncodingError({
          what: `decryption, item ${i}`,
          expected: "a value within the declared bound",
          got: "a larger one",
          remedy,
        });
      }
      return { integer, exponent: a.exponents[i] };
    });
  }
}
