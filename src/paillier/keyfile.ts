/** Keys in the wire container: secret.key, public.key and evaluation.key. For Paillier the last two differ in kind alone. */
import { z } from "zod";
import { KeyMismatchError } from "../errors.js";
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
import { type KeyOptions, PaillierPublicKey, PaillierSecretKey } from "./keys.js";

/** Two primes or one modulus of 4096 bits, with room for the header: no key file is longer. */
const MAX_KEY_FILE_BYTES = 1 << 14;

const keyMetadata = z.strictObject({
  scheme: z.literal("paillier"),
  bits: z.number().int().min(16).max(8192),
  blum: z.boolean(),
});

export interface KeyFileOptions extends KeyOptions {
  /** 32 bytes that bind the file to a card; a hash of scheme and key length unless given. */
  readonly parameterHash?: Uint8Array;
}

/** Options of reading a key in steps. */
export interface AsyncKeyFileOptions extends KeyFileOptions {
  readonly signal?: AbortSignal;
}

/** The parameter hash of a key that belongs to no card: SHA-256 over scheme and key length. */
export function paillierParameterHash(bits: number): Uint8Array {
  return hashParts("webhe/parameters/1", [encodeJson({ scheme: "paillier", bits })]);
}

function encodePublic(kind: Kind, key: PaillierPublicKey, parameterHash = paillierParameterHash(key.bits)): Uint8Array {
  return encodeContainer({
    kind,
    parameterHash,
    keyId: key.id,
    sections: [
      { tag: "META", bytes: encodeJson({ scheme: "paillier", bits: key.bits, blum: key.blum }) },
      { tag: "MODN", bytes: bigintToBytes(key.n, Math.ceil(key.bits / 8)) },
    ],
  });
}

/** The bytes of public.key. */
export function encodePaillierPublicKey(key: PaillierPublicKey, { parameterHash }: KeyFileOptions = {}): Uint8Array {
  return encodePublic("publicKey", key, parameterHash);
}

/** The bytes of evaluation.key: what a server needs, which for Paillier is the public key. */
export function encodePaillierEvaluationKey(key: PaillierPublicKey, { parameterHash }: KeyFileOptions = {}): Uint8Array {
  return encodePublic("evaluationKey", key, parameterHash);
}

/** The bytes of secret.key. They hold the primes in the clear: the caller keeps them private and overwrites them after use. */
export function encodePaillierSecretKey(key: PaillierSecretKey, { parameterHash }: KeyFileOptions = {}): Uint8Array {
  const { p, q } = key.primeBytes();
  const { bits, blum, id } = key.publicKey;
  const bytes = encodeContainer({
    kind: "secretKey",
    parameterHash: parameterHash ?? paillierParameterHash(bits),
    keyId: id,
    sections: [
      { tag: "META", bytes: encodeJson({ scheme: "paillier", bits, blum }) },
      { tag: "PRMP", bytes: p },
      { tag: "PRMQ", bytes: q },
    ],
  });
  p.fill(0);
  q.fill(0);
  return bytes;
}

function open(bytes: Uint8Array, what: string, kinds: readonly Kind[], required: readonly string[]): Container {
  return decodeContainer(bytes, { what, maxBytes: MAX_KEY_FILE_BYTES, kinds, sections: { required } });
}

/** Checks a file's header against the key that was read from it. */
function finish(
  container: Container,
  key: PaillierPublicKey,
  what: string,
  parameterHash = paillierParameterHash(key.bits),
): void {
  requireParameters(container, parameterHash, what);
  requireKey(container, key.id, what);
  const meta = decodeJson(container.sections.get("META")!, { what: `${what}, section 'META'`, schema: keyMetadata });
  if (meta.bits !== key.bits || meta.blum !== key.blum) {
    throw new KeyMismatchError({
      what: `${what}, section 'META'`,
      expected: `bits ${key.bits}, blum ${key.blum}`,
      got: `bits ${meta.bits}, blum ${meta.blum}`,
      remedy: "ask the key's owner for the key again",
    });
  }
}

function openPublic(bytes: Uint8Array, { unsafe = false }: KeyFileOptions) {
  const what = "public key";
  const container = open(bytes, what, ["publicKey", "evaluationKey"], ["META", "MODN"]);
  const { blum } = decodeJson(container.sections.get("META")!, { what: `${what}, section 'META'`, schema: keyMetadata });
  return { what, container, n: bytesToBigint(container.sections.get("MODN")!), options: { blum, unsafe } };
}

/** Reads public.key or evaluation.key. Throws WireError, KeyMismatchError or SecurityError. It holds the thread as {@link PaillierPublicKey.fromModulus} does. */
export function decodePaillierPublicKey(bytes: Uint8Array, options: KeyFileOptions = {}): PaillierPublicKey {
  const file = openPublic(bytes, options);
  const key = PaillierPublicKey.fromModulus(file.n, file.options);
  finish(file.container, key, file.what, options.parameterHash);
  return key;
}

/** {@link decodePaillierPublicKey} without holding the thread; the bytes must not change until it has settled. Rejects with the same errors. */
export async function decodePaillierPublicKeyAsync(
  bytes: Uint8Array,
  options: AsyncKeyFileOptions = {},
): Promise<PaillierPublicKey> {
  const file = openPublic(bytes, options);
  const key = await PaillierPublicKey.fromModulusAsync(file.n, { ...file.options, signal: options.signal });
  finish(file.container, key, file.what, options.parameterHash);
  return key;
}

function openSecret(bytes: Uint8Array) {
  const what = "secret key";
  const container = open(bytes, what, ["secretKey"], ["META", "PRMP", "PRMQ"]);
  const [p, q] = ["PRMP", "PRMQ"].map((tag) => bytesToBigint(container.sections.get(tag)!));
  return { what, container, p, q };
}

function finishSecret(
  { what, container }: ReturnType<typeof openSecret>,
  key: PaillierSecretKey,
  { parameterHash }: KeyFileOptions,
): PaillierSecretKey {
  try {
    finish(container, key.publicKey, what, parameterHash);
    return key;
  } catch (error) {
    key.dispose();
    throw error;
  }
}

/** Reads secret.key; the caller overwrites the bytes afterwards. Throws WireError, KeyMismatchError or SecurityError. */
export function decodePaillierSecretKey(bytes: Uint8Array, options: KeyFileOptions = {}): PaillierSecretKey {
  const file = openSecret(bytes);
  return finishSecret(file, PaillierSecretKey.fromPrimes(file.p, file.q, { unsafe: options.unsafe }), options);
}

/** {@link decodePaillierSecretKey} without holding the thread; the caller overwrites the bytes when it has settled. Rejects with the same errors. */
export async function decodePaillierSecretKeyAsync(
  bytes: Uint8Array,
  options: AsyncKeyFileOptions = {},
): Promise<PaillierSecretKey> {
  const file = openSecret(bytes);
  const { unsafe, signal } = options;
  return finishSecret(file, await PaillierSecretKey.fromPrimesAsync(file.p, file.q, { unsafe, signal }), options);
}
