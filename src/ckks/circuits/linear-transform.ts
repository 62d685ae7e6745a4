/** Linear maps on encrypted vectors. */
import { ParameterError, show } from "../../errors.js";
import { planTransform, rotationsOf, type TransformCost, type TransformPlan, transformCost } from "./baby-giant.js";
import { type DiagonalForm, diagonalsOf, formOf, type Matrix } from "./diagonals.js";

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
 * Packing: x repeats every {@link inputPeriod} slots, zeros after its `columns` entries; y repeats every {@link outputPeriod} slots.
 * Both are powers of two, neither may exceed the number of slots, and {@link pack} writes the one and {@link unpack} reads the other.
 * So the output of one transform is the input of the next, where rows of the one are columns of the other.
 */
export class LinearTransform {
  readonly rows: number;
  readonly columns: number;
  readonly inputPeriod: number;
  readonly outputPeriod: number;
  /** Levels that one application uses. */
  readonly levels = 1;
  readonly plan: TransformPlan;

  private constructor(form: DiagonalForm, options: LinearTransformOptions = {}) {
    this.rows = form.rows;
    this.columns = form.columns;
    this.inputPeriod = form.inputPeriod;
    this.outputPeriod = form.outputPeriod;
    this.plan = planTransform(form, options.maxKeys);
  }

  /**
   * From a matrix of rows, or of rows of real and of imaginary parts. A wide matrix costs as many products as its number of rows,
   * padded to a power of two, a tall one as many as columns; diagonals of zeros cost nothing. Throws ParameterError for a ragged matrix.
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

  /** A vector of `columns` entries as the slots of an input. Throws ParameterError for another length, or where it does not fit. */
  pack(vector: ArrayLike<number>, slots: number): Float64Array {
    if (vector?.length !== this.columns) {
      throw refused("vector", `${this.columns} entries, one for each column`, show(vector), "pass one vector");
    }
    this.checkSlots(slots);
    const out = new Float64Array(slots);
    for (let i = 0; i < slots; i++) {
      const j = i % this.inputPeriod;
      if (j < this.columns) out[i] = vector[j];
    }
    return out;
  }

  /** The `rows` entries of the output, from decrypted slots. */
  unpack(slots: ArrayLike<number>): Float64Array {
    if (!(slots?.length >= this.rows)) {
      throw refused("slots", `at least ${this.rows}`, show(slots), "pass what decryption gave");
    }
    return Float64Array.from({ length: this.rows }, (_, i) => slots[i]);
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
