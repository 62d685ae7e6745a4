/**
 * Requests and responses: containers that name parameters, key and card, and say how many rows they hold. Nothing in them is
 * believed; every count is held against the card before anything of its size is allocated.
 */
import { z } from "zod";
import type { CiphertextMeta } from "../../ckks/index.js";
import { KeyMismatchError, LimitError, WireError } from "../../errors.js";
import { packedBytes } from "../../math/bitpack.js";
import { toScaledInteger } from "../../math/rational.js";
import { ciphertextBytes } from "../../paillier/index.js";
import {
  type Container,
  decodeJson,
  encodeContainer,
  encodeContainerInParts,
  encodeJson,
  openContainer,
  type PartedSection,
  requireKey,
  requireParameters,
  requireSection,
  type Section,
} from "../../wire/index.js";
import type { InferenceCard } from "./card.js";
import { type FeatureRow, groupCount, standardise } from "./rows.js";

export type MessageKind = "request" | "response";

/** What goes in: the ciphertexts of a scheme as sections. */
export interface Payload {
  /** Of CKKS ciphertexts; those of Paillier describe themselves in a section of their own. */
  readonly ciphertext?: CiphertextMeta;
  readonly sections: readonly (Section | PartedSection)[];
}

/** A checked message. Byte arrays are views into the bytes it was read from. */
export interface Message {
  readonly keyId: Uint8Array;
  readonly rows: number;
  readonly groups: number;
  readonly ciphertext: unknown;
  readonly sections: ReadonlyMap<string, Uint8Array>;
}

/** A message whose checksum may still have to be compared: the backend works on the sections meanwhile. */
export interface OpenMessage extends Message {
  /** Throws WireError where the bytes were altered. What it costs it costs once. */
  readonly verify: () => void;
}

const META = "META";

const metadata = z.strictObject({
  card: z.string().regex(/^[0-9a-f]{64}$/),
  rows: z.int().min(1),
  // Checked by the scheme, which alone knows what it means.
  ciphertext: z.looseObject({}).optional(),
});

/** Residues or ciphertexts that one message may bring into memory, in bytes. */
const MAX_MESSAGE_MEMORY = 2 ** 28;
/** Header, metadata and section headers. */
const OVERHEAD = 1 << 16;

/** Memory of one group of rows, in bytes: the larger of the encrypted features and the encrypted decisions. */
function groupMemory(card: InferenceCard): number {
  const { scheme } = card;
  if (scheme.name === "ckks") {
    const { degree, primes } = scheme.parameters;
    return 8 * degree * primes.length * Math.max(card.features.length, card.outputs);
  }
  return ciphertextBytes(scheme.content.keyBits) * Math.max(card.features.length, card.outputs);
}

/** The largest number of rows in one message, decided by the card: at least one group. */
export function maxRows(card: InferenceCard): number {
  return card.slots * Math.max(1, Math.floor(MAX_MESSAGE_MEMORY / groupMemory(card)));
}

/** Throws LimitError where rows would make a message larger than servers accept. */
export function checkRowCount(card: InferenceCard, rows: number): void {
  const most = maxRows(card);
  if (rows > most) {
    throw new LimitError({
      what: "rows",
      expected: `at most ${most} in one request`,
      got: `${rows}`,
      remedy: "split them over several requests",
    });
  }
}

/** Everything that {@link InferenceClient.encrypt} checks of rows, without a key or an engine. Throws as it does. */
export function checkRows(card: InferenceCard, rows: readonly FeatureRow[], rowName?: (row: number) => string): void {
  standardiseFor(card, rows, rowName).fill(0);
}

/** Standardised rows [rows, features], checked against the card; the caller overwrites them. */
export function standardiseFor(
  card: InferenceCard,
  rows: readonly FeatureRow[],
  rowName?: (row: number) => string,
): Float64Array {
  if (Array.isArray(rows)) checkRowCount(card, rows.length);
  return standardise(rows, card, { magnitude: card.content.bounds.feature, rowName });
}

/** The bytes of a message. */
export async function encodeMessage(
  card: InferenceCard,
  kind: MessageKind,
  keyId: Uint8Array,
  rows: number,
  payload: Payload,
): Promise<Uint8Array> {
  const meta = metaOf(card, rows, payload.ciphertext);
  const sections = [{ tag: META, bytes: encodeJson(meta) }, ...payload.sections];
  return encodeContainerInParts({ kind, parameterHash: card.parameterHash, keyId, sections });
}

function metaOf(card: InferenceCard, rows: number, ciphertext?: CiphertextMeta): object {
  return ciphertext === undefined ? { card: card.id, rows } : { card: card.id, rows, ciphertext: { ...ciphertext } };
}

/**
 * Reads hostile bytes. Throws WireError or LimitError for bytes that are no such message, and KeyMismatchError for one of other
 * parameters, another card or, where `keyId` is given, another key.
 */
export function decodeMessage(card: InferenceCard, kind: MessageKind, bytes: Uint8Array, keyId?: Uint8Array): Message {
  const message = openMessage(card, kind, bytes, keyId);
  message.verify();
  return message;
}

/** The same, but for the checksum of a message in which all else is well: {@link OpenMessage.verify} compares it. */
export function openMessage(card: InferenceCard, kind: MessageKind, bytes: Uint8Array, keyId?: Uint8Array): OpenMessage {
  const container = openContainer(bytes, { what: kind, maxBytes: maxMessageBytes(card), kinds: [kind] });
  try {
    return { ...checkMessage(card, kind, container, keyId), verify: container.verify };
  } catch (error) {
    // Whatever else is wrong with altered bytes, that they were altered is what to say.
    container.verify();
    throw error;
  }
}

/** What `work` makes of a message; where it fails on altered bytes, that they were altered is the error. */
export async function verified<T>(message: OpenMessage, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    message.verify();
  }
}

function checkMessage(card: InferenceCard, kind: MessageKind, container: Container, keyId?: Uint8Array): Message {
  requireParameters(container, card.parameterHash, kind);
  const meta = decodeJson(requireSection(container.sections, META, kind), {
    what: `${kind}, section '${META}'`,
    schema: metadata,
  });
  if (meta.card !== card.id) {
    throw new KeyMismatchError({
      what: `${kind}, card`,
      expected: card.id.slice(0, 16),
      got: meta.card.slice(0, 16),
      remedy: "use the card that this file was made with",
    });
  }
  if (container.keyId === undefined) {
    throw new WireError({
      what: `${kind}, key id`,
      expected: "32 bytes",
      got: "none",
      remedy: "ask the sender for a whole file",
    });
  }
  if (keyId !== undefined) requireKey(container, keyId, kind);
  checkRowCount(card, meta.rows);
  const sections = new Map(container.sections);
  sections.delete(META);
  return {
    keyId: container.keyId,
    rows: meta.rows,
    groups: groupCount(meta.rows, card.slots),
    ciphertext: meta.ciphertext,
    sections,
  };
}

/** Throws WireError where a message has sections besides those named. */
export function requireOnly(message: Message, kind: MessageKind, tags: readonly string[]): void {
  for (const tag of message.sections.keys()) {
    if (!tags.includes(tag)) {
      const remedy = "ask the sender for a file of this version";
      throw new WireError({ what: `${kind}, section '${tag}'`, expected: tags.join(" or "), got: `'${tag}'`, remedy });
    }
  }
}

/** Generous bound on a message: what the most rows need, unpacked, and some metadata. */
function maxMessageBytes(card: InferenceCard): number {
  return groupMemory(card) * groupCount(maxRows(card), card.slots) + OVERHEAD;
}

/** Exact sizes of messages of `rows` rows, for the plan. */
export function messageBytes(card: InferenceCard, kind: MessageKind, rows: number, seeded: boolean): number {
  const groups = groupCount(rows, card.slots);
  const batch = groups * (kind === "request" ? card.features.length : card.outputs);
  const { scheme } = card;
  if (scheme.name === "ckks") {
    const level = kind === "request" ? scheme.parameters.levels : 0;
    const meta = { level, batch, scaleDegree: 1, seeded } as const;
    const component = packedBytes({ degree: scheme.parameters.degree, basis: scheme.parameters.basis(level), batch });
    return sizeOf(encodeJson(metaOf(card, rows, meta)).length, component, seeded ? 32 : component);
  }
  const { slots, slotBits, featureBits, weightBits, keyBits } = scheme.content;
  const key = "0".repeat(64);
  const scaleBits = kind === "request" ? featureBits : featureBits + weightBits;
  const bound = kind === "request" ? paillierBound(card).toString(16) : "full";
  const description = encodeJson({ key, batch, slots, slotBits, scaleBits, bound });
  return sizeOf(encodeJson(metaOf(card, rows)).length, description.length, batch * ciphertextBytes(keyBits));
}

/** The integer bound of an encrypted feature, as the card plans it. */
export function paillierBound(card: InferenceCard): bigint {
  const { scheme, bounds } = card.content;
  if (scheme.name !== "paillier") return 0n;
  return toScaledInteger(bounds.feature, scheme.featureBits);
}

/** Bytes of a container with sections of the lengths given. */
function sizeOf(...lengths: number[]): number {
  const empty = encodeContainer({ kind: "request", parameterHash: new Uint8Array(32), sections: [] }).length;
  const perSection =
    encodeContainer({ kind: "request", parameterHash: new Uint8Array(32), sections: [{ tag: META, bytes: new Uint8Array(0) }] })
      .length - empty;
  return lengths.reduce((sum, length) => sum + length + perSection, empty);
}
