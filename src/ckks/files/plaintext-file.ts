/**
 * Plaintexts: a container of kind plaintext with the values, not their encodings. They take a fraction of the bytes, and whoever reads
 * them encodes for the levels at hand.
 *
 *     META  { level, scaleDegree }
 *     CKLN  for each vector 4 bytes: its length, with the highest bit set where it is complex
 *     CKPV  the values, float64, little endian: of each vector the real parts, then the imaginary ones where there are any
 */
import { z } from "zod";
import { WireError } from "../../errors.js";
import type { SlotValues } from "../../kernels/interface.js";
import {
  decodeContainer,
  decodeJson,
  encodeContainer,
  encodeJson,
  MAX_JSON_BYTES,
  requireParameters,
  requireSection,
} from "../../wire/index.js";
import type { CkksParameters } from "../parameters.js";
import { type CkksPlaintext, makePlaintext, type PlaintextMaker } from "../plaintext.js";
import { MAX_BATCH } from "../serialization.js";

const META = "META";
const LENGTHS = "CKLN";
const VALUES = "CKPV";
const COMPLEX = 2 ** 31;

const schema = z.strictObject({ level: z.int().min(0).max(64), scaleDegree: z.union([z.literal(1), z.literal(2)]) });

export function exportPlaintext(plaintext: CkksPlaintext): Uint8Array {
  const { level, scaleDegree, parameters, values } = plaintext;
  const lengths = new DataView(new ArrayBuffer(4 * values.length));
  const parts: ArrayLike<number>[] = [];
  for (const [i, item] of values.entries()) {
    const isComplex = "re" in item;
    parts.push(...(isComplex ? [item.re, item.im] : [item]));
    lengths.setUint32(4 * i, isComplex ? item.re.length + COMPLEX : item.length, true);
  }
  const bytes = new DataView(new ArrayBuffer(8 * parts.reduce((sum, { length }) => sum + length, 0)));
  let at = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) bytes.setFloat64(at + 8 * i, part[i], true);
    at += 8 * part.length;
  }
  const sections = [
    { tag: META, bytes: encodeJson({ level, scaleDegree }) },
    { tag: LENGTHS, bytes: new Uint8Array(lengths.buffer) },
    { tag: VALUES, bytes: new Uint8Array(bytes.buffer) },
  ];
  return encodeContainer({ kind: "plaintext", parameterHash: parameters.hash, sections });
}

/** Throws WireError naming the field, KeyMismatchError for other parameters, EncodingError for values that the level cannot hold. */
export async function importPlaintext(maker: PlaintextMaker, bytes: Uint8Array): Promise<CkksPlaintext> {
  const what = "plaintext";
  const { parameters } = maker;
  const container = decodeContainer(bytes, {
    what,
    maxBytes: MAX_BATCH * (16 * parameters.slots + 4) + 2 * MAX_JSON_BYTES,
    kinds: ["plaintext"],
    sections: { required: [META, LENGTHS, VALUES] },
  });
  requireParameters(container, parameters.hash, what);
  const section = (tag: string) => requireSection(container.sections, tag, what);
  const { level, scaleDegree } = decodeJson(section(META), { what: `${what}, section '${META}'`, schema });
  if (level > parameters.levels) throw refused(`${what}, level`, `at most ${parameters.levels}`, `${level}`);
  const items = readVectors(section(LENGTHS), section(VALUES), parameters);
  return makePlaintext(maker, items, { level, scaleDegree });
}

/** Vectors of finite numbers. Nothing is allocated from a length before all lengths together are those of the values. */
function readVectors(lengths: Uint8Array, values: Uint8Array, { slots }: CkksParameters): SlotValues[] {
  const where = `plaintext, section '${LENGTHS}'`;
  if (lengths.length % 4 !== 0 || lengths.length < 4 || lengths.length > 4 * MAX_BATCH)
    throw refused(where, `4 bytes for each of 1 to ${MAX_BATCH} vectors`, `${lengths.length}`);
  const view = new DataView(lengths.buffer, lengths.byteOffset, lengths.length);
  const shapes: { length: number; isComplex: boolean }[] = [];
  let total = 0;
  for (let i = 0; i < lengths.length; i += 4) {
    const word = view.getUint32(i, true);
    const isComplex = word >= COMPLEX;
    const length = isComplex ? word - COMPLEX : word;
    if (length > slots) throw refused(`${where}, vector ${i / 4}`, `at most ${slots} slots`, `${length}`);
    shapes.push({ length, isComplex });
    total += 8 * length * (isComplex ? 2 : 1);
  }
  if (values.length !== total) throw refused(`plaintext, section '${VALUES}'`, `${total} bytes`, `${values.length}`);
  const source = new DataView(values.buffer, values.byteOffset, values.length);
  let at = 0;
  const part = (length: number): Float64Array => {
    const out = new Float64Array(length);
    for (let i = 0; i < length; i++, at += 8) {
      out[i] = source.getFloat64(at, true);
      if (!Number.isFinite(out[i])) throw refused(`plaintext, value ${at / 8}`, "a finite number", String(out[i]));
    }
    return out;
  };
  return shapes.map(({ length, isComplex }) => (isComplex ? { re: part(length), im: part(length) } : part(length)));
}

function refused(what: string, expected: string, got: string): WireError {
  return new WireError({ what, expected, got, remedy: "refuse this file" });
}
