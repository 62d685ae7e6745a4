/** The prediction that pages are asked for. Read in Node: a page gets it as plain data. */
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { PredictionCase } from "./prediction.js";

const data = (name: string) => readFileSync(new URL(`../../../data/${name}`, import.meta.url), "utf8");

/** The breast cancer data set, with the labels that scikit-learn gave. */
export function breastCancer(key: PredictionCase["key"]): { readonly test: PredictionCase; readonly labels: readonly string[] } {
  const [, ...lines] = parse(data("breast-cancer.csv")) as string[][];
  const [, ...expected] = parse(data("breast-cancer.expected.csv")) as string[][];
  return {
    test: { model: data("breast-cancer.model.json"), rows: lines.map((line) => line.map(Number)), key },
    labels: expected.map((line) => line.at(-2)!),
  };
}
