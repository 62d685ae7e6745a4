/** Matrices of the benchmarks, and how SEAL's users cut them into diagonals (Halevi and Shoup, CRYPTO 2014, section 4). */
import { testRandom } from "../test/support/random.js";

export interface Matrix {
  readonly rows: readonly (readonly number[])[];
  readonly vector: readonly number[];
  /** The product in the clear. */
  readonly product: readonly number[];
}

/** A reproducible matrix and vector with entries in [-1, 1], divided so that results lie there too. */
export function benchMatrix(rows: number, columns: number): Matrix {
  const random = testRandom(`matrix ${rows} ${columns}`);
  const matrix = Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.real(-1, 1) / columns));
  const vector = Array.from({ length: columns }, () => random.real(-1, 1));
  return { rows: matrix, vector, product: matrix.map((row) => row.reduce((sum, x, j) => sum + x * vector[j]!, 0)) };
}

export interface Diagonals {
  readonly rows: number;
  readonly columns: number;
  /** Rows, filled up to a power of two. */
  readonly period: number;
  readonly babySteps: readonly number[];
  readonly steps: readonly { readonly giant: number; readonly diagonals: readonly Float64Array[] }[];
}

/** Diagonals of a matrix with a power of two of columns, turned back by their giant step. Each repeats after `columns` slots. */
export function diagonalsOf({ rows: matrix, vector }: Matrix): Diagonals {
  const [rows, columns] = [matrix.length, vector.length];
  const period = 2 ** Math.ceil(Math.log2(rows));
  const baby = 2 ** Math.ceil(Math.log2(period) / 2);
  const entry = (i: number, j: number) => matrix[i % period]?.[j % columns] ?? 0;
  const steps = Array.from({ length: period / baby }, (_, k) => ({
    giant: k * baby,
    diagonals: Array.from({ length: baby }, (_, j) =>
      Float64Array.from({ length: columns }, (_, slot) => {
        const i = (slot - k * baby + columns) % columns;
        return entry(i, i + k * baby + j);
      }),
    ),
  }));
  return { rows, columns, period, babySteps: Array.from({ length: baby }, (_, j) => j), steps };
}
