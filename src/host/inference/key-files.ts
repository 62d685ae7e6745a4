/** Key files as the application sees them: which kinds there are, and a check of their headers before an engine opens. */
import { WireError } from "../../errors.js";
import { type Container, decodeContainer, type Kind, requireParameters } from "../../wire/index.js";
import type { InferenceCard } from "./card.js";

/** The three files of a key owner: whole containers. */
export interface KeyFiles {
  /** Decrypts. Never leaves its owner. */
  readonly secretKey: Uint8Array;
  /** Encrypts. May be given to whoever supplies rows. */
  readonly publicKey: Uint8Array;
  /** Computes. Given to the server. */
  readonly evaluationKey: Uint8Array;
}

/** A CKKS public key of the largest parameters that a card may name is smaller. */
const MAX_KEY_BYTES = 1 << 25;

/** Checks that bytes are a key file of one of the kinds, made for the card's parameters. Throws WireError or KeyMismatchError. */
export function checkKeyFile(
  card: InferenceCard,
  bytes: Uint8Array,
  kinds: readonly Kind[],
): { readonly kind: Kind; readonly keyId: Uint8Array } {
  const what = kinds.length === 1 ? (NAMES[kinds[0]!] ?? "key") : "key";
  const container: Container = decodeContainer(bytes, { what, maxBytes: MAX_KEY_BYTES, kinds });
  requireParameters(container, card.parameterHash, what);
  if (container.keyId === undefined) {
    throw new WireError({ what: `${what}, key id`, expected: "32 bytes", got: "none", remedy: "make the keys again" });
  }
  return { kind: container.kind, keyId: container.keyId };
}

const NAMES: Partial<Record<Kind, string>> = {
  secretKey: "secret key",
  publicKey: "public key",
  evaluationKey: "evaluation key",
};
