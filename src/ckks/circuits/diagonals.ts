/**
 * Matrices as generalised diagonals (Halevi and Shoup: Algorithms in HElib, CRYPTO 2014, section 4.3): M x is the sum over k of
 * diagonal_k * rotate(x, k). Vectors repeat in the slots: one of `columns` entries is padded with zeros to a power of two and
 * written over and over, so that rotations act cyclically on it, however many slots there are.
 */
import { ParameterError, show } from "../../errors.js";

/** Real entries, or real and imaginary parts. */
export type MatrixRows = readonly ArrayLike<number>[];
export type Matrix = MatrixRows | { readonly re: MatrixRows; readonly im: MatrixRows };

function partsOf(matrix: Matrix): { re: MatrixRows; im: MatrixRows | undefined } {
  return typeof matrix === "object" && matrix !== null && "re" in matrix ? matrix : { re: matrix, im: undefined };
}

/** Entries of one diagonal; `im` is absent where all of it is 0. */
export interface Diagonal {
  readonly re: Float64Array;
  readonly im?: Float64Array;
}

/** y_i = the sum over k of diagonals[k]_i x_(i + k), and then sums of slots that `folds` names. */
export interface DiagonalForm {
  readonly rows: number;
  readonly columns: number;
  /** The input repeats every so many slots: a power of two, at least `columns`. */
  readonly inputPeriod: number;
  /** The output repeats every so many slots: a power of two, at least `rows`. */
  readonly outputPeriod: number;
  /**
   * By step, 0 <= step < inputPeriod; each max(inputPeriod, outputPeriod) long. Those that are all 0 are left out, but for one of
   * a zero matrix.
   */
  readonly diagonals: ReadonlyMap<number, Diagonal>;
  /** y becomes y + rotate(y, step) for each of these in turn. */
  readonly folds: readonly number[];
}

export function powerOfTwoFrom(n: number): number {
  let p = 1;
  while (p < n) p *= 2;
  return p;
}

/**
 * The diagonals of a matrix. A wide one needs only as many as it has rows, padded: each diagonal goes over all columns, and the
 * output is folded (as in Juvekar, Vaikuntanathan, Chandrakasan: GAZELLE, USENIX Security 2018). A tall one needs as many as it
 * has columns.
 */
export function diagonalsOf(matrix: Matrix, transpose = false): DiagonalForm {
  const { re, im } = partsOf(matrix);
  const shape = checkRows("matrix", re);
  if (im) {
    const other = checkRows("imaginary parts", im);
    if (other.rows !== shape.rows || other.columns !== shape.columns) {
      const got = `${other.rows} x ${other.columns}`;
      throw refused("imaginary parts", `a matrix of ${shape.rows} x ${shape.columns}`, got, "give one for each real part");
    }
  }
  const [rows, columns] = transpose ? [shape.columns, shape.rows] : [shape.rows, shape.columns];
  const outputPeriod = powerOfTwoFrom(rows);
  const inputPeriod = powerOfTwoFrom(columns);
  const length = Math.max(inputPeriod, outputPeriod);
  const entry = (part: MatrixRows, i: number, j: number) => (transpose ? part[j][i] : part[i][j]);
  const along = (part: MatrixRows, k: number): Float64Array | undefined => {
    const out = new Float64Array(length);
    let zero = true;
    for (let i = 0; i < length; i++) {
      const [r, c] = [i % outputPeriod, (i + k) % inputPeriod];
      if (r >= rows || c >= columns) continue;
      out[i] = entry(part, r, c);
      if (out[i] !== 0) zero = false;
    }
    return zero ? undefined : out;
  };
  const diagonals = new Map<number, Diagonal>();
  for (let k = 0; k < Math.min(inputPeriod, outputPeriod); k++) {
    const [real, imaginary] = [along(re, k), im && along(im, k)];
    if (real || imaginary) diagonals.set(k, diagonal(real ?? new Float64Array(length), imaginary));
  }
  if (diagonals.size === 0) diagonals.set(0, diagonal(new Float64Array(length)));
  const folds: number[] = [];
  for (let step = outputPeriod; step < inputPeriod; step *= 2) folds.push(step);
  return { rows, columns, inputPeriod, outputPeriod, diagonals, folds };
}

const diagonal = (re: Float64Array, im?: Float64Array): Diagonal => (im ? { re, im } : { re });

/** A square form from diagonals by step, all of one length, a power of two; negative steps count from the end. */
export function formOf(
  given: ReadonlyMap<number, ArrayLike<number> | { re: ArrayLike<number>; im: ArrayLike<number> }>,
): DiagonalForm {
  if (!(given instanceof Map) || given.size === 0) {
    throw refused("diagonals", "a map from steps to vectors", show(given), "give at least one diagonal");
  }
  const parts = [...given].map(([step, values]) => ({ step, ...("re" in values ? values : { re: values, im: undefined }) }));
  const period = parts[0].re.length;
  if (period < 1 || powerOfTwoFrom(period) !== period) {
    throw refused("diagonals", "vectors whose length is a power of two", `length ${period}`, "pad them with zeros");
  }
  const diagonals = new Map<number, Diagonal>();
  for (const { step, re, im } of parts) {
    if (!Number.isSafeInteger(step)) throw refused("step of a diagonal", "an integer", show(step), "count slots");
    for (const part of im ? [re, im] : [re]) checkEntries(`diagonal ${step}`, part, period);
    const k = ((step % period) + period) % period;
    if (diagonals.has(k)) throw refused("steps of diagonals", "distinct ones", `${step} twice`, "add the two diagonals");
    const zero = (part: ArrayLike<number>) => Array.from(part).every((x) => x === 0);
    if (zero(re) && (!im || zero(im))) continue;
    diagonals.set(k, diagonal(Float64Array.from(re), im && !zero(im) ? Float64Array.from(im) : undefined));
  }
  if (diagonals.size === 0) diagonals.set(0, diagonal(new Float64Array(period)));
  return { rows: period, columns: period, inputPeriod: period, outputPeriod: period, diagonals, folds: [] };
}

function refused(what: string, expected: string, got: string, remedy: string): ParameterError {
  return new ParameterError({ what, expected, got, remedy });
}

function checkRows(what: string, rows: MatrixRows): { rows: number; columns: number } {
  const columns = Array.isArray(rows) ? rows[0]?.length : undefined;
  if (!columns) throw refused(what, "an array of rows, none of them empty", show(rows), "pass [[1, 2], [3, 4]] for example");
  for (const [i, row] of rows.entries()) checkEntries(`${what}, row ${i}`, row, columns);
  return { rows: rows.length, columns };
}

function checkEntries(what: string, values: ArrayLike<number>, length: number): void {
  if (values?.length !== length) throw refused(what, `${length} numbers`, show(values), "make all of one length");
  for (let j = 0; j < length; j++) {
    if (typeof values[j] === "number" && Number.isFinite(values[j])) continue;
    throw refused(`${what}, entry ${j}`, "a finite number", show(values[j]), "remove NaN and infinite values");
  }
}
