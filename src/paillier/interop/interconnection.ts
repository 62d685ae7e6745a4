/**
 * Messages of the interconnection standard (secretflow/interconnection, runtime/phe.proto), which HEU's IC-Paillier speaks:
 *
 *     message Bigint { bool is_neg = 1; bytes little_endian_value = 2; }
 *     message PaillierPublicKey { Bigint n = 1; Bigint hs = 2; }
 *     message PaillierCiphertext { Bigint c = 1; }
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { WorkOptions } from "../../engine/index.js";
import { ParameterError, show, WireError } from "../../errors.js";
import { bigintToBytes, bytesToBigint } from "../../math/bytes.js";
import { bitLength } from "../../math/modular.js";
import { checkCiphertexts } from "../checks.js";
import type { PaillierCiphertexts } from "../ciphertexts.js";
import { type KeyOptions, PaillierPublicKey } from "../keys.js";
import type { ImportOptions, Paillier } from "../paillier.js";

/** Bytes of the longest integer, n^2 of 8192 bits, with room for zeros that a writer may leave at its end. */
const MAX_INTEGER_BYTES = 1040;
/** Two integers with their tags and lengths. */
const MAX_MESSAGE_BYTES = 2 * MAX_INTEGER_BYTES + 32;

/**
 * The fields of a message, by number. Each may come once: what one reader takes for the last and another for the first would mean two
 * things. Unknown fields are refused. Throws WireError.
 */
function readFields<T>(
  bytes: Uint8Array,
  what: string,
  known: Readonly<Record<number, (reader: BinaryReader, wireType: WireType) => T>>,
): ReadonlyMap<number, T> {
  const refuse = (expected: string, got: string, cause?: unknown): never => {
    throw new WireError({ what, expected, got, remedy: "ask the sender for a message of phe.proto" }, { cause });
  };
  if (!(bytes instanceof Uint8Array)) refuse("bytes", show(bytes));
  if (bytes.length > MAX_MESSAGE_BYTES) refuse(`at most ${MAX_MESSAGE_BYTES} bytes`, `${bytes.length}`);
  const fields = new Map<number, T>();
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      const read = known[field];
      if (read === undefined) return refuse(`fields ${Object.keys(known).join(" and ")}`, `field ${field}`);
      if (fields.has(field)) refuse("every field once", `field ${field} again`);
      fields.set(field, read(reader, wireType));
    }
  } catch (cause) {
    if (cause instanceof WireError) throw cause;
    refuse("a whole protobuf message", "other bytes", cause);
  }
  return fields;
}

/** A `Bigint` that is not negative. */
function readInteger(bytes: Uint8Array, what: string): bigint {
  const fields = readFields<boolean | Uint8Array>(bytes, what, {
    1: (reader, wireType) => {
      requireWireType(wireType, WireType.Varint, what);
      return reader.bool();
    },
    2: (reader, wireType) => {
      requireWireType(wireType, WireType.LengthDelimited, what);
      return reader.bytes();
    },
  });
  const value = (fields.get(2) as Uint8Array | undefined) ?? new Uint8Array(0);
  if (fields.get(1) === true || value.length > MAX_INTEGER_BYTES) {
    const got = fields.get(1) === true ? "a negative one" : `${value.length} bytes`;
    const remedy = "ask the sender for a message of phe.proto";
    throw new WireError({ what, expected: `an integer >= 0 of at most ${MAX_INTEGER_BYTES} bytes`, got, remedy });
  }
  return bytesToBigint(value.slice().reverse());
}

function requireWireType(got: WireType, expected: WireType, what: string): void {
  if (got === expected) return;
  const remedy = "ask the sender for a message of phe.proto";
  throw new WireError({ what, expected: `wire type ${expected}`, got: `${got}`, remedy });
}

/** The integers of a message whose fields are all of type `Bigint`. Fields that are absent are undefined. */
function readIntegers(bytes: Uint8Array, what: string, names: readonly string[]): (bigint | undefined)[] {
  const fields = readFields(
    bytes,
    what,
    Object.fromEntries(
      names.map((name, i) => [
        i + 1,
        (reader: BinaryReader, wireType: WireType) => {
          requireWireType(wireType, WireType.LengthDelimited, `${what}, field '${name}'`);
          return readInteger(reader.bytes(), `${what}, field '${name}'`);
        },
      ]),
    ),
  );
  return names.map((_, i) => fields.get(i + 1));
}

function writeIntegers(values: readonly bigint[]): Uint8Array {
  const writer = new BinaryWriter();
  values.forEach((value, i) => {
    writer.tag(i + 1, WireType.LengthDelimited).fork();
    // is_neg is false, the default, which proto3 leaves out.
    const bytes = bigintToBytes(value, Math.ceil(bitLength(value) / 8)).reverse();
    writer.tag(2, WireType.LengthDelimited).bytes(bytes);
    writer.join();
  });
  return writer.finish();
}

/** What a PaillierPublicKey message holds. */
export interface InterconnectionPublicKey {
  readonly publicKey: PaillierPublicKey;
  /**
   * The sender's base of short-exponent masks, checked to lie in the group and never used: whoever chooses hs can choose one of small
   * order, under which nothing is hidden, and that cannot be seen without the primes. Kept so that the message can be passed on.
   */
  readonly hs: bigint;
}

/**
 * Reads a PaillierPublicKey message. Masks under the key are r^n, whatever its hs. Throws WireError naming the field, and
 * SecurityError for a modulus that no honest program makes.
 */
export function readInterconnectionPublicKey(bytes: Uint8Array, { unsafe = false }: KeyOptions = {}): InterconnectionPublicKey {
  const what = "PaillierPublicKey";
  const [n = 0n, hs = 0n] = readIntegers(bytes, what, ["n", "hs"]);
  if (n === 0n) {
    const remedy = "ask the key's owner for the key again";
    throw new WireError({ what: `${what}, field 'n'`, expected: "a modulus", got: "none", remedy });
  }
  const publicKey = PaillierPublicKey.fromModulus(n, { unsafe });
  checkCiphertexts([hs], publicKey, `${what}, field 'hs'`);
  return { publicKey, hs };
}

/**
 * Writes a PaillierPublicKey message. HEU encrypts with short powers of hs, so a key needs one: webhe's own keys have it, derived from n;
 * for any other pass the hs that came with it. Throws ParameterError where there is none.
 */
export function writeInterconnectionPublicKey(
  key: PaillierPublicKey,
  { hs = key.hs }: { readonly hs?: bigint } = {},
): Uint8Array {
  if (hs === undefined) {
    throw new ParameterError({
      what: "public key, hs",
      expected: "a key of two Blum primes, or the hs that came with the key",
      got: "neither",
      remedy: "make the key with generatePaillierKey",
    });
  }
  checkCiphertexts([hs], key, "public key, hs");
  return writeIntegers([key.n, hs]);
}

/** Reads PaillierCiphertext messages into one batch. Throws WireError naming message and field, unless 0 < c < n^2 and gcd(c, n) = 1. */
export function readInterconnectionCiphertexts(
  paillier: Paillier,
  messages: readonly Uint8Array[],
  options?: ImportOptions,
): PaillierCiphertexts {
  if (!Array.isArray(messages) || messages.length === 0) {
    const got = Array.isArray(messages) ? "none" : show(messages);
    throw new WireError({ what: "messages", expected: "at least one", got, remedy: "pass them in an array" });
  }
  const values = messages.map((bytes, i) => readIntegers(bytes, `PaillierCiphertext ${i}`, ["c"])[0] ?? 0n);
  return paillier.importIntegers(values, options);
}

/** Writes a batch as PaillierCiphertext messages, re-randomised first unless fresh. */
export async function writeInterconnectionCiphertexts(
  paillier: Paillier,
  ciphertexts: PaillierCiphertexts,
  options?: WorkOptions,
): Promise<Uint8Array[]> {
  return (await paillier.exportIntegers(ciphertexts, options)).map((c) => writeIntegers([c]));
}
