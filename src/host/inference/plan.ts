import { chooseParameters } from "../../ckks/index.js";
import { ParameterError, show } from "../../errors.js";
import { checkKeyBits } from "../../math/paillier.js";
import { DEFAULT_KEY_BITS, widestLayout } from "../../paillier/index.js";
import { type Bounds, boundsOf, exponentAbove } from "./bounds.js";
import { InferenceCard } from "./card.js";
import { type CkksCard, MAX_BATCH, type PaillierCard } from "./card-schema.js";
import type { Explanation } from "./explain.js";
import { LinearModel } from "./model.js";

/** How a model is to be served. */
export interface PlanOptions {
  /** `"ckks"` (the default) for throughput, `"paillier"` for nine exact digits and the simplest assumption. */
  readonly scheme?: "ckks" | "paillier";
  /** Rows that a request is expected to hold, 2048 by default: decides the ring of CKKS. More rows go in groups. */
  readonly batch?: number;
  /** Largest |value| of a feature after standardisation, 64 by default. A row beyond it is refused by the client. */
  readonly magnitude?: number;
  /** Length of a Paillier key: 3072 bits by default, at least 2048. */
  readonly keyBits?: number;
}

const KEYS = ["scheme", "batch", "magnitude", "keyBits"];
const DEFAULT_BATCH = 2048;
const DEFAULT_MAGNITUDE = 64;
/** The largest ring has 32768 slots; larger batches use several groups of it. */
const MAX_SLOTS = 32768;
/** The scale of CKKS: what primes of 30 bits carry. */
const SCALE_BITS = 30;
/**
 * Error budget of Paillier's fixed point: features and weights are each rounded so that the decision moves by at most
 * 2^-31.5, together 2^-30.5 < 1e-9.
 */
const PRECISION_BITS = 31;

/** A plan: the public card, and what it means. Pure: equal models and options give equal plans. */
export class InferencePlan {
  constructor(readonly card: InferenceCard) {
    Object.freeze(this);
  }

  /** Packing, depth, keys, bytes, precision and security, in words and as data. */
  explain(): Explanation {
    return this.card.explain();
  }
}

/**
 * Plans the encrypted evaluation of a model: feature-major packing, where ciphertext j holds feature j of many rows. One weight
 * then serves all rows of a ciphertext, no rotation is needed, and one product is the whole depth.
 * Throws ParameterError for options or models that no parameters serve, SecurityError for a short key.
 */
export function planInference(model: LinearModel, options: PlanOptions = {}): InferencePlan {
  if (!(model instanceof LinearModel)) {
    const remedy = "make it with LinearModel.fromJSON";
    throw new ParameterError({ what: "model", expected: "a LinearModel", got: show(model), remedy });
  }
  const { scheme, batch, magnitude, keyBits } = checkOptions(options);
  const bounds = boundsOf(model, magnitude);
  const { type, link, features, outputs, classes, scaler } = model;
  return new InferencePlan(
    InferenceCard.from({
      format: "webhe-card/1",
      model: type,
      link,
      features,
      outputs,
      classes: classes.length > 0 ? classes : undefined,
      scaler,
      batch,
      bounds,
      scheme: scheme === "ckks" ? planCkks(bounds, batch) : planPaillier(bounds, features.length, keyBits),
    }),
  );
}

/** The options that lead from a card's model back to the card: a server repeats the plan to see that a card is its own. */
export function optionsOf({ content }: InferenceCard): PlanOptions {
  const { batch, bounds, scheme } = content;
  const keyBits = scheme.name === "paillier" ? scheme.keyBits : undefined;
  return { scheme: scheme.name, batch, magnitude: bounds.feature, keyBits };
}

/** Two base primes for the decisions, one prime for the product with the weights, and the smallest secure ring for the rows. */
function planCkks(bounds: Bounds, batch: number): CkksCard {
  const slots = Math.min(batch, MAX_SLOTS);
  const magnitude = Math.max(bounds.decision, bounds.feature);
  return { name: "ckks", ...chooseParameters({ slots, levels: 1, scaleBits: SCALE_BITS, magnitude }).toLiteral() };
}

function planPaillier(bounds: Bounds, features: number, keyBits: number): PaillierCard {
  checkKeyBits(keyBits, false);
  // A rounded feature moves the decision by at most sum |w| 2^-(bits + 1), a rounded weight by at most features x magnitude 2^-(bits + 1).
  const featureBits = bitsFor(bounds.decision / bounds.feature);
  const weightBits = bitsFor(features * bounds.feature);
  // The bound on decisions leaves room of 1 for the rounded weights, which together stray by less than 2^-30.
  const largest = (BigInt(Math.ceil(bounds.decision)) << BigInt(featureBits + weightBits)) - 1n;
  return { name: "paillier", keyBits, ...widestLayout(keyBits, largest), featureBits, weightBits };
}

/** Fractional bits for quantities whose errors are multiplied by `factor`. */
function bitsFor(factor: number): number {
  return Math.max(1, PRECISION_BITS + exponentAbove(factor));
}

function checkOptions(options: PlanOptions): Required<PlanOptions> {
  for (const key of Object.keys(options)) {
    if (!KEYS.includes(key)) {
      throw new ParameterError({
        what: "plan options",
        expected: KEYS.join(", "),
        got: show(key),
        remedy: "remove or correct the option",
      });
    }
  }
  const { scheme = "ckks", batch = DEFAULT_BATCH, magnitude = DEFAULT_MAGNITUDE, keyBits = DEFAULT_KEY_BITS } = options;
  const refuse = (what: string, expected: string, got: unknown, remedy: string): never => {
    throw new ParameterError({ what, expected, got: show(got), remedy });
  };
  if (scheme !== "ckks" && scheme !== "paillier") refuse("scheme", '"ckks" or "paillier"', scheme, "choose one of the two");
  if (!Number.isInteger(batch) || batch < 1 || batch > MAX_BATCH) {
    refuse("batch", `an integer from 1 to ${MAX_BATCH}`, batch, "pass the number of rows in a request");
  }
  if (!(magnitude > 0 && magnitude <= 2 ** 40)) {
    refuse("magnitude", "a number above 0 and at most 2^40", magnitude, "pass the largest standardised value");
  }
  return { scheme, batch, magnitude, keyBits };
}
