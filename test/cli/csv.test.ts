import { describe, expect, it } from "vitest";
import { readRows, writePredictions } from "../../src/cli/csv.js";
import { EncodingError, WireError } from "../../src/errors.js";

const features = ["a", "b"];
const read = (text: string) => readRows(text, features, "x.csv");

describe("CSV in", () => {
  it("puts columns in the order of the card, whatever their order in the file", () => {
    expect(read("b,a\n1,2\n3,4\n").rows).toEqual([Float64Array.of(2, 1), Float64Array.of(4, 3)]);
  });

  it("takes line ends, byte order marks, blank lines, quotes and spaces as they come", () => {
    expect(read('\ufeff"a", b\r\n\r\n 1 ,"2.5e-3"\r\n').rows).toEqual([Float64Array.of(1, 0.0025)]);
  });

  it("names rows by their line in the file", () => {
    const { rowName } = read("a,b\n\n1,2\n\n3,4\n");
    expect([rowName(0), rowName(1)]).toEqual(["x.csv, line 3", "x.csv, line 5"]);
  });

  it.each(["", "nan", "1,5", "0x1", "1_000", "Infinity", "1e400", "--1", "."])("refuses the cell %j", (cell) => {
    expect(() => read(`a,b\n1,"${cell}"\n`)).toThrow(EncodingError);
    expect(() => read(`a,b\n1,"${cell}"\n`)).toThrow(/x\.csv, line 2, column 'b'/);
  });

  it.each(["", "\n", "a,b", "a\n1", "a,b,c\n1,2,3", "a,a,b\n1,2,3", "a,b\n1", "a,b\n1,2,3", 'a,b\n"1,2'])(
    "refuses the file %j",
    (text) => {
      expect(() => read(text)).toThrow(WireError);
    },
  );
});

describe("CSV out", () => {
  it("has a column a decision, a column a class, and the prediction, in full precision", () => {
    const text = writePredictions([{ decision: [0.1 + 0.2, -1e-7], probability: [0.25, 0.75], prediction: 'say "a,b"' }]);
    const head = "decision_0,decision_1,probability_0,probability_1,prediction\n";
    expect(text).toBe(`${head}0.30000000000000004,-1e-7,0.25,0.75,"say ""a,b"""\n`);
  });

  it("has no probabilities where there are none", () => {
    expect(writePredictions([{ decision: [2], probability: [], prediction: 2 }])).toBe("decision_0,prediction\n2,2\n");
  });
});
