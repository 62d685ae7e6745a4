/** Ciphertexts as sections of a container: public metadata as JSON, numbers in fixed width. */
import { z } from "zod";
import { bytesToHex, hexToBytes } from "../math/bytes.js";
import { batchTags, decodeJson, encodeJson, packBigints, requireSection, type Section, unpackBigints } from "../wire/index.js";
import { checkElements } from "./checks.js";
import type { ElGamalCiphertextProperties } from "./ciphertexts.js";
import { MAX_COUNT } from "./encoding.js";
import type { ElGamalPublicKey } from "./keys.js";

const metadata = z.strictObject({
  key: z.string().regex(/^[0-9a-f]{64}$/),
  batch: z.number().int().min(1),
  kind: z.enum(["factors", "counts"]),
  /** 0 for factors. */
  bound: z.number().int().min(0).max(MAX_COUNT),
});

/** What {@link encodeCiphertexts} writes. */
export interface CiphertextContent extends Omit<ElGamalCiphertextProperties, "fresh"> {
  /** First halves and second halves in turn. */
  readonly values: readonly bigint[];
  readonly name?: string;
}

/** The sections of a batch. The values must be fresh: the caller has re-randomised them. */
export function encodeCiphertexts({ values, key, kind, bound, name }: CiphertextContent): Section[] {
  const [metaTag, dataTag] = batchTags(name);
  return [
    { tag: metaTag, bytes: encodeJson({ key: bytesToHex(key.id), batch: values.length / 2, kind, bound }) },
    { tag: dataTag, bytes: packBigints(values, key.group.bits / 8) },
  ];
}

/** Where sections come from, for messages, and under which name they stand. */
export interface SectionOptions {
  readonly what?: string;
  /** `C0` unless given. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}

/** Reads hostile sections. Rejects with WireError naming the section and the field, or with KeyMismatchError. */
export async function decodeCiphertexts(
  sections: ReadonlyMap<string, Uint8Array>,
  key: ElGamalPublicKey,
  { what = "ciphertexts", name, signal }: SectionOptions = {},
): Promise<Omit<CiphertextContent, "name">> {
  const [metaTag, dataTag] = batchTags(name);
  const section = (tag: string) => requireSection(sections, tag, what);
  const meta = decodeJson(section(metaTag), { what: `${what}, section '${metaTag}'`, schema: metadata });
  key.requireId(hexToBytes(meta.key), what);
  const { p, bits } = key.group;
  const data = `${what}, section '${dataTag}'`;
  const values = unpackBigints(section(dataTag), { what: data, width: bits / 8, count: 2 * meta.batch, below: p });
  await checkElements(values, key.group, data, signal);
  // A bound on factors means nothing and is not carried along.
  return { values, key, kind: meta.kind, bound: meta.kind === "counts" ? meta.bound : 0 };
}
