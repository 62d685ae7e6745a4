/** CSV in and out: strict about columns and numbers, so that nothing is predicted from a misread file. */
import { type CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { EncodingError, show, WireError } from "../errors.js";
import type { Prediction } from "../host/inference/index.js";

/** Rows in the order of the features asked for. */
export interface CsvRows {
  readonly rows: readonly Float64Array[];
  /** Names a row by its line in the file. */
  readonly rowName: (row: number) => string;
}

interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads a CSV with a header that names each feature once, in any order, and nothing else.
 * Throws WireError for a file of another shape, and EncodingError naming line and column for a cell that is no number.
 */
export function readRows(text: string, features: readonly string[], file: string): CsvRows {
  const records = parseRecords(text, file);
  const header = records[0];
  const refuse = (expected: string, got: string, remedy: string): never => {
    throw new WireError({ what: `${file}, header`, expected, got, remedy });
  };
  if (header === undefined) return refuse("a line with the names of the features", "an empty file", "pass a CSV with a header");
  const names = header.record.map((name) => name.trim());
  for (const name of features) {
    if (!names.includes(name))
      return refuse(`a column ${show(name)}`, `${names.length} others`, "name the columns as the card does");
  }
  for (const [i, name] of names.entries()) {
    if (!features.includes(name)) return refuse("the card's features alone", `a column ${show(name)}`, "remove that column");
    if (names.indexOf(name) !== i) return refuse("each feature once", `${show(name)} twice`, "remove one of them");
  }
  if (records.length === 1) {
    throw new WireError({ what: file, expected: "at least one row", got: "a header alone", remedy: "pass the rows to predict" });
  }
  const columns = features.map((name) => names.indexOf(name));
  const lines: number[] = [];
  const rows = records.slice(1).map(({ record, info }) => {
    lines.push(info.lines);
    return Float64Array.from(columns, (column, f) =>
      number(record[column]!, `${file}, line ${info.lines}, column '${features[f]}'`),
    );
  });
  return { rows, rowName: (row) => `${file}, line ${lines[row]}` };
}

function parseRecords(text: string, file: string): readonly ParsedRecord[] {
  try {
    return parse(text, { bom: true, info: true, skip_empty_lines: true }) as unknown as ParsedRecord[];
  } catch (cause) {
    const { message, lines } = cause as CsvError & { lines?: number };
    const what = lines === undefined ? file : `${file}, line ${lines}`;
    throw new WireError(
      { what, expected: "CSV with as many cells as the header", got: message, remedy: "write the file again" },
      { cause },
    );
  }
}

function number(cell: string, what: string): number {
  const text = cell.trim();
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) {
    const remedy = "replace or remove missing values first";
    throw new EncodingError({ what, expected: "a finite number", got: text === "" ? "an empty cell" : show(text), remedy });
  }
  return value;
}

/** Writes predictions with columns decision_*, probability_* and prediction, numbers in full precision. */
export function writePredictions(predictions: readonly Prediction[]): string {
  const { decision = [], probability = [] } = predictions[0] ?? {};
  const columns = [...decision.map((_, o) => `decision_${o}`), ...probability.map((_, c) => `probability_${c}`), "prediction"];
  const records = predictions.map((p) => [...p.decision, ...p.probability, p.prediction].map(String));
  return stringify([columns, ...records]);
}
