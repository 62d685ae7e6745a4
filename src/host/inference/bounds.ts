/**
 * What the plan needs to know of the weights: how large decisions can become, and how errors add up. Only powers of two of
 * these two numbers enter the card, so that a card tells no more of the weights than their order of magnitude.
 */
import { ParameterError } from "../../errors.js";
import type { LinearModel } from "./model.js";

/** The largest decision that is planned for. */
const MAX_DECISION = 2 ** 100;

/** Public bounds, all exact powers of two or chosen by the user. */
export interface Bounds {
  /** The largest |value| of a standardised feature. */
  readonly feature: number;
  /** A power of two above every |decision| of features within their bound, by at least 1. */
  readonly decision: number;
  /** A power of two not below the Euclidean norm of any output's weights. */
  readonly weightNorm: number;
}

/** The smallest e >= -64 with 2^e >= x, for x <= 2^1000. By exact doubling: Math.log2 may differ between platforms. */
export function exponentAbove(x: number): number {
  let exponent = -64;
  for (let power = 2 ** -64; power < x; power *= 2) exponent++;
  return exponent;
}

/** The smallest power of two >= x, and at least 2^-64. */
function powerOfTwoAbove(x: number): number {
  return 2 ** exponentAbove(x);
}

/** Throws ParameterError where decisions could pass 2^100. */
export function boundsOf(model: LinearModel, magnitude: number): Bounds {
  let decision = 0;
  let norm = 0;
  model.coef.forEach((row, o) => {
    let absolute = 0;
    let squares = 0;
    for (const w of row) {
      absolute += Math.abs(w);
      squares += w * w;
    }
    decision = Math.max(decision, absolute * magnitude + Math.abs(model.intercept[o]!));
    norm = Math.max(norm, Math.sqrt(squares));
  });
  if (!(decision + 1 <= MAX_DECISION) || !Number.isFinite(norm)) {
    const remedy = "scale the features and the weights, or lower the magnitude";
    throw new ParameterError({
      what: "decisions of the model",
      expected: `at most ${MAX_DECISION}`,
      got: `up to ${decision}`,
      remedy,
    });
  }
  return { feature: magnitude, decision: powerOfTwoAbove(decision + 1), weightNorm: powerOfTwoAbove(norm) };
}
