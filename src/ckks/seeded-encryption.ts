/** Fresh secret-key encryptions that go out at once: made, packed and handed over in parts. */
import { LifetimeError, ParameterError, show } from "../errors.js";
import type { BackendDescription, HostOptions, RingHandle, RingKernels, SlotValues } from "../kernels/interface.js";
import { freshSeed, type SeedSource } from "../math/random.js";
import { encryptFrom } from "./encryption.js";
import type { CkksSecretKey } from "./keys.js";
import type { CkksParameters } from "./parameters.js";
import { inScope } from "./scope.js";
import { type SeededExport, seededExport } from "./serialization.js";

/** Options of encryption in parts. */
export interface SeededOptions extends HostOptions {
  /** The level of the ciphertexts; the top one unless said otherwise. */
  readonly level?: number;
}

/** What encryption in parts works with. */
export interface SeededContext {
  readonly parameters: CkksParameters;
  readonly ring: RingKernels;
  readonly seeds: SeedSource;
  /** Residues that are worked on at a time. */
  readonly partResidues: number;
}

/**
 * Residues of a part for each thread, some milliseconds of work: more than what a backend does on the caller's thread, which
 * is to look at one part while the next one is made.
 */
const THREAD_RESIDUES = 5 * 2 ** 15;

/** A GPU wants all at once; threads are as fast with little, which stays in their caches. */
export function partResiduesOf({ backend, threads }: Pick<BackendDescription, "backend" | "threads">): number {
  return backend === "wasm" ? THREAD_RESIDUES * threads : Number.POSITIVE_INFINITY;
}

/** The same bytes as a whole encryption under the same seeds exports. */
export function encryptSeeded(
  context: SeededContext,
  vectors: readonly SlotValues[],
  key: CkksSecretKey,
  options: SeededOptions,
): SeededExport {
  if (!Array.isArray(vectors) || vectors.length === 0) {
    const expected = "an array of at least one vector";
    throw new ParameterError({ what: "vectors", expected, got: show(vectors), remedy: "pass [vector]" });
  }
  const { parameters, seeds } = context;
  const level = options.level ?? parameters.levels;
  // Here, so that what is wrong with the level is said at once.
  const plan = { basis: parameters.basis(level), scale: parameters.scale(level) };
  const publicSeed = freshSeed(seeds);
  let isSpent = false;
  return seededExport(parameters, { level, batch: vectors.length, seed: publicSeed }, (target) => {
    if (isSpent) {
      // One public seed under two errors would show their difference, and under two messages and one error that of the messages.
      const remedy = "encrypt again";
      throw new LifetimeError({ what: "ciphertext in parts", expected: "to be made once", got: "a second request", remedy });
    }
    isSpent = true;
    return parts(context, target, vectors, key, publicSeed, plan, options);
  });
}

/** Packs first components, some items at a time; one part is being made while the one before it is looked at. */
async function* parts(
  { parameters, ring, seeds, partResidues }: SeededContext,
  target: Uint8Array,
  vectors: readonly SlotValues[],
  key: CkksSecretKey,
  publicSeed: Uint8Array,
  plan: { readonly basis: readonly number[]; readonly scale: number },
  { signal, onProgress }: HostOptions,
): AsyncGenerator<number> {
  const secretSeed = freshSeed(seeds);
  const perPart = Math.max(1, Math.floor(partResidues / (plan.basis.length * parameters.degree)));
  const itemBytes = target.length / vectors.length;
  let before: Promise<number> | undefined;
  try {
    for (let first = 0; first < vectors.length; first += perPart) {
      const progress = onProgress && ((done: number) => onProgress(first + done, vectors.length));
      const items = vectors.slice(first, first + perPart);
      const { packed } = await inScope(async (keep) => {
        const message = keep(await ring.encode(items, plan, { signal, onProgress: progress }));
        const { c0 } = await encryptFrom(ring, keep, message, key, { publicSeed, secretSeed, first });
        const end = itemBytes * (first + items.length);
        // A slice, because the part outlives this scope.
        const part = ring.slice(c0, 0, items.length);
        const packed = packInto(ring, part, target.subarray(itemBytes * first, end), signal).then(() => end);
        packed.catch(() => undefined);
        // Not the promise itself, which would be awaited here.
        return { packed };
      });
      const previous = before;
      before = packed;
      if (previous !== undefined) yield await previous;
    }
    if (before !== undefined) yield await before;
  } finally {
    secretSeed.fill(0);
    // Nothing is written to the caller's bytes once this is over.
    await Promise.allSettled([before]);
  }
}

/** Takes ownership of the handle. */
async function packInto(ring: RingKernels, part: RingHandle, into: Uint8Array, signal?: AbortSignal): Promise<void> {
  try {
    await ring.readPacked(part, { signal, into });
  } finally {
    part.dispose();
  }
}
