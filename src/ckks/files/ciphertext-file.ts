/** Ciphertexts that stand alone: a container of kind ciphertext, with the prediction that its sender has of the values. */
import { z } from "zod";
import { WireError } from "../../errors.js";
import type { HostOptions, RingKernels } from "../../kernels/interface.js";
import { packedBytes } from "../../math/bitpack.js";
import {
  decodeContainer,
  decodeJson,
  encodeContainer,
  encodeJson,
  MAX_JSON_BYTES,
  requireParameters,
  requireSection,
} from "../../wire/index.js";
import type { CkksCiphertext } from "../ciphertext.js";
import type { Estimate } from "../noise.js";
import type { CkksParameters } from "../parameters.js";
import { CIPHERTEXT_TAGS, exportCiphertext, importCiphertext, MAX_BATCH, metaSchema } from "../serialization.js";

const META = "META";
const magnitude = z.number().min(0);
const estimateSchema = z.strictObject({ magnitude, rms: magnitude, deviation: magnitude });
const fileSchema = metaSchema.extend({ estimate: estimateSchema.optional() });

export async function exportCiphertextFile(
  ring: RingKernels,
  ciphertext: CkksCiphertext,
  options?: HostOptions,
): Promise<Uint8Array> {
  const { meta, sections } = await exportCiphertext(ring, ciphertext, options);
  const estimate = ciphertext.estimate && rounded(ciphertext.estimate);
  return encodeContainer({
    kind: "ciphertext",
    parameterHash: ciphertext.parameters.hash,
    keyId: ciphertext.keyId,
    sections: [{ tag: META, bytes: encodeJson({ ...meta, ...(estimate && { estimate }) }) }, ...sections],
  });
}

/** Throws WireError naming the field, KeyMismatchError for other parameters. What is predicted of the values is the sender's claim. */
export async function importCiphertextFile(
  parameters: CkksParameters,
  ring: RingKernels,
  bytes: Uint8Array,
): Promise<CkksCiphertext> {
  const what = "ciphertext";
  const { first, second, third, seed } = CIPHERTEXT_TAGS;
  const layout = { degree: parameters.degree, basis: parameters.primes, batch: MAX_BATCH };
  const container = decodeContainer(bytes, {
    what,
    maxBytes: 3 * packedBytes(layout) + 2 * MAX_JSON_BYTES,
    kinds: ["ciphertext"],
    sections: { required: [META, first], optional: [second, third, seed] },
  });
  requireParameters(container, parameters.hash, what);
  const { keyId, sections } = container;
  if (keyId === undefined)
    throw new WireError({ what: `${what}, key id`, expected: "32 bytes", got: "none", remedy: "ask for it again" });
  const source = requireSection(sections, META, what);
  const { estimate, ...meta } = decodeJson(source, { what: `${what}, section '${META}'`, schema: fileSchema });
  const expected = meta.seeded ? [first, seed] : meta.components === 3 ? [first, second, third] : [first, second];
  for (const tag of sections.keys()) {
    if (tag === META || expected.includes(tag as typeof first)) continue;
    const remedy = "refuse this file";
    throw new WireError({ what: `${what}, section '${tag}'`, expected: "none beside those of its kind", got: "one", remedy });
  }
  return importCiphertext(parameters, ring, meta, (tag) => sections.get(tag), keyId, { estimate });
}

/** To four digits: engines differ in the last bits of what a prediction is computed from, and bytes must not. */
function rounded({ magnitude, rms, deviation }: Estimate): Estimate {
  const short = (x: number) => Number(x.toPrecision(4));
  return { magnitude: short(magnitude), rms: short(rms), deviation: short(deviation) };
}
