/** Linear maps on encrypted vectors. */
import { ParameterError, show } from "../../errors.js";
import { type CkksCiphertext, checkOwn } from "../ciphertext.js";
import { type CkksEvaluationKeys, checkEvaluationKeys, rotationKey } from "../evaluation-keys.js";
import { type KeyPlan, keysFor } from "../key-plan.js";
import type { CkksParameters } from "../parameters.js";
import type { Ckks } from "../scheme.js";
import { ciphertextTransform, type EncodedDiagonals, encodeDiagonals } from "./apply.js";
import { planTransform, rotationsOf, runTransform, type TransformCost, type TransformPlan, transformCost } from "./baby-giant.js";
import { type DiagonalForm, diagonalsOf, formOf, type Matrix } from "./diagonals.js";
import { checkLevels, withEstimate } from "./evaluate.js";
import { predictTransform } from "./predict.js";

/** Options of {@link LinearTransform}. */
export interface LinearTransformOptions {
  /** Vectors are rows, y = x M, as in a matrix product X M: the matrix is used transposed. */
  readonly transpose?: boolean;
  /** The most rotation keys to use; fewer keys may cost more rotations. As many as are fastest unless said otherwise. */
  readonly maxKeys?: number;
}

/**
 * y = M x for a real or complex matrix and an encrypted vector x in the slots, by diagonals, baby steps and giant steps
 * (Halevi and Shoup, CRYPTO 2014 and 2018). Uses one level.
 *
 * Packing: x repeats every {@link inputPeriod} slots, zeros after its `columns` entries; y repeats every {@link outputPeriod}
 * slots. Both are powers of two, neither may exceed the number of slots; {@link pack} writes the one, {@link unpack} reads the
 * other. So the output of one transform is the input of the next, where rows of the one are columns of the other.
 */
export class LinearTransform {
  readonly rows: number;
  readonly columns: number;
  readonly inputPeriod: number;
  readonly outputPeriod: number;
  /** Levels that one application uses. */
  readonly levels = 1;
  readonly plan: TransformPlan;
  /** Encoded diagonals by scheme and level. */
  readonly #encoded = new Map<Ckks, Map<number, Promise<EncodedDiagonals>>>();

  private constructor(form: DiagonalForm, options: LinearTransformOptions = {}) {
    this.rows = form.rows;
    this.columns = form.columns;
    this.inputPeriod = form.inputPeriod;
    this.outputPeriod = form.outputPeriod;
    this.plan = planTransform(form, options.maxKeys);
  }

  /**
   * From a matrix of rows, or of rows of real and of imaginary parts. A wide matrix costs as many products as its number of rows,
   * padded to a power of two, a tall one as many as columns; diagonals of zeros cost nothing. Throws ParameterError for a ragged
   * matrix.
   */
  static fromMatrix(matrix: Matrix, options: LinearTransformOptions = {}): LinearTransform {
    return new LinearTransform(diagonalsOf(matrix, options.transpose), options);
  }

  /**
   * From diagonals by step, y_i = the sum over k of diagonals(k)_i x_(i + k), indices modulo their common length, a power of two.
   * Throws ParameterError for other lengths.
   */
  static fromDiagonals(
    diagonals: Parameters<typeof formOf>[0],
    options: Omit<LinearTransformOptions, "transpose"> = {},
  ): LinearTransform {
    return new LinearTransform(formOf(diagonals), options);
  }

  /** The steps of all rotations that one application makes, in ascending order. */
  get rotations(): number[] {
    return rotationsOf(this.plan);
  }

  /** What one application costs. */
  get cost(): TransformCost {
    return transformCost(this.plan);
  }

  /**
   * Exactly the rotation keys that an application to ciphertexts of a level needs, the top one unless said otherwise, each for
   * the level at which it is used. Throws ParameterError for parameters without a special modulus, or with too few slots.
   */
  keyPlan(parameters: CkksParameters, level: number = parameters.levels): KeyPlan {
    this.checkSlots(parameters.slots);
    const folds = keysFor(parameters, { rotations: this.plan.folds, level: Math.max(0, level - 1) });
    const before = [...this.plan.babies, ...this.plan.giants.map(({ step }) => step)];
    return keysFor(parameters, { rotations: before, level }).merge(folds);
  }

  /**
   * M x for every ciphertext of a batch, one level down; a product is rescaled first. The diagonals are encoded at the first
   * application to ciphertexts of a level and rest in the backend, until {@link dispose}. With vectors that are rows of a matrix
   * X, one a ciphertext, and `transpose`, a batch gives the matrix product X M. Keys may be left out where {@link rotations} is
   * empty. Throws LevelError at level 0, KeyMismatchError where a key is missing, ParameterError where slots are too few, before
   * anything is computed.
   */
  async apply(ckks: Ckks, ciphertext: CkksCiphertext, keys?: CkksEvaluationKeys): Promise<CkksCiphertext> {
    checkOwn(ckks.parameters, ciphertext);
    this.checkSlots(ckks.parameters.slots);
    const level = ciphertext.level - (ciphertext.scaleDegree - 1);
    checkLevels(`linear transform of ${this.rows} x ${this.columns}`, 1, level);
    this.#checkKeys(ckks, ciphertext, level, keys);
    const diagonals = await this.#diagonals(ckks, level);
    const input =
      ciphertext.scaleDegree === 2 ? ckks.rescale(ciphertext, ciphertext.components === 3 ? keys : undefined) : ciphertext;
    try {
      const result = await runTransform(this.plan, input, ciphertextTransform(ckks, this.plan, diagonals, keys, input));
      const { estimate } = input;
      return withEstimate(result, estimate && (await predictTransform(ckks.parameters, this.plan, level, estimate)));
    } finally {
      if (input !== ciphertext) input.dispose();
    }
  }

  /** Frees the encoded diagonals; a later application encodes them again. Not while an application is under way. */
  dispose(): void {
    for (const levels of this.#encoded.values()) {
      for (const encoded of levels.values()) {
        encoded.then(
          (diagonals) => diagonals.dispose(),
          () => {},
        );
      }
    }
    this.#encoded.clear();
  }

  #diagonals(ckks: Ckks, level: number): Promise<EncodedDiagonals> {
    const levels = this.#encoded.get(ckks) ?? new Map<number, Promise<EncodedDiagonals>>();
    this.#encoded.set(ckks, levels);
    const known = levels.get(level);
    if (known) return known;
    const made = encodeDiagonals(ckks, this.plan, level);
    levels.set(level, made);
    // What failed is tried again.
    made.catch(() => levels.delete(level));
    return made;
  }

  #checkKeys(ckks: Ckks, { keyId }: CkksCiphertext, level: number, keys: CkksEvaluationKeys | undefined): void {
    if (this.rotations.length === 0) return;
    checkEvaluationKeys(ckks.parameters, keys as CkksEvaluationKeys, keyId);
    for (const [step, at] of this.keyPlan(ckks.parameters, level).rotations) rotationKey(keys as CkksEvaluationKeys, step, at);
  }

  /**
   * A vector of `columns` entries as the slots of an input. Throws ParameterError for another length, or where it does not fit.
   */
  pack(vector: ArrayLike<number>, slots: number): Float64Array {
    return this.#spread(vector, "column", this.columns, this.inputPeriod, slots);
  }

  /** A vector of `rows` entries as the slots of an output, such as a bias to add to it. Throws as {@link pack}. */
  packOutput(vector: ArrayLike<number>, slots: number): Float64Array {
    return this.#spread(vector, "row", this.rows, this.outputPeriod, slots);
  }

  /** The `rows` entries of the output, from decrypted slots. */
  unpack(slots: ArrayLike<number>): Float64Array {
    if (!(slots?.length >= this.rows)) {
      throw refused("slots", `at least ${this.rows}`, show(slots), "pass what decryption gave");
    }
    return Float64Array.from({ length: this.rows }, (_, i) => slots[i]);
  }

  #spread(vector: ArrayLike<number>, side: string, length: number, period: number, slots: number): Float64Array {
    if (vector?.length !== length) {
      throw refused("vector", `${length} entries, one for each ${side}`, show(vector), "pass one vector");
    }
    this.checkSlots(slots);
    return Float64Array.from({ length: slots }, (_, i) => (i % period < length ? vector[i % period] : 0));
  }

  /** Throws ParameterError unless both periods fit `slots` slots. @internal */
  checkSlots(slots: number): void {
    const need = Math.max(this.inputPeriod, this.outputPeriod);
    if (Number.isSafeInteger(slots) && slots >= need && slots % need === 0) return;
    const expected = `a multiple of ${need}, for ${this.rows} rows and ${this.columns} columns`;
    throw refused("slots", expected, show(slots), "choose parameters with more slots, or split the matrix");
  }
}

function refused(what: string, expected: string, got: string, remedy: string): ParameterError {
  return new ParameterError({ what, expected, got, remedy });
}
