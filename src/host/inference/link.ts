/**
 * From decisions to what a person asks for: probabilities and labels, in float64 on the client, as scikit-learn computes them.
 * Nothing here touches a ciphertext, so Math.exp may be used.
 */

/** A class label of scikit-learn's `classes_`. */
export type Label = number | string | boolean;

/**
 * How decisions become a prediction: `identity` (a regression), `margin` (a classifier without probabilities),
 * `logistic` (two classes, one decision), `softmax` (one decision a class).
 */
export type Link = "identity" | "margin" | "logistic" | "softmax";

/** What comes out for one row. */
export interface Prediction {
  /** One number an output: the model's decision function. */
  readonly decision: readonly number[];
  /** One number a class, in the order of `classes`; empty where the model gives no probabilities. */
  readonly probability: readonly number[];
  /** The class, or the number that a regression predicts. */
  readonly prediction: Label;
}

/** Where e^-x overflows, the quotient is 0, as it should be. */
function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function softmax(decisions: readonly number[]): number[] {
  const top = Math.max(...decisions);
  const powers = decisions.map((d) => Math.exp(d - top));
  const sum = powers.reduce((s, p) => s + p, 0);
  return powers.map((p) => p / sum);
}

/** The first largest, as numpy.argmax. */
function argmax(values: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Interprets the decisions of one row. `classes` is empty for regressions. */
export function interpret(decision: readonly number[], link: Link, classes: readonly Label[]): Prediction {
  if (link === "identity") return { decision, probability: [], prediction: decision[0]! };
  const chosen = decision.length === 1 ? Number(decision[0]! > 0) : argmax(decision);
  const probability = link === "margin" ? [] : link === "softmax" ? softmax(decision) : twoClasses(decision[0]!);
  return { decision, probability, prediction: classes[chosen]! };
}

function twoClasses(decision: number): number[] {
  return [sigmoid(-decision), sigmoid(decision)];
}
