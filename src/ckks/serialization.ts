/** Ciphertexts on the wire: residues packed to the width of their primes, second components as a seed where they are fresh. */
import { z } from "zod";
import { WireError } from "../errors.js";
import type { EarlyUpload, HostOptions, RingKernels, RingShape } from "../kernels/interface.js";
import { packedBytes } from "../math/bitpack.js";
import { Domain, SEED_BYTES } from "../math/random.js";
import type { PartedSection, Section } from "../wire/index.js";
import { type CiphertextState, CkksCiphertext } from "./ciphertext.js";
import type { Estimate } from "./noise.js";
import type { CkksParameters } from "./parameters.js";
import { inScope } from "./scope.js";

/** Plain metadata of a batch of ciphertexts. */
export interface CiphertextMeta {
  readonly level: number;
  readonly batch: number;
  readonly scaleDegree: 1 | 2;
  /** Whether the second components are given by a seed. */
  readonly seeded: boolean;
  /** 3 for products that have not been relinearised; 2 where it is not there. */
  readonly components?: 3;
}

export interface CiphertextExport {
  readonly meta: CiphertextMeta;
  readonly sections: readonly Section[];
}

/** The tags of the sections. */
export const CIPHERTEXT_TAGS = { first: "CKC0", second: "CKC1", third: "CKC2", seed: "SEED" } as const;

/** The tags of the components, in their order. */
const COMPONENTS = [CIPHERTEXT_TAGS.first, CIPHERTEXT_TAGS.second, CIPHERTEXT_TAGS.third];

/** More ciphertexts than one file holds. */
export const MAX_BATCH = 65536;

/** The shape of {@link CiphertextMeta}. */
export const metaSchema = z.strictObject({
  level: z.int().min(0).max(64),
  batch: z.int().min(1).max(MAX_BATCH),
  scaleDegree: z.union([z.literal(1), z.literal(2)]),
  seeded: z.boolean(),
  components: z.literal(3).optional(),
});

/** Reads the packed residues of a ciphertext. */
export async function exportCiphertext(
  ring: RingKernels,
  ciphertext: CkksCiphertext,
  options?: HostOptions,
): Promise<CiphertextExport> {
  const { handle, batch, level, scaleDegree, seed, components } = ciphertext;
  const meta = { level, batch, scaleDegree, seeded: seed !== undefined, ...(components === 3 && { components }) };
  const packed = await inScope((keep) =>
    ring.readPacked(seed === undefined ? handle : keep(ring.slice(handle, 0, batch)), options),
  );
  if (seed !== undefined) {
    const sections = [
      { tag: CIPHERTEXT_TAGS.first, bytes: packed },
      { tag: CIPHERTEXT_TAGS.seed, bytes: seed },
    ];
    return { meta, sections };
  }
  const size = packed.length / components;
  const sections = COMPONENTS.slice(0, components).map((tag, c) => ({ tag, bytes: packed.subarray(c * size, (c + 1) * size) }));
  return { meta, sections };
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
  return meta.seeded ? component + SEED_BYTES : (meta.components ?? 2) * component;
}

/** What may be known when a ciphertext is read. */
export interface ImportOptions {
  readonly estimate?: Estimate | undefined;
}

/** A ciphertext that may be computed with before its residues have been looked at. */
export interface EarlyImport {
  /** The caller's to dispose of, whatever the check says. */
  readonly ciphertext: CkksCiphertext;
  /**
   * To be called once, when the computation is recorded. Rejects with WireError for residues out of range: nothing that was computed may
   * leave then.
   */
  check(): Promise<void>;
}

/** Checks and uploads a ciphertext from hostile bytes. Its components stay apart. Throws WireError. */
export async function importCiphertext(...source: Parameters<typeof importEarly>): Promise<CkksCiphertext> {
  const { ciphertext, check } = await importEarly(...source);
  try {
    await check();
    return ciphertext;
  } catch (error) {
    ciphertext.dispose();
    throw error;
  }
}

/** The same, but for the residues, which the check looks at. */
export async function importEarly(
  parameters: CkksParameters,
  ring: RingKernels,
  meta: unknown,
  section: (tag: string) => Uint8Array | undefined,
  keyId: Uint8Array,
  { estimate }: ImportOptions = {},
): Promise<EarlyImport> {
  const { level, batch, scaleDegree, seeded, components: count = 2 } = checkMeta(meta, parameters);
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
  const tags = COMPONENTS.slice(0, seeded ? 1 : count);
  const packed = tags.map((tag) => bytesOf(tag, packedBytes(layout)));
  const seed = seeded ? bytesOf(CIPHERTEXT_TAGS.seed, SEED_BYTES).slice() : undefined;
  const shape = { basis, form: "ntt", batch } as const;
  const state: CiphertextState = { level, scaleDegree, keyId: keyId.slice(), components: count, seed, estimate };
  // Before the uploads, whose check may be awaited: the backend expands the seed meanwhile.
  const expanded = seed && (await ring.sampleUniform({ seed, domain: Domain.PublicUniform }, shape));
  const uploads: EarlyUpload[] = [];
  try {
    for (const [c, tag] of tags.entries()) uploads.push(await upload(ring, packed[c], shape, tag));
  } catch (error) {
    expanded?.dispose();
    for (const { handle, check } of uploads) {
      check().catch(() => undefined);
      handle.dispose();
    }
    throw error;
  }
  const components = uploads.map(({ handle }) => handle);
  if (expanded) components.push(expanded);
  const ciphertext = new CkksCiphertext(parameters, { components, join: (all) => ring.concat(all) }, state);
  return { ciphertext, check: async () => void (await Promise.all(uploads.map((one) => one.check()))) };
}

/** Residues, looked at before or after: as the backend has it. */
async function upload(ring: RingKernels, bytes: Uint8Array, shape: RingShape, what: string): Promise<EarlyUpload> {
  if (ring.uploadEarly !== undefined) return ring.uploadEarly(bytes, shape, what);
  return { handle: await ring.uploadPacked(bytes, shape, what), check: async () => {} };
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
  if (parsed.data.seeded && parsed.data.components === 3) {
    throw new WireError({
      what: "ciphertext metadata, components",
      expected: "two in a fresh ciphertext",
      got: "three",
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
