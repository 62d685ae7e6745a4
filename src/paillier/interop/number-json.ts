/** python-paillier's JSON of encrypted numbers: {"v": "<decimal>", "e": -12}, lists of these, and {"public_key": {"n"}, "values": [["<decimal>", e]]}. */
import { z } from "zod";
import { ParameterError, show } from "../../errors.js";
import { MAX_EXPONENT } from "./encoded-number.js";
import { checkShape, decimal, parseJson } from "./json.js";

/** `vector` names the key once; `list` is an array of {"v", "e"}; `single`, for a batch of one, is what pheutil reads and writes. */
export type NumberFormat = "vector" | "list" | "single";

/** Options of reading. */
export interface NumberFileOptions {
  /** Name of the source in messages. */
  readonly what?: string;
  /** Longest text that is read: 64 MiB unless said. */
  readonly maxBytes?: number;
}

/** What a file holds: not yet checked against a key. */
export interface NumberFile {
  /** The modulus, where the form names it. */
  readonly n?: bigint;
  readonly values: readonly bigint[];
  /** Powers of 16. */
  readonly exponents: readonly number[];
}

const MAX_FILE_BYTES = 1 << 26;

const exponent = z
  .int()
  .min(-MAX_EXPONENT)
  .max(MAX_EXPONENT)
  // 0 for -0.
  .transform((e) => e + 0);
const single = z.strictObject({ v: decimal, e: exponent });
const vector = z.strictObject({
  public_key: z.object({ n: decimal, g: decimal.optional() }).refine(({ n, g }) => g === undefined || g === n + 1n, {
    message: "g is not n + 1",
    path: ["g"],
  }),
  values: z.array(z.tuple([decimal, exponent])).min(1),
});

/** Reads any of the three forms. Throws WireError naming the field. */
export function readNumbers(
  source: string | Uint8Array,
  { what = "encrypted numbers", maxBytes = MAX_FILE_BYTES }: NumberFileOptions = {},
): NumberFile {
  // The form is looked at first, so that an error speaks of the form that was meant.
  const any = parseJson(source, { what, maxBytes, schema: z.unknown() });
  const schema = Array.isArray(any)
    ? z
        .array(single)
        .min(1)
        .transform((items) => ({ values: items.map(({ v }) => v), exponents: items.map(({ e }) => e) }))
    : typeof any === "object" && any !== null && ("public_key" in any || "values" in any)
      ? vector.transform(({ public_key, values }) => ({
          n: public_key.n,
          values: values.map(([v]) => v),
          exponents: values.map(([, e]) => e),
        }))
      : single.transform(({ v, e }) => ({ values: [v], exponents: [e] }));
  return checkShape(any, what, schema);
}

/** Writes one of the three forms, integers as decimal strings: as JSON numbers they would lose digits in half of the world's parsers. */
export function writeNumbers({ n, values, exponents }: Required<NumberFile>, format: NumberFormat): string {
  const items = values.map((v, i) => ({ v: v.toString(), e: exponents[i] }));
  if (format === "vector") return JSON.stringify({ public_key: { n: n.toString() }, values: items.map(({ v, e }) => [v, e]) });
  if (format === "list") return JSON.stringify(items);
  if (format === "single" && items.length === 1) return JSON.stringify(items[0]);
  throw new ParameterError({
    what: "format",
    expected: "'vector' or 'list', or 'single' for a batch of one",
    got: `${show(format)} for a batch of ${items.length}`,
    remedy: "write a vector",
  });
}
