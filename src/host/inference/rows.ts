/** Rows of features: checked, standardised, and laid out feature-major for encryption. */
import { EncodingError, ParameterError, show } from "../../errors.js";

/** The values of one row, in the order of the model's feature names. */
export type FeatureRow = ArrayLike<number>;

/** z = (x - mean) / scale, as scikit-learn's StandardScaler. */
export interface Scaler {
  readonly mean: readonly number[];
  readonly scale: readonly number[];
}

/** What rows are checked against. */
export interface FeatureSpace {
  readonly features: readonly string[];
  readonly scaler: Scaler | undefined;
}

/** Options of {@link standardise}. */
export interface StandardiseOptions {
  /** The largest |z| that is accepted. */
  readonly magnitude: number;
  /** Names a row in messages; `row 0`, `row 1`, ... unless given. */
  readonly rowName?: (row: number) => string;
}

/**
 * Standardises rows to [rows, features] in float64, with the scaler's operations in scikit-learn's order. The caller owns the
 * result and overwrites it. Throws ParameterError for no rows or rows of another length, and EncodingError naming row and
 * column for a value that is not finite or out of range.
 */
export function standardise(
  rows: readonly FeatureRow[],
  { features, scaler }: FeatureSpace,
  { magnitude, rowName = (row) => `row ${row}` }: StandardiseOptions,
): Float64Array {
  if (!Array.isArray(rows) || rows.length === 0) {
    const got = Array.isArray(rows) ? "none" : show(rows);
    throw new ParameterError({ what: "rows", expected: "an array of at least one row", got, remedy: "pass the rows to predict" });
  }
  const width = features.length;
  const values = new Float64Array(rows.length * width);
  try {
    // Not forEach, which would pass over the holes of a sparse array.
    for (let r = 0; r < rows.length; r++) {
      const row: unknown = rows[r];
      if (!isRow(row, width)) {
        const got = typeof row === "object" && row !== null ? `${show((row as FeatureRow).length)}` : show(row);
        const remedy = "pass the features in the order of the card";
        throw new ParameterError({ what: rowName(r), expected: `${features.length} numbers`, got, remedy });
      }
      for (let f = 0; f < width; f++) {
        const x: unknown = row[f];
        // Here and not in a function, to which numbers would go in objects: rows are many.
        const z = typeof x !== "number" ? Number.NaN : scaler === undefined ? x : (x - scaler.mean[f]!) / scaler.scale[f]!;
        // Not `z > magnitude`: a z that overflowed to NaN must not pass either.
        if (!(Math.abs(z) <= magnitude) || !Number.isFinite(x))
          throw refused(x, z, { scaler, magnitude, where: `${rowName(r)}, column '${features[f]}'` });
        values[r * width + f] = z;
      }
    }
  } catch (error) {
    values.fill(0);
    throw error;
  }
  return values;
}

function isRow(row: unknown, length: number): row is FeatureRow {
  return typeof row === "object" && row !== null && (row as FeatureRow).length === length;
}

/** Where and against what a value was held. */
interface Place {
  readonly scaler: Scaler | undefined;
  readonly magnitude: number;
  readonly where: string;
}

function refused(x: unknown, z: number, { scaler, magnitude, where: what }: Place): EncodingError {
  if (typeof x !== "number" || !Number.isFinite(x)) {
    const remedy = "replace or remove missing values first";
    return new EncodingError({ what, expected: "a finite number", got: show(x), remedy });
  }
  return new EncodingError({
    what,
    expected: `a magnitude of at most ${magnitude}${scaler === undefined ? "" : " after standardisation"}`,
    got: scaler === undefined ? `${x}` : `${z} (from ${x})`,
    remedy: "check the unit of this column, or make the card with a larger magnitude",
  });
}

/** Groups of rows: each group fills the slots of its ciphertexts, the last one as far as rows are left. */
export function groupCount(rows: number, slots: number): number {
  return Math.ceil(rows / slots);
}

/**
 * Feature-major columns [groups, features] of up to `slots` values: ciphertext (g, f) will hold feature f of the rows of group g.
 * The caller owns the copies and overwrites them.
 */
export function toColumns(values: Float64Array, features: number, slots: number): Float64Array[] {
  const rows = values.length / features;
  const columns: Float64Array[] = [];
  for (let first = 0; first < rows; first += slots) {
    const count = Math.min(slots, rows - first);
    for (let f = 0; f < features; f++) {
      const column = new Float64Array(count);
      for (let r = 0; r < count; r++) column[r] = values[(first + r) * features + f]!;
      columns.push(column);
    }
  }
  return columns;
}

/** The inverse for results: from [groups, outputs] vectors of slots, the decisions of row r. */
export function decisionOf(columns: readonly ArrayLike<number>[], outputs: number, slots: number, row: number): number[] {
  const group = Math.floor(row / slots);
  // Loops: for every row, Array.from took longer than the decryption of a small response.
  const decision = new Array<number>(outputs);
  for (let o = 0; o < outputs; o++) decision[o] = columns[group * outputs + o]![row % slots]!;
  return decision;
}
