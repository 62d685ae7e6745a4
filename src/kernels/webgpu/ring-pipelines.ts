/** All pipelines of the ring kernels of one degree, compiled together. */
import type { GpuContext } from "./context.js";
import type { GpuPipeline } from "./pipelines.js";

/** log2 of the block that a workgroup transforms in its own memory: 16 KiB, which every adapter has. */
export const MAX_LOG_BLOCK = 12;

/** Transforms longer than a block take a pass over columns too. */
export interface TransformPipelines {
  readonly block: GpuPipeline;
  readonly columns: GpuPipeline | undefined;
}

export interface RingPipelines {
  readonly forward: TransformPipelines;
  readonly inverse: TransformPipelines;
  /** Forward, and into a division; from the residues of one prime that is the divisor. */
  readonly division: TransformPipelines;
  readonly divisionByPrime: TransformPipelines;
  readonly add: GpuPipeline;
  readonly subtract: GpuPipeline;
  readonly multiply: GpuPipeline;
  readonly tensor: GpuPipeline;
  readonly negate: GpuPipeline;
  readonly multiplyScalars: GpuPipeline;
  readonly addScalars: GpuPipeline;
  readonly accumulate: GpuPipeline;
  readonly combine: GpuPipeline;
  readonly innerProducts: GpuPipeline;
  readonly permuteValues: GpuPipeline;
  readonly permuteCoefficients: GpuPipeline;
  readonly convert: GpuPipeline;
  readonly digits: GpuPipeline;
  readonly divide: GpuPipeline;
  readonly gather: GpuPipeline;
}

async function transform(
  context: GpuContext,
  direction: "forward" | "inverse",
  logDegree: number,
  { divides = false, centres = false } = {},
): Promise<TransformPipelines> {
  const logBlock = Math.min(logDegree, MAX_LOG_BLOCK);
  const logRadix = logDegree - logBlock;
  const [block, columns] = await Promise.all([
    context.pipeline({
      entry: `ntt_${direction}_block`,
      constants: { LOG_DEGREE: logDegree, LOG_BLOCK: logBlock },
      conditions: { ODD: logBlock % 2 === 1, WHOLE: logRadix === 0, DIVIDE: divides, CENTRE: centres && logRadix === 0 },
    }),
    logRadix === 0
      ? undefined
      : context.pipeline({
          entry: `ntt_${direction}_columns`,
          constants: { LOG_DEGREE: logDegree },
          conditions: {
            RADIX2: logRadix === 1,
            RADIX4: logRadix === 2,
            RADIX8: logRadix === 3,
            RADIX16: logRadix === 4,
            CENTRE: centres,
          },
        }),
  ]);
  return { block, columns };
}

/** Compiles them. `sparse` chooses the Montgomery reduction for primes 1 + k 2^16. */
export async function ringPipelines(context: GpuContext, logDegree: number, sparse: boolean): Promise<RingPipelines> {
  const pairwise = (operation: "ADD" | "SUBTRACT" | "MULTIPLY") => {
    const conditions = { ADD: false, SUBTRACT: false, MULTIPLY: false, SPARSE: sparse, [operation]: true };
    return context.pipeline({ entry: "ring_pairwise", conditions });
  };
  const scalars = (operation: "NEGATE" | "ADD" | "MULTIPLY") =>
    context.pipeline({ entry: "ring_scalars", conditions: { NEGATE: false, ADD: false, MULTIPLY: false, [operation]: true } });
  const plain = (entry: string, conditions: Record<string, boolean> = {}) => context.pipeline({ entry, conditions });
  const wanted = {
    forward: transform(context, "forward", logDegree),
    inverse: transform(context, "inverse", logDegree),
    division: transform(context, "forward", logDegree, { divides: true }),
    divisionByPrime: transform(context, "forward", logDegree, { divides: true, centres: true }),
    add: pairwise("ADD"),
    subtract: pairwise("SUBTRACT"),
    multiply: pairwise("MULTIPLY"),
    tensor: plain("ring_tensor", { SPARSE: sparse }),
    negate: scalars("NEGATE"),
    multiplyScalars: scalars("MULTIPLY"),
    addScalars: scalars("ADD"),
    accumulate: plain("ring_accumulate", { SPARSE: sparse }),
    combine: plain("ring_combine", { SPARSE: sparse }),
    innerProducts: plain("ring_inner_products", { SPARSE: sparse }),
    permuteValues: plain("ring_automorphism", { NTT: true }),
    permuteCoefficients: plain("ring_automorphism", { NTT: false }),
    convert: plain("ring_convert"),
    digits: plain("ring_digits"),
    divide: plain("ring_divide"),
    gather: plain("ring_gather"),
  };
  const made = await Promise.all(Object.values(wanted));
  return Object.fromEntries(Object.keys(wanted).map((name, i) => [name, made[i]])) as unknown as RingPipelines;
}
