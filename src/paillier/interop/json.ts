/** JSON of other programs: hostile, in any spelling, and with integers longer than a number holds. */
import { base64urlnopad } from "@scure/base";
import { z } from "zod";
import { show, WireError } from "../../errors.js";
import { bigintToBytes, bytesToBigint } from "../../math/bytes.js";
import { bitLength } from "../../math/modular.js";

/** Digits of the largest integer that any key allows: n^2 has at most 8192 bits. */
const MAX_DIGITS = 2467;
/** Bytes of the longest n, with room for leading zeros. */
const MAX_KEY_BYTES = 528;

/** What {@link parseJson} checks against. */
export interface ForeignJson<T> {
  /** Name of the source in messages. */
  readonly what: string;
  readonly schema: z.ZodType<T>;
  readonly maxBytes: number;
}

/** A string of JSON, to the end of the text where it has none, or a number. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|$)|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;
/** An integer that may be beyond 2^53. */
const LONG_INTEGER = /^-?\d{16,}$/;

/**
 * JSON.parse, with long integers as strings of their digits: as numbers they would lose some. Everywhere that a number may be so long a
 * string of digits is allowed as well. Of members of one name the last counts, as in Python.
 */
function parseText(text: string): unknown {
  if (!/(?:^|[[:,\s])-?\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text.replaceAll(TOKEN, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token)));
}

/** Reads hostile JSON text, or its UTF-8. Throws WireError naming the field, and for a length beyond `maxBytes`. */
export function parseJson<T>(source: string | Uint8Array, { what, schema, maxBytes }: ForeignJson<T>): T {
  const isText = typeof source === "string";
  if (!isText && !(source instanceof Uint8Array)) {
    throw new WireError({ what, expected: "text or bytes", got: show(source), remedy: "pass the content of the file" });
  }
  if (source.length > maxBytes) {
    const remedy = "pass a larger maxBytes if you trust the sender";
    throw new WireError({ what, expected: `at most ${maxBytes} bytes`, got: `${source.length}`, remedy });
  }
  let value: unknown;
  try {
    value = parseText(isText ? source : new TextDecoder("utf-8", { fatal: true }).decode(source));
  } catch (cause) {
    throw new WireError(
      { what, expected: "JSON in UTF-8", got: "other text", remedy: "ask the sender to write the file again" },
      { cause },
    );
  }
  return checkShape(value, what, schema);
}

/** Holds parsed JSON against a schema. Throws WireError naming the field. */
export function checkShape<T>(value: unknown, what: string, schema: z.ZodType<T>): T {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const field = issue.path.length > 0 ? `, field '${issue.path.join(".")}'` : "";
  const got = issue.message;
  throw new WireError({ what: `${what}${field}`, expected: "the documented shape", got, remedy: "see docs/paillier-interop.md" });
}

/** An integer >= 0 as a decimal string, or as a JSON number of any length. */
export const decimal = z
  .union([z.string().regex(new RegExp(`^(0|[1-9]\\d{0,${MAX_DIGITS - 1}})$`)), z.int().nonnegative()])
  .transform((v) => BigInt(v));

/** An integer >= 0 as unpadded base64url of its big-endian bytes, with or without leading zero bytes. */
export const base64url = z
  .string()
  .min(1)
  .max(Math.ceil((4 * MAX_KEY_BYTES) / 3))
  .transform((text, context) => {
    try {
      return bytesToBigint(base64urlnopad.decode(text));
    } catch {
      context.addIssue({ code: "custom", message: "not base64url without padding" });
      return z.NEVER;
    }
  });

/** Minimal big-endian bytes as unpadded base64url, as python-paillier writes; `signByte` puts a zero byte before a set top bit, as Java does. */
export function toBase64url(x: bigint, { signByte = false }: { readonly signByte?: boolean } = {}): string {
  const bytes = Math.max(1, Math.ceil(bitLength(x) / 8));
  return base64urlnopad.encode(bigintToBytes(x, signByte ? Math.floor(bitLength(x) / 8) + 1 : bytes));
}
