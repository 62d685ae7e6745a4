import { describe, expect, it } from "vitest";
import { interpret } from "../../../src/host/inference/link.js";

describe("links", () => {
  it("keep a regression's number", () => {
    expect(interpret([2.5], "identity", [])).toEqual({ decision: [2.5], probability: [], prediction: 2.5 });
  });

  it("decide between two classes at 0, which belongs to the first", () => {
    expect(interpret([0], "logistic", ["no", "yes"])).toEqual({ decision: [0], probability: [0.5, 0.5], prediction: "no" });
    expect(interpret([Number.MIN_VALUE], "margin", ["no", "yes"]).prediction).toBe("yes");
  });

  it("take the first of equal decisions, as numpy does", () => {
    expect(interpret([1, 3, 3], "softmax", [7, 8, 9]).prediction).toBe(8);
  });

  it.each([[1000], [-1000]])("do not overflow at %d", (d) => {
    const two = interpret([d], "logistic", [0, 1]).probability;
    expect(two).toEqual(d > 0 ? [0, 1] : [1, 0]);
    expect(interpret([d, 0], "softmax", [0, 1]).probability).toEqual(d > 0 ? [1, 0] : [0, 1]);
  });

  it("give probabilities that sum to 1", () => {
    const { probability } = interpret([0.3, -2, 5.5], "softmax", [0, 1, 2]);
    expect(probability.reduce((s, p) => s + p, 0)).toBeCloseTo(1, 14);
    const [no, yes] = interpret([0.7], "logistic", [0, 1]).probability;
    expect(yes).toBeCloseTo(1 / (1 + Math.exp(-0.7)), 15);
    expect(no! + yes!).toBeCloseTo(1, 15);
  });
});
