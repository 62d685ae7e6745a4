/** Ciphertexts as sections of a container: public metadata as JSON, numbers in fixed width. */
import { z } from "zod";
import { WireError } from "../errors.js";
import { bytesToHex, hexToBytes } from "../math/bytes.js";
import { bitLength } from "../math/modular.js";
import { batchTags, decodeJson, encodeJson, packBigints, requireSection, type Section, unpackBigints } from "../wire/index.js";
import { checkCiphertexts } from "./checks.js";
import type { CiphertextProperties } from "./ciphertexts.js";
import { ciphertextBytes, type PaillierPublicKey } from "./keys.js";
import { capacity, checkLayout } from "./slots.js";

const metadata = z.strictObject({
  key: z.string().regex(/^[0-9a-f]{64}$/),
  batch: z.number().int().min(1),
  slots: z.number().int().min(1),
  slotBits: z.number().int().min(2),
  scaleBits: z.number().int().min(0).max(8192),
  /** The bound in hexadecimal without leading zeros; "full" where it is the capacity of a slot. */
  bound: z.string().regex(/^(full|0|[1-9a-f][0-9a-f]{0,1023})$/),
});

/** What {@link encodeCiphertexts} writes. */
export interface CiphertextContent extends CiphertextProperties {
  readonly values: readonly bigint[];
  readonly name?: string;
  /** Whether the exact bound is told; if not, only that no slot overflows. A bound after a dot product tells something of the weights. */
  readonly tellBound: boolean;
}

/** The sections of a batch. The values must be fresh: the caller has re-randomised them. */
export function encodeCiphertexts({ values, key, layout, scaleBits, bound, name, tellBound }: CiphertextContent): Section[] {
  const [metaTag, dataTag] = batchTags(name);
  const meta = {
    key: bytesToHex(key.id),
    batch: values.length,
    slots: layout.slots,
    slotBits: layout.slotBits,
    scaleBits,
    bound: tellBound ? bound.toString(16) : "full",
  };
  return [
    { tag: metaTag, bytes: encodeJson(meta) },
    { tag: dataTag, bytes: packBigints(values, ciphertextBytes(key.bits)) },
  ];
}

/** What is read back; the values are checked to be ciphertexts of the key. */
export interface DecodedCiphertexts extends Omit<CiphertextProperties, "key" | "fresh"> {
  readonly values: bigint[];
}

/** Reads hostile sections. Throws WireError naming the section and the field, or KeyMismatchError. */
export function decodeCiphertexts(
  sections: ReadonlyMap<string, Uint8Array>,
  key: PaillierPublicKey,
  { what = "ciphertexts", name }: { readonly what?: string; readonly name?: string } = {},
): DecodedCiphertexts {
  const [metaTag, dataTag] = batchTags(name);
  const section = (tag: string) => requireSection(sections, tag, what);
  const where = `${what}, section '${metaTag}'`;
  const meta = decodeJson(section(metaTag), { what: where, schema: metadata });
  key.requireId(hexToBytes(meta.key), what);
  const layout = { slots: meta.slots, slotBits: meta.slotBits };
  const refuse = (field: string, expected: string, got: string, cause?: unknown): never => {
    throw new WireError({ what: `${where}, field '${field}'`, expected, got, remedy: "refuse this sender's data" }, { cause });
  };
  try {
    checkLayout(layout, key.bits);
  } catch (cause) {
    refuse("slots", `slots that fit ${key.bits} bits`, `${meta.slots} x ${meta.slotBits}`, cause);
  }
  const bound = meta.bound === "full" ? capacity(layout) : BigInt(`0x${meta.bound}`);
  if (bound > capacity(layout)) refuse("bound", `at most ${meta.slotBits - 1} bits`, `${bitLength(bound)} bits`);
  const data = `${what}, section '${dataTag}'`;
  const width = ciphertextBytes(key.bits);
  const values = unpackBigints(section(dataTag), { what: data, width, count: meta.batch, below: 1n << BigInt(8 * width) });
  checkCiphertexts(values, key, data);
  return { values, layout, scaleBits: meta.scaleBits, bound };
}
