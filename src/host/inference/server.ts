import { type Engine, heedSignal } from "../../engine/index.js";
import { KeyMismatchError, LifetimeError, ParameterError, show } from "../../errors.js";
import type { SeedOptions } from "../../math/random.js";
import { equalBytes } from "../../wire/index.js";
import type { RunOptions } from "../run.js";
import type { InferenceCard } from "./card.js";
import { CkksEvaluation, type Evaluator, PaillierEvaluation } from "./evaluators.js";
import { checkKeyFile } from "./key-files.js";
import { encodeMessage, openMessage, verified } from "./messages.js";
import { LinearModel } from "./model.js";
import { InferencePlan, optionsOf, planInference } from "./plan.js";

/**
 * The owner of the model. It computes on ciphertexts that it cannot open: its type has no place for a secret key.
 * It learns how many rows a request holds, and under which key. It does not hide the model from the key's owner: answers to one
 * chosen row more than there are features determine all weights (Tramer et al., USENIX Security 2016); limit the rate.
 */
export class InferenceServer {
  readonly card: InferenceCard;
  readonly #evaluator: Evaluator;
  #disposed = false;

  private constructor(card: InferenceCard, evaluator: Evaluator) {
    this.card = card;
    this.#evaluator = evaluator;
  }

  /**
   * Opens a server on an engine, which stays the caller's and must outlive it.
   * Throws KeyMismatchError where the plan was made from another model.
   */
  static async create(
    engine: Engine,
    model: LinearModel,
    plan: InferencePlan,
    options: SeedOptions = {},
  ): Promise<InferenceServer> {
    if (!(model instanceof LinearModel) || !(plan instanceof InferencePlan)) {
      const got = model instanceof LinearModel ? show(plan) : show(model);
      throw new ParameterError({
        what: "inference server",
        expected: "a LinearModel and an InferencePlan",
        got,
        remedy: "use planInference(model)",
      });
    }
    const { card } = plan;
    checkModel(model, card);
    const evaluator =
      card.scheme.name === "ckks"
        ? await CkksEvaluation.create(engine, card, model)
        : new PaillierEvaluation(engine, card, model, options);
    return new InferenceServer(card, evaluator);
  }

  /**
   * Evaluates the model on a request: hostile bytes in, a response out. Paillier answers are re-randomised.
   * Throws WireError, LimitError or KeyMismatchError for bytes that are no request under this card and key.
   */
  async predict(request: Uint8Array, evaluationKeys: Uint8Array, options: RunOptions = {}): Promise<Uint8Array> {
    if (this.#disposed) {
      throw new LifetimeError({
        what: "inference server",
        expected: "a live server",
        got: "a disposed one",
        remedy: "create a new one",
      });
    }
    heedSignal(options.signal);
    const { keyId } = checkKeyFile(this.card, evaluationKeys, ["evaluationKey"]);
    const message = openMessage(this.card, "request", request, keyId);
    const payload = await verified(message, () => this.#evaluator.evaluate(message, evaluationKeys, options));
    return encodeMessage(this.card, "response", keyId, message.rows, payload);
  }

  /** Frees the tables kept for keys. Calling it twice is allowed. */
  dispose(): void {
    if (!this.#disposed) this.#evaluator.dispose();
    this.#disposed = true;
  }
}

/** A card is a pure function of model and options: the server makes it again and compares. Throws KeyMismatchError. */
export function checkModel(model: LinearModel, card: InferenceCard): void {
  const own = planInference(model, optionsOf(card)).card;
  if (!equalBytes(own.hash, card.hash)) {
    throw new KeyMismatchError({
      what: "card",
      expected: `${own.id.slice(0, 16)}, which this model gives`,
      got: card.id.slice(0, 16),
      remedy: "use the model that the card was made from, or make the card again",
    });
  }
}
