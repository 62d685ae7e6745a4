/** Sampling: ChaCha20 streams to residues that rest in the backend. */
import { Stream } from "../../../math/random.js";
import { checkSecretDomain, type SampleSource, sampleGaussianBatch, sampleTernaryBatch, sampleUniformBatch } from "../../host.js";
import type { HostOptions, RingHandle, RingShape } from "../../interface.js";
import { checkCount, checkShape } from "../../shapes.js";
import type { Block } from "../runtime.js";
import { withBlocks } from "./blocks.js";
import type { RingContext } from "./context.js";
import { place, SMALLEST_DEGREE } from "./rare.js";
import { gaussianLimbs } from "./tables.js";

type SmallShape = Omit<RingShape, "form">;

/** Residues that are recorded between two turns of the event loop: some 10 ms of work for one thread. */
const RESIDUES_AT_A_TIME = 2 ** 22;
/** Samples of a Gaussian task: the words of 1,024 samples fill 12 KiB. */
const GAUSSIAN_CHUNK = 1024;

/** The checks of Stream, for the first and the last item that will be drawn. */
function checkSource({ seed, domain, first = 0 }: SampleSource, batch: number): void {
  for (const item of [first, first + batch - 1]) new Stream(seed, domain, item).dispose();
}

interface Part {
  readonly seed: Block;
  readonly first: number;
  readonly batch: number;
  /** The address of the part's residues. */
  readonly out: number;
}

/**
 * Records `draw` for runs of items, each with the seed in a block of its own. Nothing recorded overwrites the seed: commands
 * are carried out again from the start when a worker dies, and must never meet a key of zeros. The runtime wipes what is
 * released as soon as it rests.
 */
async function drawInParts(
  context: RingContext,
  { seed, first = 0 }: SampleSource,
  { basis, form, batch }: RingShape,
  { signal, onProgress }: HostOptions,
  draw: (part: Part) => void,
): Promise<RingHandle> {
  const { runtime, degree } = context;
  const { handle, block } = context.make(basis, form, batch);
  const perPart = Math.max(1, Math.floor(RESIDUES_AT_A_TIME / (degree * basis.length)));
  try {
    for (let start = 0; start < batch; start += perPart) {
      if (start > 0) await runtime.flush();
      signal?.throwIfAborted();
      const count = Math.min(perPart, batch - start);
      const out = block.address + 4 * degree * basis.length * start;
      withBlocks(runtime, [seed.length], (key) => {
        runtime.write(key, seed);
        draw({ seed: key, first: first + start, batch: count, out });
      });
      for (let i = start; i < start + count; i++) onProgress?.(i + 1, batch);
    }
  } catch (error) {
    handle.dispose();
    throw error;
  }
  return handle;
}

/** What the caller's thread drew, brought to the backend. */
function placeAll(context: RingContext, residues: Uint32Array, { basis, form, batch }: RingShape): RingHandle {
  const { handle, block } = context.make(basis, form, batch);
  try {
    place(context, residues, block, 0);
  } catch (error) {
    handle.dispose();
    throw error;
  } finally {
    residues.fill(0);
  }
  return handle;
}

/** Uniform residues: item i, prime q from the stream (seed, domain, first + i, q), in the form that is asked for. */
export async function sampleUniform(
  context: RingContext,
  source: SampleSource,
  shape: RingShape,
  options: HostOptions = {},
): Promise<RingHandle> {
  checkShape(shape);
  checkSource(source, shape.batch);
  const { runtime, degree } = context;
  context.basisBlock(shape.basis);
  if (degree < SMALLEST_DEGREE) {
    return placeAll(context, await sampleUniformBatch(source, { ...shape, degree }, options), shape);
  }
  const limbs = shape.basis.length;
  return drawInParts(context, source, shape, options, ({ seed, first, batch, out }) => {
    const args = [seed.address, source.domain, first, context.basisBlock(shape.basis).address, limbs, degree, out];
    runtime.record("sampleUniform", batch * limbs, args);
  });
}

/** Coefficients uniform in {-1, 0, 1}, in coefficient form: item i from the stream (seed, domain, first + i, 0). */
export function sampleTernary(
  context: RingContext,
  source: SampleSource,
  shape: SmallShape,
  options?: HostOptions,
): Promise<RingHandle> {
  return sampleSmall(context, source, shape, options, sampleTernaryBatch, (args, batch) =>
    context.runtime.record("sampleTernary", batch, args),
  );
}

/** Errors of standard deviation 3.2, in coefficient form: item i from the stream (seed, domain, first + i, 0). */
export function sampleGaussian(
  context: RingContext,
  source: SampleSource,
  shape: SmallShape,
  options?: HostOptions,
): Promise<RingHandle> {
  const { runtime, degree } = context;
  const chunk = Math.min(GAUSSIAN_CHUNK, degree);
  return sampleSmall(context, source, shape, options, sampleGaussianBatch, (args, batch) => {
    const table = gaussianLimbs(runtime);
    runtime.record("sampleGaussian", (batch * degree) / chunk, [...args, table.block.address, table.entries, chunk]);
  });
}

/** Secret polynomials of small coefficients, by the kernel that `record` records with these arguments for a part of the batch. */
async function sampleSmall(
  context: RingContext,
  source: SampleSource,
  { basis, batch }: SmallShape,
  options: HostOptions = {},
  byDefinition: typeof sampleTernaryBatch,
  record: (args: readonly number[], batch: number) => void,
): Promise<RingHandle> {
  checkSecretDomain(source);
  checkCount("batch", batch, 1);
  checkSource(source, batch);
  const shape: RingShape = { basis, batch, form: "coefficient" };
  const { degree } = context;
  context.basisBlock(basis);
  if (degree < SMALLEST_DEGREE) return placeAll(context, await byDefinition(source, { ...shape, degree }, options), shape);
  return drawInParts(context, source, shape, options, (part) => {
    const primes = context.basisBlock(basis).address;
    record([part.seed.address, source.domain, part.first, primes, basis.length, degree, part.out], part.batch);
  });
}
