/** Ciphertexts on the wire: residues packed to the width of their primes, second components as a seed where they are fresh. */
import { z } from "zod";
import { WireError } from "../errors.js";
import type { HostOptions, RingHandle, RingKernels } from "../kernels/interface.js";
import { packedBytes } from "../math/bitpack.js";
import { Domain, SEED_BYTES } from "../math/random.js";
import type { PartedSection, Section } from "../wire/index.js";
import { CkksCiphertext } from "./ciphertext.js";
import type { CkksParameters } from "./parameters.js";
import { inScope } from "./scope.js";

/** Plain metadata of a batch of ciphertexts. */
export interface CiphertextMeta {
  readonly level: number;
  readonly batch: number;
  readonly scaleDegree: 1 | 2;
  /** Whether the second components are given by a seed. */
  readonly seeded: boolean;
}

export interface CiphertextExport {
  readonly meta: CiphertextMeta;
  readonly sections: readonly Section[];
}

/** The tags of the sections. */
export const CIPHERTEXT_TAGS = { first: "CKC0", second: "CKC1", seed: "SEED" } as const;

const MAX_BATCH = 65536;

const metaSchema = z.strictObject({
  level: z.int().min(0).max(64),
  batch: z.int().min(1).max(MAX_BATCH),
  scaleDegree: z.union([z.literal(1), z.literal(2)]),
  seeded: z.boolean(),
});

/** Reads the packed residues of a ciphertext. */
export async function exportCiphertext(
  ring: RingKernels,
  ciphertext: CkksCiphertext,
  options?: HostOptions,
): Promise<CiphertextExport> {
  const { handle, batch, level, scaleDegree, seed } = ciphertext;
  const packed = await inScope((keep) =>
    ring.readPacked(seed === undefined ? handle : keep(ring.slice(handle, 0, batch)), options),
  );
  const half = seed === undefined ? packed.length / 2 : packed.length;
  const second: Section =
    seed === undefined
      ? { tag: CIPHERTEXT_TAGS.second, bytes: packed.subarray(half) }
      : { tag: CIPHERTEXT_TAGS.seed, bytes: seed };
  return {
    meta: { level, batch, scaleDegree, seeded: seed !== undefined },
    sections: [{ tag: CIPHERTEXT_TAGS.first, bytes: packed.subarray(0, half) }, second],
  };
}

/** The same of fresh ciphertexts that are made part after part: first components in parts, second ones as a seed. */
export interface SeededExport {
  readonly meta: CiphertextMeta;
  readonly sections: readonly [PartedSection, Section];
}

export function seededExport(
  parameters: CkksParameters,
  { level, batch, seed }: { readonly level: number; readonly batch: number; readonly seed: Uint8Array },
  fill: PartedSection["fill"],
): SeededExport {
  const length = packedBytes({ degree: parameters.degree, basis: parameters.basis(level), batch });
  return {
    meta: { level, batch, scaleDegree: 1, seeded: true },
    sections: [
      { tag: CIPHERTEXT_TAGS.first, length, fill },
      { tag: CIPHERTEXT_TAGS.seed, bytes: seed },
    ],
  };
}

/** The number of bytes that {@link exportCiphertext} writes in its sections. */
export function ciphertextBytes(parameters: CkksParameters, meta: CiphertextMeta): number {
  const component = packedBytes({ degree: parameters.degree, basis: parameters.basis(meta.level), batch: meta.batch });
  return meta.seeded ? component + SEED_BYTES : 2 * component;
}

/** Checks and uploads a ciphertext from hostile bytes. Throws WireError. */
export async function importCiphertext(
  parameters: CkksParameters,
  ring: RingKernels,
  meta: unknown,
  section: (tag: string) => Uint8Array | undefined,
  keyId: Uint8Array,
  meanwhile: () => void = () => {},
): Promise<CkksCiphertext> {
  const { level, batch, scaleDegree, seeded } = checkMeta(meta, parameters);
  const { degree } = parameters;
  const basis = parameters.basis(level);
  const layout = { degree, basis, batch };
  const bytesOf = (tag: string, expected: number): Uint8Array => {
    const bytes = section(tag);
    if (bytes === undefined || bytes.length !== expected) {
      const got = bytes === undefined ? "nothing" : `${bytes.length}`;
      throw new WireError({
        what: `section '${tag}'`,
        expected: `${expected} bytes`,
        got,
        remedy: "ask the sender for a whole file",
      });
    }
    return bytes;
  };
  const first = bytesOf(CIPHERTEXT_TAGS.first, packedBytes(layout));
  const second = seeded ? bytesOf(CIPHERTEXT_TAGS.seed, SEED_BYTES) : bytesOf(CIPHERTEXT_TAGS.second, packedBytes(layout));
  const seed = seeded ? second.slice() : undefined;
  const shape = { basis, form: "ntt", batch } as const;
  // Before the upload, whose check is awaited: the backend expands the seed meanwhile.
  const expanded = seed && (await ring.sampleUniform({ seed, domain: Domain.PublicUniform }, shape));
  const uploads = [ring.uploadPacked(first, shape, CIPHERTEXT_TAGS.first)];
  if (expanded === undefined) uploads.push(ring.uploadPacked(second, shape, CIPHERTEXT_TAGS.second));
  const settled = Promise.allSettled(uploads);
  try {
    meanwhile();
    const [c0, c1 = expanded as RingHandle] = await Promise.all(uploads);
    const components = { first: c0, second: c1, join: (parts: readonly RingHandle[]) => ring.concat(parts) };
    return new CkksCiphertext(parameters, components, level, scaleDegree, keyId.slice(), seed);
  } catch (error) {
    expanded?.dispose();
    for (const upload of await settled) if (upload.status === "fulfilled") upload.value.dispose();
    throw error;
  }
}

function checkMeta(meta: unknown, parameters: CkksParameters): CiphertextMeta {
  const parsed = metaSchema.safeParse(meta);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new WireError({
      what: `ciphertext metadata, ${issue.path.join(".") || "object"}`,
      expected: "a valid description",
      got: issue.message,
      remedy: "refuse this file",
    });
  }
  if (parsed.data.level > parameters.levels) {
    throw new WireError({
      what: "ciphertext metadata, level",
      expected: `at most ${parameters.levels}`,
      got: `${parsed.data.level}`,
      remedy: "use a file made from the same card",
    });
  }
  return parsed.data;
}
