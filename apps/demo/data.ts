/** The three public data sets of the demo, bundled with the page. */
import breastCancerRows from "../../data/breast-cancer.csv?raw";
import breastCancerExpected from "../../data/breast-cancer.expected.csv?raw";
import breastCancerModel from "../../data/breast-cancer.model.json?raw";
import diabetesRows from "../../data/diabetes.csv?raw";
import diabetesExpected from "../../data/diabetes.expected.csv?raw";
import diabetesModel from "../../data/diabetes.model.json?raw";
import digitsRows from "../../data/digits.csv?raw";
import digitsExpected from "../../data/digits.expected.csv?raw";
import digitsModel from "../../data/digits.model.json?raw";

export interface DataSet {
  /** A `linear-model/1` file. */
  readonly model: string;
  readonly rows: readonly (readonly number[])[];
  /** What scikit-learn predicts for each row, as text. */
  readonly expected: readonly string[];
}

const texts: Readonly<Record<string, readonly [rows: string, expected: string, model: string]>> = {
  "breast-cancer": [breastCancerRows, breastCancerExpected, breastCancerModel],
  digits: [digitsRows, digitsExpected, digitsModel],
  diabetes: [diabetesRows, diabetesExpected, diabetesModel],
};

/** These files are our own: plain numbers, no quotes. */
const table = (text: string): string[][] =>
  text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(","));

export function dataSet(name: string): DataSet {
  const [rows, expected, model] = texts[name]!;
  const [head, ...lines] = table(expected);
  const column = head!.indexOf("prediction");
  return {
    model,
    rows: table(rows)
      .slice(1)
      .map((line) => line.map(Number)),
    expected: lines.map((line) => line[column]!),
  };
}
