/** Contributions and aggregates as bytes: the container with the plan's hash, the key's id, and who or how many. */
import { z } from "zod";
import { LimitError, ParameterError, show, WireError } from "../../errors.js";
import {
  decodeContainer,
  decodeJson,
  encodeContainer,
  encodeJson,
  requireKey,
  requireParameters,
  type Section,
} from "../../wire/index.js";
import { payloadBytes } from "./explain.js";
import type { AggregationPlan } from "./plan.js";

/** Header, metadata and section headers together stay far below this. */
const ENVELOPE_BYTES = 4096;
const META = "META";

/** Names of participants and rounds: printable, bounded, and safe in file names and logs. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const nameShape = z.string().regex(NAME, "a name is 1 to 64 of A-Z a-z 0-9 . _ @ -, a letter or digit first");

const contributionMeta = z.strictObject({ participant: nameShape, round: nameShape });
const aggregateMeta = z.strictObject({
  participants: z
    .int()
    .min(1)
    .max(2 ** 20),
  round: nameShape,
});

const META_SHAPES = { contribution: contributionMeta, aggregate: aggregateMeta } as const;

/** The clear metadata of each kind. */
export type Meta<K extends keyof typeof META_SHAPES> = z.infer<(typeof META_SHAPES)[K]>;

/** The name of a participant or a round. Throws ParameterError. */
export function checkName(name: unknown, what: string): string {
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new ParameterError({
      what,
      expected: "1 to 64 of A-Z a-z 0-9 . _ @ -, a letter or digit first",
      got: show(name),
      remedy: "rename it",
    });
  }
  return name;
}

/** Writes a contribution or an aggregate. */
export function encodeMessage<K extends keyof typeof META_SHAPES>(
  kind: K,
  plan: AggregationPlan,
  keyId: Uint8Array,
  meta: Meta<K>,
  sections: readonly Section[],
): Uint8Array {
  return encodeContainer({
    kind,
    parameterHash: plan.hash,
    keyId,
    sections: [{ tag: META, bytes: encodeJson(meta) }, ...sections],
  });
}

/**
 * Reads hostile bytes as a contribution or an aggregate of this plan and key, with the tags of its scheme.
 * Throws LimitError, WireError or KeyMismatchError. The sections are views into the bytes.
 */
export function decodeMessage<K extends keyof typeof META_SHAPES>(
  kind: K,
  plan: AggregationPlan,
  keyId: Uint8Array,
  tags: readonly string[],
  bytes: Uint8Array,
): { readonly meta: Meta<K>; readonly sections: ReadonlyMap<string, Uint8Array> } {
  if (!(bytes instanceof Uint8Array)) {
    throw new ParameterError({ what: kind, expected: "a Uint8Array", got: show(bytes), remedy: "pass the bytes that were sent" });
  }
  const maxBytes = payloadBytes(plan) + ENVELOPE_BYTES;
  if (bytes.length > maxBytes) {
    throw new LimitError({
      what: kind,
      expected: `at most ${maxBytes} bytes`,
      got: `${bytes.length}`,
      remedy: "use messages made for this plan",
    });
  }
  const container = decodeContainer(bytes, { what: kind, maxBytes, kinds: [kind] });
  // The plan comes before the sections: those of another plan have every right to differ.
  requireParameters(container, plan.hash, kind);
  requireKey(container, keyId, kind);
  const expected = [META, ...tags];
  const got = [...container.sections.keys()];
  if (got.length !== expected.length || !expected.every((tag) => container.sections.has(tag))) {
    throw new WireError({
      what: `${kind}, sections`,
      expected: expected.join(" "),
      got: got.join(" ") || "none",
      remedy: "refuse this sender's data",
    });
  }
  const schema = META_SHAPES[kind] as unknown as z.ZodType<Meta<K>>;
  const meta = decodeJson(container.sections.get(META)!, { what: `${kind}, section '${META}'`, schema });
  return { meta, sections: container.sections };
}
