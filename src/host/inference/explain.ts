/** What a card plans, in words and as data: packing, depth, keys, bytes, precision, security. */
import type { InferenceCard } from "./card.js";
import { messageBytes } from "./messages.js";
import { groupCount } from "./rows.js";

/** Figures of a plan; plain data. */
export interface PlanFacts {
  readonly card: string;
  readonly model: string;
  readonly scheme: "ckks" | "paillier";
  readonly features: number;
  readonly outputs: number;
  /** Rows that the plan is for. */
  readonly rows: number;
  /** Rows that one ciphertext holds. */
  readonly slots: number;
  /** Groups of `features` ciphertexts that the rows fill. */
  readonly groups: number;
  readonly packing: "feature-major";
  readonly rotations: 0;
  readonly depth: 1;
  readonly parameters: Readonly<Record<string, number>>;
  /** Exact sizes of messages of `rows` rows, in bytes. */
  readonly bytes: {
    /** A request under the secret key: seeded for CKKS. */
    readonly requestSecret: number;
    readonly requestPublic: number;
    readonly response: number;
  };
  readonly bounds: { readonly feature: number; readonly decision: number; readonly weightNorm: number };
  /** Absolute error of a decision that is not passed: by far not for CKKS (sixteen standard deviations), never for Paillier. */
  readonly precision: { readonly secret: number; readonly public: number };
  readonly security: { readonly bits: number; readonly basis: string };
}

export interface Explanation {
  readonly facts: PlanFacts;
  /** Lines of text. */
  readonly text: string;
}

/** Explains a card. */
export function explainCard(card: InferenceCard): Explanation {
  const facts = factsOf(card);
  return { facts, text: wordsOf(facts).join("\n") };
}

function factsOf(card: InferenceCard): PlanFacts {
  const { content, slots } = card;
  const { scheme, batch } = content;
  const ring = card.scheme.name === "ckks" ? card.scheme.parameters : undefined;
  return {
    card: card.id,
    model: content.model,
    scheme: scheme.name,
    features: card.features.length,
    outputs: card.outputs,
    rows: batch,
    slots,
    groups: groupCount(batch, slots),
    packing: "feature-major",
    rotations: 0,
    depth: 1,
    parameters:
      scheme.name === "ckks"
        ? {
            degree: scheme.degree,
            modulusBits: Math.round((ring?.logQ ?? 0) * 10) / 10,
            basePrimes: scheme.basePrimes.length,
            levelPrimes: scheme.levelPrimes.length,
            scaleBits: scheme.scaleBits,
          }
        : {
            keyBits: scheme.keyBits,
            slots: scheme.slots,
            slotBits: scheme.slotBits,
            featureBits: scheme.featureBits,
            weightBits: scheme.weightBits,
          },
    bytes: {
      requestSecret: messageBytes(card, "request", batch, scheme.name === "ckks"),
      requestPublic: messageBytes(card, "request", batch, false),
      response: messageBytes(card, "response", batch, false),
    },
    bounds: { ...content.bounds },
    precision: { secret: errorOf(card, false), public: errorOf(card, true) },
    security:
      scheme.name === "ckks"
        ? { bits: scheme.security, basis: "table of the Homomorphic Encryption Standard, classical attacks, ternary secret" }
        : {
            bits: paillierStrength(scheme.keyBits),
            basis: "NIST SP 800-57 part 1 for factoring; not safe against quantum computers",
          },
  };
}

/** Symmetric strength of a modulus (NIST SP 800-57 part 1, table 2): 112 at 2048 bits, 128 at 3072. */
function paillierStrength(keyBits: number): number {
  return keyBits >= 3072 ? 128 : 112;
}

/**
 * Not six: a slot has fixed values of the secret and of the public key's error, so that noise is no normal variable over the slots
 * but a sum of Laplace variables, which exceeds t standard deviations with probability (1 + t) exp(-2 t): at 16, once in 2^42.
 */
const TAIL = 16;

/**
 * The error that decisions stay within. CKKS: {@link TAIL} standard deviations of the real part of a slot. A fresh coefficient has
 * variance 3.2^2 (1 + 4N/3) under the public key (v e + e0 + e1 s with ternary v and s) and 3.2^2 under the secret key, the
 * encoder's rounding adds 1/12, and a slot sums N coefficients with half the energy in its real part. The weights scale it by
 * their norm; the rescale adds the rounding (1 + 2N/3) / 12 at the lower scale, and rounded weights the last term.
 */
function errorOf(card: InferenceCard, isPublic: boolean): number {
  const { bounds, scheme } = card.content;
  const features = card.features.length;
  if (card.scheme.name === "ckks") {
    const { parameters } = card.scheme;
    const n = parameters.degree;
    const fresh = 3.2 ** 2 * (isPublic ? 1 + (4 * n) / 3 : 1) + 1 / 12;
    const combined = fresh * (n / 2) * (bounds.weightNorm / parameters.scale(1)) ** 2;
    const rescaled = ((1 + (2 * n) / 3) / 12) * (n / 2) * parameters.scale(0) ** -2;
    return TAIL * Math.sqrt(combined + rescaled) + (features * bounds.feature) / (2 * parameters.scale(1));
  }
  if (scheme.name !== "paillier") return Number.NaN;
  return (
    bounds.decision / bounds.feature / 2 ** (scheme.featureBits + 1) + (features * bounds.feature) / 2 ** (scheme.weightBits + 1)
  );
}

function bytes(n: number): string {
  if (n < 10_000) return `${n} B`;
  return n < 10_000_000 ? `${(n / 1000).toFixed(0)} kB` : `${(n / 1e6).toFixed(1)} MB`;
}

function wordsOf(f: PlanFacts): string[] {
  const p = f.parameters;
  const ckks = f.scheme === "ckks";
  const up = ckks
    ? `${bytes(f.bytes.requestSecret)} with the secret key, ${bytes(f.bytes.requestPublic)} with the public key`
    : bytes(f.bytes.requestPublic);
  const error = (x: number) => x.toExponential(1);
  return [
    `card        ${f.card.slice(0, 16)}, ${f.model}, ${f.features} features, ${f.outputs} ${f.outputs === 1 ? "decision" : "decisions"}`,
    ckks
      ? `scheme      CKKS, degree ${p.degree}, modulus of ${p.modulusBits} bits, scale 2^${p.scaleBits}`
      : `scheme      Paillier, ${p.keyBits} bits, ${p.slots} slots of ${p.slotBits} bits, 2^${p.featureBits} for features, 2^${p.weightBits} for weights`,
    `packing     feature-major: ciphertext j holds feature j of up to ${f.slots} rows; ${f.rows} rows are ${f.groups} ${f.groups === 1 ? "group" : "groups"} of ${f.features} ciphertexts`,
    `depth       1 product with plain weights, no rotations`,
    ckks
      ? "keys        secret key and public key; the server needs no key material, only the key's name"
      : "keys        secret key and public key; the server computes with the public key",
    `up          ${up}`,
    `down        ${bytes(f.bytes.response)}`,
    ckks
      ? `precision   decisions within ${error(f.precision.secret)} (secret key) or ${error(f.precision.public)} (public key), ${TAIL} standard deviations`
      : `precision   decisions within ${error(f.precision.public)}, always`,
    `range       features up to ${f.bounds.feature} after standardisation, decisions below ${f.bounds.decision}`,
    `security    ${f.security.bits} bits: ${f.security.basis}`,
    "told        the server learns how many rows there are; the card tells two powers of two about the weights, and answers to enough chosen rows reveal all of them",
  ];
}
