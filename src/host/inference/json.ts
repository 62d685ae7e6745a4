/** Reads hostile JSON text: bounded, of the schema's shape, with errors sorted by path. */
import type { z } from "zod";
import { LimitError, show, WireError } from "../../errors.js";

/** What {@link parseJson} checks against. */
export interface JsonText<T> {
  /** Name of the text in messages, for example `"model"`. */
  readonly what: string;
  /** The format's name, for example `"linear-model/1"`. */
  readonly format: string;
  readonly schema: z.ZodType<T>;
  /** Bound on the length in UTF-16 units, checked before anything else. */
  readonly maxLength: number;
  /** What to do about a text of another shape. */
  readonly remedy: string;
}

/** How many problems a message names; the rest is counted. */
const NAMED = 3;

/** Parses and checks a text. Throws LimitError above the bound, WireError on everything else, naming the fields. */
export function parseJson<T>(text: string, { what, format, schema, maxLength, remedy }: JsonText<T>): T {
  if (typeof text !== "string") {
    throw new WireError({ what, expected: `${format} as text`, got: typeof text, remedy: "pass the text of the file" });
  }
  if (text.length > maxLength) {
    throw new LimitError({ what, expected: `at most ${maxLength} characters`, got: `${text.length}`, remedy });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : "other text";
    throw new WireError({ what, expected: `${format} in JSON`, got: got.slice(0, 120), remedy }, { cause });
  }
  // Told before anything else: the rest of another format would only confuse.
  const named = typeof value === "object" && value !== null ? (value as { format?: unknown }).format : undefined;
  if (named !== format) {
    const got = named === undefined ? show(value) : show(named);
    throw new WireError({ what: `${what}, field 'format'`, expected: format, got, remedy });
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map((issue) => `${issue.path.join(".") || "(whole)"}: ${issue.message}`).sort();
  const more = problems.length > NAMED ? ` and ${problems.length - NAMED} more` : "";
  const first = checked.error.issues.map((issue) => issue.path.join(".")).sort()[0];
  throw new WireError({
    what: first ? `${what}, field '${first.slice(0, 80)}'` : what,
    expected: format,
    got: `${problems
      .slice(0, NAMED)
      .map((problem) => problem.slice(0, 200))
      .join("; ")}${more}`,
    remedy,
  });
}
