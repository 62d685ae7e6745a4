/** Small metadata as JSON with one spelling: sorted keys, no spaces, finite numbers. */
import type { z } from "zod";
import { ParameterError, show, WireError } from "../errors.js";

/** A metadata section is small; anything longer is not metadata. */
export const MAX_JSON_BYTES = 1 << 16;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function canonical(value: unknown, path: string): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((v, i) => canonical(v, `${path}[${i}]`)).join(",")}]`;
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((k) => `${JSON.stringify(k)}:${canonical((value as Record<string, unknown>)[k], `${path}.${k}`)}`).join(",")}}`;
  }
  throw new ParameterError({
    what: `metadata ${path}`,
    expected: "JSON data",
    got: show(value),
    remedy: "pass plain objects, arrays, strings, finite numbers, booleans or null",
  });
}

/** The canonical text of plain data: equal data give equal text. Throws ParameterError on anything that is not JSON data. */
export function canonicalJson(value: unknown): string {
  return canonical(value, "$");
}

/** The canonical text as UTF-8. */
export function encodeJson(value: unknown): Uint8Array {
  return encoder.encode(canonicalJson(value));
}

/** What {@link decodeJson} checks against. */
export interface JsonExpectation<T> {
  /** Name of the section in messages. */
  readonly what: string;
  readonly schema: z.ZodType<T>;
  /** Bound on the bytes, {@link MAX_JSON_BYTES} unless said. */
  readonly maxBytes?: number;
}

/** Reads hostile JSON: bounded, UTF-8, canonical, and of the schema's shape. Throws WireError naming the field. */
export function decodeJson<T>(bytes: Uint8Array, { what, schema, maxBytes = MAX_JSON_BYTES }: JsonExpectation<T>): T {
  if (bytes.length > maxBytes) {
    throw new WireError({
      what,
      expected: `at most ${maxBytes} bytes`,
      got: `${bytes.length}`,
      remedy: "ask the sender for a file of this program",
    });
  }
  let value: unknown;
  let text: string;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new WireError(
      { what, expected: "JSON in UTF-8", got: "other bytes", remedy: "ask the sender to write the file again" },
      { cause },
    );
  }
  const checked = schema.safeParse(value);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const field = issue.path.length > 0 ? `, field '${issue.path.join(".")}'` : "";
    throw new WireError({
      what: `${what}${field}`,
      expected: "the documented shape",
      got: issue.message,
      remedy: "ask the sender for a file of this version",
    });
  }
  if (canonicalJson(value) !== text) {
    throw new WireError({
      what,
      expected: "canonical JSON (sorted keys, no spaces)",
      got: "another spelling",
      remedy: "write it with this program",
    });
  }
  return checked.data;
}
