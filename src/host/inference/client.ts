import { type Engine, heedSignal } from "../../engine/index.js";
import { LifetimeError, ParameterError, show } from "../../errors.js";
import type { SeedOptions } from "../../math/random.js";
import type { RunOptions } from "../run.js";
import { InferenceCard } from "./card.js";
import { CkksClient } from "./ckks-client.js";
import type { ClientKeys, ClientScheme } from "./client-scheme.js";
import { checkKeyFile, type KeyFiles } from "./key-files.js";
import { interpret, type Prediction } from "./link.js";
import { encodeMessage, openMessage, standardiseFor, verified } from "./messages.js";
import { PaillierClient } from "./paillier-client.js";
import { decisionOf, type FeatureRow, toColumns } from "./rows.js";

/** Options of {@link InferenceClient.create}. */
export interface ClientOptions extends SeedOptions {
  /** Key files; new keys are made where none are given. With the public key alone a client can encrypt, and nothing else. */
  readonly keys?: ClientKeys;
  readonly signal?: AbortSignal;
}

/** Options of {@link InferenceClient.encrypt}. */
export interface RequestOptions extends RunOptions {
  /** `"secret"` where the client holds that key: half the bytes and less noise with CKKS. `"public"` otherwise. */
  readonly key?: "secret" | "public";
  /** Names a row in error messages, by its index; `row 0`, `row 1`, ... unless given. */
  readonly rowName?: (row: number) => string;
}

/**
 * The owner of the rows and of the keys. It standardises, encrypts, decrypts, and turns decisions into labels; it never sees the
 * weights. The only one of the two roles that can hold a secret key. Dispose of it after its last use: secrets are overwritten.
 */
export class InferenceClient {
  readonly card: InferenceCard;
  readonly #scheme: ClientScheme;
  #disposed = false;

  private constructor(card: InferenceCard, scheme: ClientScheme) {
    this.card = card;
    this.#scheme = scheme;
  }

  /**
   * Opens a client on an engine, with new keys or with those of key files. The engine stays the caller's and must outlive it.
   * Throws WireError or KeyMismatchError for files that are no keys of this card's parameters, or not of one key.
   */
  static async create(engine: Engine, card: InferenceCard, options: ClientOptions = {}): Promise<InferenceClient> {
    if (!(card instanceof InferenceCard)) {
      throw new ParameterError({
        what: "card",
        expected: "an InferenceCard",
        got: show(card),
        remedy: "pass plan.card, or read it with InferenceCard.fromJSON",
      });
    }
    const { keys = {}, ...rest } = options;
    heedSignal(rest.signal);
    // Before the schemes look at them: a file of another kind is named as such.
    if (keys.secretKey !== undefined) checkKeyFile(card, keys.secretKey, ["secretKey"]);
    if (keys.publicKey !== undefined) checkKeyFile(card, keys.publicKey, ["publicKey"]);
    const create = card.scheme.name === "ckks" ? CkksClient.create : PaillierClient.create;
    return new InferenceClient(card, await create(engine, card, keys, rest));
  }

  /** 32 public bytes that name the key. */
  get keyId(): Uint8Array {
    return this.#alive.keyId;
  }

  /** Whether the client holds the secret key. */
  get canDecrypt(): boolean {
    return this.#alive.canDecrypt;
  }

  /** What the server needs: the bytes of evaluation.key. They are public. */
  get evaluationKeys(): Uint8Array {
    return this.#alive.evaluationKey;
  }

  /** The three key files. Throws KeyMismatchError without the secret key. The caller guards `secretKey`, and overwrites it after use. */
  exportKeys(): Promise<KeyFiles> {
    return this.#alive.keyFiles();
  }

  /**
   * Encrypts rows [rows][features] into a request. Rows are standardised here, in float64, as scikit-learn does it.
   * Throws ParameterError for rows of another shape, EncodingError naming row and column for NaN, infinity and values beyond the
   * card's magnitude, LimitError for more rows than one request may hold.
   */
  async encrypt(rows: readonly FeatureRow[], options: RequestOptions = {}): Promise<Uint8Array> {
    const scheme = this.#alive;
    const { card } = this;
    const { key = scheme.canDecrypt ? "secret" : "public", rowName, ...run } = options;
    if (key !== "secret" && key !== "public") {
      throw new ParameterError({ what: "key", expected: '"secret" or "public"', got: show(key), remedy: "leave it out" });
    }
    const values = standardiseFor(card, rows, rowName);
    const columns = toColumns(values, card.features.length, card.slots);
    values.fill(0);
    try {
      return await encodeMessage(card, "request", scheme.keyId, rows.length, await scheme.encrypt(columns, key, run));
    } finally {
      for (const column of columns) column.fill(0);
    }
  }

  /**
   * Decrypts a response to one prediction a row. For the key owner alone: CKKS decisions in full precision, shown to others,
   * reveal something of the key (Li and Micciancio, EUROCRYPT 2021); labels and rounded probabilities are what to publish.
   * Throws WireError or KeyMismatchError for bytes that are no response to this card and key.
   */
  async decrypt(response: Uint8Array, options: RunOptions = {}): Promise<Prediction[]> {
    const scheme = this.#alive;
    const { outputs, slots, classes, content } = this.card;
    const message = openMessage(this.card, "response", response, scheme.keyId);
    const columns = await verified(message, () => scheme.decrypt(message, message.groups * outputs, options));
    const predictions = new Array<Prediction>(message.rows);
    for (let row = 0; row < message.rows; row++) {
      predictions[row] = interpret(decisionOf(columns, outputs, slots, row), content.link, classes);
    }
    return predictions;
  }

  /** Overwrites the secret key. Calling it twice is allowed. */
  dispose(): void {
    if (!this.#disposed) this.#scheme.dispose();
    this.#disposed = true;
  }

  get #alive(): ClientScheme {
    if (this.#disposed) {
      throw new LifetimeError({
        what: "inference client",
        expected: "a live client",
        got: "a disposed one",
        remedy: "create a new one",
      });
    }
    return this.#scheme;
  }
}
