import { WireError } from "../../errors.js";
import { canonicalJson } from "../../wire/index.js";
import { parseJson } from "./json.js";
import { interpret, type Label, type Link, type Prediction } from "./link.js";
import { type LinearModelContent, linkOf, type ModelType, modelSchema } from "./model-schema.js";
import { type FeatureRow, type Scaler, standardise } from "./rows.js";

/** Bound on the text of a model file: the largest admissible shape has more, and belongs in another format. */
const MAX_TEXT = 1 << 26;

/**
 * A fitted linear model. It holds the weights, so it belongs to the server; what the client may know is in the card.
 * Immutable.
 */
export class LinearModel {
  readonly type: ModelType;
  readonly features: readonly string[];
  /** [outputs][features]. */
  readonly coef: readonly (readonly number[])[];
  readonly intercept: readonly number[];
  /** Empty for regressions. */
  readonly classes: readonly Label[];
  readonly scaler: Scaler | undefined;
  readonly link: Link;

  private constructor(content: LinearModelContent) {
    this.type = content.type;
    this.features = Object.freeze([...content.feature_names]);
    this.coef = Object.freeze(content.coef.map((row) => Object.freeze([...row])));
    this.intercept = Object.freeze([...content.intercept]);
    this.classes = Object.freeze([...(content.classes ?? [])]);
    this.scaler = content.scaler && Object.freeze({ mean: [...content.scaler.mean], scale: [...content.scaler.scale] });
    this.link = linkOf(content.type, content.coef.length);
    Object.freeze(this);
  }

  /** Reads the text of a `linear-model/1` file. Throws WireError naming every field that is wrong, LimitError for a huge text. */
  static fromJSON(text: string): LinearModel {
    const remedy = "export the fitted attributes again";
    return new LinearModel(
      parseJson(text, { what: "model", format: "linear-model/1", schema: modelSchema, maxLength: MAX_TEXT, remedy }),
    );
  }

  /** Takes fitted attributes as they are in scikit-learn. Throws as {@link LinearModel.fromJSON}. */
  static from(content: Omit<LinearModelContent, "format">): LinearModel {
    let text: string;
    try {
      text = canonicalJson(dropUndefined({ ...content, format: "linear-model/1" }));
    } catch (cause) {
      const got = cause instanceof Error ? cause.message : "something else";
      throw new WireError(
        { what: "model", expected: "plain finite numbers and strings", got, remedy: "pass arrays of numbers" },
        { cause },
      );
    }
    return LinearModel.fromJSON(text);
  }

  /** Number of decisions a row. */
  get outputs(): number {
    return this.coef.length;
  }

  /**
   * The same model in the clear, in float64: the oracle that encrypted predictions are held against.
   * Throws ParameterError for rows of another length, EncodingError for a value that is not finite.
   */
  predict(rows: readonly FeatureRow[]): Prediction[] {
    const values = standardise(rows, this, { magnitude: Number.POSITIVE_INFINITY });
    const features = this.features.length;
    return rows.map((_, r) => {
      const decision = this.coef.map((weights, o) => {
        let sum = 0;
        for (let f = 0; f < features; f++) sum += weights[f]! * values[r * features + f]!;
        return sum + this.intercept[o]!;
      });
      return interpret(decision, this.link, this.classes);
    });
  }
}

function dropUndefined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined));
}
