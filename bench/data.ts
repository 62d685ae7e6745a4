/** The data sets of the demo: rows, the model that scikit-learn fitted, and what the model says of the rows in the clear. */
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { projectRoot } from "../test/support/built.js";
import { LinearModel } from "./package-under-test.js";

export type DataSetName = "breast-cancer" | "digits" | "diabetes";

export function dataSet(name: DataSetName) {
  const read = (suffix: string) => readFileSync(`${projectRoot}/data/${name}${suffix}`, "utf8");
  const [, ...lines] = parse(read(".csv")) as string[][];
  const rows = lines.map((line) => line.map(Number));
  const model = LinearModel.fromJSON(read(".model.json"));
  return { name, rows, model, decisions: model.predict(rows).map(({ decision }) => decision) };
}

/** The labels that scikit-learn predicts for the rows. */
export function expectedLabels(name: DataSetName): string[] {
  const [head, ...lines] = parse(readFileSync(`${projectRoot}/data/${name}.expected.csv`, "utf8")) as string[][];
  return lines.map((line) => line[head!.indexOf("prediction")]!);
}

export type DataSet = ReturnType<typeof dataSet>;

/** Largest |difference| of decisions, relative where a decision is above 1. */
export function largestDifference(found: readonly (readonly number[])[], expected: readonly (readonly number[])[]): number {
  const differences = expected.flatMap((row, i) => row.map((x, j) => Math.abs(found[i]![j]! - x) / Math.max(1, Math.abs(x))));
  if (found.length !== expected.length || differences.some(Number.isNaN)) throw new Error("decisions are missing");
  return Math.max(...differences);
}
