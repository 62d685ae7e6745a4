import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncodingError, LimitError, ParameterError, WireError } from "../../../src/errors.js";
import { LinearModel } from "../../../src/host/inference/index.js";
import { compareWithExpected, expectedOf, modelOf, rowsOf, small, smallModel } from "../../support/inference.js";

const parse = (change: object) => () => LinearModel.fromJSON(JSON.stringify({ ...smallModel, ...change }));

describe("LinearModel", () => {
  it.each(["breast-cancer", "digits", "diabetes"] as const)("predicts %s as scikit-learn does", (name) => {
    const predictions = modelOf(name).predict(rowsOf(name));
    const { worst, labels, rows } = compareWithExpected(name, predictions);
    expect(worst).toBeLessThan(1e-11);
    if (name !== "diabetes") expect(labels).toBe(rows);
    const expected = expectedOf(name);
    predictions.forEach(({ probability }, r) => {
      expect(probability.length).toBe(expected[r]!.probability.length);
      probability.forEach((p, c) => {
        expect(Math.abs(p - expected[r]!.probability[c]!)).toBeLessThan(1e-11);
      });
    });
  });

  it("reads models of every type", () => {
    expect(small().link).toBe("logistic");
    expect(small({ type: "LinearSVC" }).link).toBe("margin");
    for (const type of ["Ridge", "Lasso", "LinearRegression"]) expect(small({ type, classes: undefined }).link).toBe("identity");
    const three = {
      coef: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      intercept: [0, 0, 0],
      classes: [3, 5, 7],
      scaler: undefined,
    };
    expect(small(three).link).toBe("softmax");
    expect(small(three).predict([[0, 2, 1]])[0]!.prediction).toBe(5);
    expect(small({ ...three, type: "LinearSVC" }).predict([[0, 2, 1]])[0]).toEqual({
      decision: [0, 2, 1],
      probability: [],
      prediction: 5,
    });
  });

  it("takes fitted attributes as an object", () => {
    const { format: _, ...content } = structuredClone(smallModel) as unknown as Record<string, unknown>;
    expect(LinearModel.from(content as never).coef).toEqual(smallModel.coef);
    expect(() => LinearModel.from({ ...content, coef: [[Number.NaN, 0, 0]] } as never)).toThrow(WireError);
  });

  it.each([
    ["other text", "{", /in JSON/],
    ["a list", "[]", /linear-model\/1/],
    ["null", "null", /linear-model\/1/],
    ["a number", "1", /linear-model\/1/],
  ])("refuses %s", (_, text, message) => {
    expect(() => LinearModel.fromJSON(text)).toThrow(WireError);
    expect(() => LinearModel.fromJSON(text)).toThrow(message);
  });

  it.each([
    ["another format", { format: "linear-model/2" }, "format"],
    ["an unknown type", { type: "RandomForest" }, "type"],
    ["a key that it does not know", { multi_class: "ovr" }, "multi_class"],
    ["no features", { feature_names: [] }, "feature_names"],
    ["a feature named twice", { feature_names: ["a", "b", "a"] }, "feature names must differ"],
    ["a row of weights that is too short", { coef: [[1, 2]] }, "coef.0"],
    ["a weight that is text", { coef: [[1, "2", 3]] }, "coef.0.1"],
    ["a weight that is null, as JSON writes NaN", { coef: [[1, Number.NaN, 3]] }, "coef.0.1"],
    ["no outputs", { coef: [], intercept: [] }, "coef"],
    ["too many intercepts", { intercept: [1, 2] }, "intercept"],
    ["three classes for one decision", { classes: [1, 2, 3] }, "classes"],
    ["a class named twice", { classes: [1, 1] }, "classes must differ"],
    ["a classifier without classes", { classes: undefined }, "classes"],
    ["a regression with classes", { type: "Ridge" }, "a regression has no classes"],
    ["a scale of zero", { scaler: { mean: [1, 2, 3], scale: [1, 0, 4] } }, "scaler.scale.1"],
    ["a scaler of another length", { scaler: { mean: [1, 2], scale: [1, 2, 3] } }, "scaler.mean"],
  ])("refuses %s and names the field", (_, change, field) => {
    expect(parse(change)).toThrow(WireError);
    expect(parse(change)).toThrow(field);
  });

  it("refuses infinite numbers, which JSON can spell", () => {
    expect(() => LinearModel.fromJSON(JSON.stringify(smallModel).replace("0.5", "1e999"))).toThrow(/coef\.0\.0/);
  });

  it("names an unknown type and the known ones", () => {
    expect(parse({ type: "RandomForest" })).toThrow(/expected one of LogisticRegression, .*, got "RandomForest"/);
  });

  it("sorts what is wrong by field, names three and counts the rest, in one line", () => {
    const wrong = { type: "X", coef: [["a", "b", "c"]], intercept: ["d"], feature_names: 7 };
    expect(parse(wrong)).toThrow(/coef\.0\.0: .*coef\.0\.1: .*coef\.0\.2: .* and 3 more/);
    expect(parse(wrong)).toThrow(/^[^\n]*$/);
  });

  it("bounds the text before it parses it", () => {
    expect(() => LinearModel.fromJSON(" ".repeat(2 ** 26 + 1))).toThrow(LimitError);
  });

  it("refuses any mutation of a model with an error of its own, or reads it", () => {
    const text = JSON.stringify(smallModel);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 0, maxLength: 3 }), (at, insert) => {
        try {
          LinearModel.fromJSON(text.slice(0, at) + insert + text.slice(at + 1));
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
    );
  });

  it("refuses rows that are no rows, and names row and column", () => {
    const model = small();
    expect(() => model.predict([])).toThrow(ParameterError);
    expect(() => model.predict("abc" as never)).toThrow(ParameterError);
    expect(() => model.predict([[1, 2]])).toThrow(/row 0: expected 3 numbers, got 2/);
    expect(() => model.predict([[1, 2, 3], null as never])).toThrow(/row 1/);
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested
    expect(() => model.predict([[1, 2, 3], , [1, 2, 3]] as never)).toThrow(/row 1/);
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => model.predict([[1, x, 3]])).toThrow(EncodingError);
    expect(() => model.predict([[1, 2, "3" as never]])).toThrow(/row 0, column 'c'/);
  });
});
