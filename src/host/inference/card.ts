import { CkksParameters } from "../../ckks/index.js";
import { WebheError, WireError } from "../../errors.js";
import { bytesToHex } from "../../math/bytes.js";
import { checkKeyBits } from "../../math/paillier.js";
import { paillierParameterHash, type SlotLayout } from "../../paillier/index.js";
import { canonicalJson, hashParts } from "../../wire/index.js";
import { type CardContent, type CkksCard, cardSchema, type PaillierCard } from "./card-schema.js";
import { type Explanation, explainCard } from "./explain.js";
import { parseJson } from "./json.js";
import type { Label } from "./link.js";
import type { Scaler } from "./rows.js";

/** Bound on the text of a card. */
const MAX_TEXT = 1 << 24;

/** What the card's scheme needs, checked: parameters or a slot layout. */
export type CardScheme =
  | { readonly name: "ckks"; readonly content: CkksCard; readonly parameters: CkksParameters }
  | { readonly name: "paillier"; readonly content: PaillierCard; readonly layout: SlotLayout };

/**
 * What a server publishes of its model and what a client works from: features, scaler, classes, link, bounds and scheme
 * parameters. No weights: of those it tells two powers of two, one above the largest decision and one above the largest norm.
 * Immutable; two cards of equal content have the same text and the same hash.
 */
export class InferenceCard {
  readonly content: CardContent;
  readonly scheme: CardScheme;
  /** SHA-256 of the canonical text. */
  readonly hash: Uint8Array;
  readonly #text: string;

  private constructor(content: CardContent) {
    this.content = freeze(content);
    this.scheme = schemeOf(content);
    this.#text = canonicalJson(content);
    this.hash = hashParts("webhe/card/1", [new TextEncoder().encode(this.#text)]);
  }

  /** A card of known content, checked as a stranger's would be. */
  static from(content: CardContent): InferenceCard {
    return InferenceCard.fromJSON(canonicalJson(Object.fromEntries(Object.entries(content).filter(([, v]) => v !== undefined))));
  }

  /** Reads a stranger's card. Throws WireError naming the fields, LimitError for a huge text, SecurityError for weak parameters. */
  static fromJSON(text: string): InferenceCard {
    const remedy = "ask the server for its card, or make it with `webhe card`";
    return new InferenceCard(
      parseJson(text, { what: "card", format: "webhe-card/1", schema: cardSchema, maxLength: MAX_TEXT, remedy }),
    );
  }

  /** The canonical text, sorted keys and no spaces. */
  toText(): string {
    return this.#text;
  }

  get features(): readonly string[] {
    return this.content.features;
  }

  get outputs(): number {
    return this.content.outputs;
  }

  /** Empty for regressions. */
  get classes(): readonly Label[] {
    return this.content.classes ?? [];
  }

  get scaler(): Scaler | undefined {
    return this.content.scaler;
  }

  /** Rows that one ciphertext holds. */
  get slots(): number {
    return this.scheme.name === "ckks" ? this.scheme.parameters.slots : this.scheme.layout.slots;
  }

  /** What keys and messages are checked against: the parameters of the scheme. */
  get parameterHash(): Uint8Array {
    return this.scheme.name === "ckks" ? this.scheme.parameters.hash : paillierParameterHash(this.scheme.content.keyBits);
  }

  /** The hash as text, in which messages name their card. */
  get id(): string {
    return bytesToHex(this.hash);
  }

  /** What this card plans, in words and as data. */
  explain(): Explanation {
    return explainCard(this);
  }
}

function schemeOf({ scheme, bounds }: CardContent): CardScheme {
  const refuse = (field: string, expected: string, got: string, cause?: unknown): never => {
    throw new WireError(
      { what: `card, field '${field}'`, expected, got, remedy: "ask the server for its card again" },
      { cause },
    );
  };
  if (scheme.name === "ckks") {
    const { name: _, ...literal } = scheme;
    let parameters: CkksParameters;
    try {
      parameters = CkksParameters.from(literal);
    } catch (error) {
      // A weak modulus keeps its own class; everything else is a card that no program of ours has written.
      if (error instanceof WebheError && error.name === "ParameterError")
        return refuse("scheme", "valid CKKS parameters", error.message, error);
      throw error;
    }
    if (parameters.levels !== 1) refuse("scheme.levelPrimes", "one prime, for one product", `${parameters.levels}`);
    if (parameters.maxMagnitude(0) < bounds.decision || parameters.maxMagnitude(1) < bounds.feature) {
      refuse(
        "scheme.basePrimes",
        `a modulus that carries ${bounds.decision}`,
        `at most ${parameters.maxMagnitude(0).toPrecision(3)}`,
      );
    }
    return { name: "ckks", content: scheme, parameters };
  }
  const { slots, slotBits, keyBits, featureBits, weightBits } = scheme;
  checkKeyBits(keyBits, false);
  if (slots * slotBits > keyBits - 1) refuse("scheme.slots", `slots that fit ${keyBits - 1} bits`, `${slots} x ${slotBits}`);
  if (bounds.decision > 2 ** (slotBits - 1 - featureBits - weightBits)) {
    refuse("scheme.slotBits", `slots that carry decisions up to ${bounds.decision}`, `${slotBits} bits`);
  }
  return { name: "paillier", content: scheme, layout: { slots, slotBits } };
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
