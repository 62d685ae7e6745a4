/** Keys in the wire container: secret.key and public.key. */
import { z } from "zod";
import { WireError } from "../errors.js";
import { bigintToBytes, bytesToBigint } from "../math/bytes.js";
import {
  type Container,
  decodeContainer,
  decodeJson,
  encodeContainer,
  encodeJson,
  hashParts,
  type Kind,
  requireKey,
  requireParameters,
} from "../wire/index.js";
import { type ElGamalGroupName, elGamalGroup, GROUP_NAMES } from "./groups.js";
import { ElGamalPublicKey, ElGamalSecretKey } from "./keys.js";

/** One number of 4096 bits, with room for the header: no key file is longer. */
const MAX_KEY_FILE_BYTES = 1 << 12;

const keyMetadata = z.strictObject({ scheme: z.literal("elgamal"), group: z.enum(GROUP_NAMES) });

export interface ElGamalKeyFileOptions {
  /** 32 bytes that bind the file to an application's parameters; a hash of scheme and group unless given. */
  readonly parameterHash?: Uint8Array;
}

/** The parameter hash of a group: SHA-256 over scheme and group. */
export function elGamalParameterHash(group: ElGamalGroupName): Uint8Array {
  return hashParts("webhe/parameters/1", [encodeJson({ scheme: "elgamal", group: elGamalGroup(group).name })]);
}

function encode(kind: Kind, key: ElGamalPublicKey, tag: string, bytes: Uint8Array, parameterHash?: Uint8Array): Uint8Array {
  const { name } = key.group;
  return encodeContainer({
    kind,
    parameterHash: parameterHash ?? elGamalParameterHash(name),
    keyId: key.id,
    sections: [
      { tag: "META", bytes: encodeJson({ scheme: "elgamal", group: name }) },
      { tag, bytes },
    ],
  });
}

/** The bytes of public.key: what whoever encrypts or computes needs. */
export function encodeElGamalPublicKey(key: ElGamalPublicKey, { parameterHash }: ElGamalKeyFileOptions = {}): Uint8Array {
  return encode("publicKey", key, "PUBY", bigintToBytes(key.y, key.group.bits / 8), parameterHash);
}

/** The bytes of secret.key. They hold the exponent in the clear: the caller keeps them private and overwrites them after use. */
export function encodeElGamalSecretKey(key: ElGamalSecretKey, { parameterHash }: ElGamalKeyFileOptions = {}): Uint8Array {
  const x = key.exponentBytes();
  try {
    return encode("secretKey", key.publicKey, "EXPX", x, parameterHash);
  } finally {
    x.fill(0);
  }
}

/** What a file says of itself, and its one number. */
function open(bytes: Uint8Array, what: string, kind: Kind, tag: string) {
  const container = decodeContainer(bytes, {
    what,
    maxBytes: MAX_KEY_FILE_BYTES,
    kinds: [kind],
    sections: { required: ["META", tag] },
  });
  const { group } = decodeJson(container.sections.get("META")!, { what: `${what}, section 'META'`, schema: keyMetadata });
  const number = container.sections.get(tag)!;
  const width = elGamalGroup(group).bits / 8;
  if (number.length !== width) {
    throw new WireError({
      what: `${what}, section '${tag}'`,
      expected: `${width} bytes`,
      got: `${number.length}`,
      remedy: "ask the sender for a whole file",
    });
  }
  return { container, group, value: bytesToBigint(number) };
}

/** Checks a file's header against the key that was read from it. */
function finish(container: Container, key: ElGamalPublicKey, what: string, parameterHash?: Uint8Array): void {
  requireParameters(container, parameterHash ?? elGamalParameterHash(key.group.name), what);
  requireKey(container, key.id, what);
}

/** Reads public.key. Throws WireError, KeyMismatchError or SecurityError. */
export function decodeElGamalPublicKey(bytes: Uint8Array, { parameterHash }: ElGamalKeyFileOptions = {}): ElGamalPublicKey {
  const what = "public key";
  const { container, group, value } = open(bytes, what, "publicKey", "PUBY");
  const key = ElGamalPublicKey.fromValue(group, value);
  finish(container, key, what, parameterHash);
  return key;
}

/** Reads secret.key; the caller overwrites the bytes afterwards. Throws WireError, KeyMismatchError or SecurityError. */
export function decodeElGamalSecretKey(bytes: Uint8Array, { parameterHash }: ElGamalKeyFileOptions = {}): ElGamalSecretKey {
  const what = "secret key";
  const { container, group, value } = open(bytes, what, "secretKey", "EXPX");
  const key = ElGamalSecretKey.fromExponent(group, value);
  try {
    finish(container, key.publicKey, what, parameterHash);
  } catch (error) {
    key.dispose();
    throw error;
  }
  return key;
}
