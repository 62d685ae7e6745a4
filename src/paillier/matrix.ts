/** Products of encrypted matrices and plain ones, by multi-exponentiation: one product of powers for each entry of the result. */
import { ParameterError, show } from "../errors.js";
import type { PaillierCiphertexts } from "./ciphertexts.js";
import { dot } from "./dot.js";
import { checkGroups, derived, type EvaluationContext, type ScalarOptions } from "./evaluate.js";

/** A plain matrix, row by row. */
export type PlainMatrix = readonly ArrayLike<number | bigint>[];

/**
 * A W, for an encrypted [rows, inner] and plain weights [inner][columns] of either sign: [rows, columns]. A batch has `weights.length`
 * ciphertexts to a row. Throws as {@link dot}.
 */
export function timesMatrix(
  context: EvaluationContext,
  a: PaillierCiphertexts,
  weights: PlainMatrix,
  options: ScalarOptions = {},
): Promise<PaillierCiphertexts> {
  const columns = checkMatrix(weights);
  const rows = checkInner(a.batch, weights.length);
  const transposed = Array.from({ length: columns }, (_, j) => weights.map((row) => row[j]));
  return dot(context, a, transposed, { ...options, groups: rows });
}

/**
 * W A, for plain weights [rows][inner] of either sign and an encrypted [inner, columns]: [rows, columns]. Throws as {@link dot}.
 */
export async function matrixTimes(
  context: EvaluationContext,
  weights: PlainMatrix,
  a: PaillierCiphertexts,
  options: ScalarOptions = {},
): Promise<PaillierCiphertexts> {
  const inner = checkMatrix(weights);
  const columns = checkInner(a.batch, inner);
  const byColumn = transposed(context, a, inner, columns);
  try {
    const product = await dot(context, byColumn, weights, { ...options, groups: columns });
    try {
      return transposed(context, product, columns, weights.length);
    } finally {
      product.dispose();
    }
  } finally {
    byColumn.dispose();
  }
}

/** [rows, columns] as [columns, rows]. */
function transposed(
  { kernels, key }: EvaluationContext,
  a: PaillierCiphertexts,
  rows: number,
  columns: number,
): PaillierCiphertexts {
  const places = Array.from({ length: a.batch }, (_, i) => [(i % rows) * columns + Math.floor(i / rows)]);
  return derived(kernels.products(a.handle(key), places), a, {});
}

/** Columns of a plain matrix. Throws ParameterError unless it has rows of one length, at least 1. */
function checkMatrix(weights: PlainMatrix): number {
  const isMatrix =
    Array.isArray(weights) &&
    weights.length > 0 &&
    weights.every((row) => typeof row === "object" && row !== null && row.length > 0 && row.length === weights[0].length);
  if (!isMatrix) {
    const got = Array.isArray(weights) ? `rows of [${weights.map((row) => row?.length ?? show(row)).join(", ")}]` : show(weights);
    throw new ParameterError({
      what: "weights",
      expected: "rows of one length, at least 1",
      got,
      remedy: "pass a matrix row by row",
    });
  }
  return weights[0].length;
}

/** The other side of an encrypted matrix of `batch` entries. */
function checkInner(batch: number, inner: number): number {
  try {
    return checkGroups(batch, inner);
  } catch (cause) {
    const expected = `a multiple of ${inner}, the other matrix's side`;
    const remedy = "arrange the batch as a matrix, row by row";
    throw new ParameterError({ what: "entries of the encrypted matrix", expected, got: `${batch}`, remedy }, { cause });
  }
}
