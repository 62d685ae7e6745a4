/**
 * Evaluation keys: a container of kind switchingKeys. Half of each key is a seed.
 *
 *     META  { relinearisation, conjugation: a level or null; rotations: [[step, level], ...], steps ascending }
 *     SEED  32 bytes a key: relinearisation, conjugation, rotations in their order
 *     CKSB  the b of each key in the same order, [digits] polynomials packed over the primes of its level and the special ones
 */
import { z } from "zod";
import { WireError } from "../../errors.js";
import type { HostOptions, RingKernels } from "../../kernels/interface.js";
import { packedBytes } from "../../math/bitpack.js";
import { conjugationElement, galoisElement } from "../../math/embedding.js";
import { SEED_BYTES } from "../../math/random.js";
import {
  decodeContainer,
  decodeJson,
  encodeContainer,
  encodeJson,
  MAX_JSON_BYTES,
  requireParameters,
  requireSection,
} from "../../wire/index.js";
import { CkksEvaluationKeys, type SwitchingKey } from "../evaluation-keys.js";
import { keyBasis, keyUniform } from "../key-generation.js";
import { checkKeySwitching, type KeyPlan } from "../key-plan.js";
import type { CkksParameters } from "../parameters.js";
import { inScope } from "../scope.js";

const META = "META";
const SEED = "SEED";
const B = "CKSB";
const WHAT = "evaluation keys";

const level = z.int().min(0).max(64);
const schema = z.strictObject({
  relinearisation: level.nullable(),
  conjugation: level.nullable(),
  rotations: z.array(z.tuple([z.int().min(1), level])),
});

/** A key's place in a file. */
interface Entry {
  /** The Galois element; undefined for relinearisation. */
  readonly element: number | undefined;
  readonly level: number;
}

export async function exportEvaluationKeys(
  ring: RingKernels,
  keys: CkksEvaluationKeys,
  options?: HostOptions,
): Promise<Uint8Array> {
  const { parameters, relinearisation, galois } = keys;
  const conjugation = galois.get(conjugationElement(parameters.degree));
  const rotations = keys.rotations.map((step): [number, SwitchingKey] => [
    step,
    galois.get(galoisElement(parameters.degree, step)) as SwitchingKey,
  ]);
  const inOrder = [relinearisation, conjugation, ...rotations.map(([, key]) => key)].filter((key) => key !== undefined);
  const parts: Uint8Array[] = [];
  for (const { handle } of inOrder)
    parts.push(await inScope((keep) => ring.readPacked(keep(ring.slice(handle, 0, handle.batch / 2)), options)));
  const meta = {
    relinearisation: relinearisation?.level ?? null,
    conjugation: conjugation?.level ?? null,
    rotations: rotations.map(([step, key]) => [step, key.level]),
  };
  const sections = [
    { tag: META, bytes: encodeJson(meta) },
    { tag: SEED, bytes: joined(inOrder.map(({ seed }) => seed)) },
    { tag: B, bytes: joined(parts) },
  ];
  return encodeContainer({ kind: "switchingKeys", parameterHash: parameters.hash, keyId: keys.id, sections });
}

/** Throws WireError naming the field, KeyMismatchError for other parameters. The keys rest in the backend and are the caller's. */
export async function importEvaluationKeys(
  parameters: CkksParameters,
  ring: RingKernels,
  bytes: Uint8Array,
): Promise<CkksEvaluationKeys> {
  checkKeySwitching(parameters);
  // All keys that there can be: relinearisation, conjugation and a rotation by each step.
  const most = (parameters.slots + 1) * (packedKeyBytes(parameters, parameters.levels) + SEED_BYTES);
  const container = decodeContainer(bytes, {
    what: WHAT,
    maxBytes: most + metaBytes(parameters) + MAX_JSON_BYTES,
    kinds: ["switchingKeys"],
    sections: { required: [META, SEED, B] },
  });
  requireParameters(container, parameters.hash, WHAT);
  const { keyId, sections } = container;
  if (keyId === undefined) throw refused(`${WHAT}, key id`, "32 bytes", "none");
  const section = (tag: string) => requireSection(sections, tag, WHAT);
  const meta = decodeJson(section(META), { what: `${WHAT}, section '${META}'`, schema, maxBytes: metaBytes(parameters) });
  const entries = entriesOf(meta, parameters);
  const sizes = entries.map((entry) => packedKeyBytes(parameters, entry.level));
  const seeds = exactly(section(SEED), SEED, SEED_BYTES * entries.length);
  const b = exactly(
    section(B),
    B,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  const made: SwitchingKey[] = [];
  try {
    let relinearisation: SwitchingKey | undefined;
    const galois = new Map<number, SwitchingKey>();
    let at = 0;
    for (const [i, entry] of entries.entries()) {
      const seed = seeds.slice(i * SEED_BYTES, (i + 1) * SEED_BYTES);
      const key = await readKey(parameters, ring, entry.level, seed, b.subarray(at, at + sizes[i]));
      made.push(key);
      at += sizes[i];
      if (entry.element === undefined) relinearisation = key;
      else galois.set(entry.element, key);
    }
    return new CkksEvaluationKeys(parameters, keyId.slice(), relinearisation, galois);
  } catch (error) {
    for (const { handle } of made) handle.dispose();
    throw error;
  }
}

/** Bytes of the file that {@link exportEvaluationKeys} writes for a plan, but for some hundred bytes of headers. */
export function evaluationKeyFileBytes(plan: KeyPlan): number {
  const levels = [plan.relinearisation, plan.conjugation, ...plan.rotations.values()].filter((l) => l !== undefined);
  return levels.reduce((sum, l) => sum + packedKeyBytes(plan.parameters, l) + SEED_BYTES, 0);
}

async function readKey(
  parameters: CkksParameters,
  ring: RingKernels,
  at: number,
  seed: Uint8Array,
  packed: Uint8Array,
): Promise<SwitchingKey> {
  const shape = { basis: keyBasis(parameters, at), form: "ntt", batch: parameters.digits(at) } as const;
  return inScope(async (keep) => {
    const a = keep(await keyUniform(ring, parameters, at, seed));
    const b = keep(await ring.uploadPacked(packed, shape, `${WHAT}, section '${B}'`));
    return { level: at, seed, handle: ring.concat([b, a]) };
  });
}

/** The keys of a file in their order. Throws WireError for levels and steps out of range or out of order. */
function entriesOf(meta: z.infer<typeof schema>, parameters: CkksParameters): Entry[] {
  const { degree, levels, slots } = parameters;
  const entries: Entry[] = [];
  const add = (what: string, element: number | undefined, l: number) => {
    if (l > levels) throw refused(`${WHAT}, level of the ${what}`, `at most ${levels}`, `${l}`);
    entries.push({ element, level: l });
  };
  if (meta.relinearisation !== null) add("relinearisation key", undefined, meta.relinearisation);
  if (meta.conjugation !== null) add("conjugation key", conjugationElement(degree), meta.conjugation);
  let last = 0;
  for (const [step, l] of meta.rotations) {
    if (step <= last || step >= slots) throw refused(`${WHAT}, rotations`, `ascending steps from 1 to ${slots - 1}`, `${step}`);
    last = step;
    add(`key for the rotation by ${step}`, galoisElement(degree, step), l);
  }
  return entries;
}

function packedKeyBytes(parameters: CkksParameters, at: number): number {
  return packedBytes({ degree: parameters.degree, basis: keyBasis(parameters, at), batch: parameters.digits(at) });
}

/** A bound on the metadata: up to 12 bytes for each step. */
const metaBytes = ({ slots }: CkksParameters): number => MAX_JSON_BYTES + 12 * slots;

function exactly(bytes: Uint8Array, tag: string, expected: number): Uint8Array {
  if (bytes.length !== expected) throw refused(`${WHAT}, section '${tag}'`, `${expected} bytes`, `${bytes.length}`);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function refused(what: string, expected: string, got: string): WireError {
  return new WireError({ what, expected, got, remedy: "ask the sender for a whole file of these parameters" });
}
