/** Number theoretic transforms: at most two dispatches whatever N, with all limbs and the whole batch in each. */
import type { GpuContext } from "./context.js";
import type { GpuMemory, GpuView } from "./memory.js";
import { MAX_LOG_BLOCK, type TransformPipelines } from "./ring-pipelines.js";

/** Which rows are transformed: of every item, `limbs` limbs from `first` on out of `sourceLimbs`. */
export interface TransformRows {
  readonly items: number;
  readonly limbs: number;
  readonly sourceLimbs: number;
  readonly first: number;
}

interface Pass {
  readonly context: GpuContext;
  readonly pipelines: TransformPipelines;
  readonly logDegree: number;
  readonly limbs: GpuMemory;
  readonly twiddles: GpuMemory;
}

/** Threads that a row takes in a pass over columns: a column of 4, 8 or 16 values each, or two columns of 2. */
const columnThreads = (logDegree: number) => 2 ** Math.min(logDegree - 2, MAX_LOG_BLOCK);

/** What a forward transform ends in: (dividend - value) / D. */
export interface Division {
  readonly dividend: GpuView;
  readonly limbs: number;
  /** Where D is one prime, whose residues [item, N] stand for all limbs of the input: D / 2, rounded down. */
  readonly half?: number;
  /** Constants of each kept limb: ResidentTables.divisors. */
  readonly divisors: GpuMemory;
}

const uniforms = ({ items, limbs, sourceLimbs, first }: TransformRows, division?: Division) => [
  items * limbs,
  limbs,
  sourceLimbs,
  first,
  division?.limbs ?? 0,
  division?.half ?? 0,
];

/** Records a forward transform of `from` into new memory [items, limbs, N]. */
export function recordForward(pass: Pass, from: GpuView, rows: TransformRows): GpuMemory {
  return record(pass, from, rows, true);
}

/** Records a forward transform and a division, into new memory; the pipelines are those for a division. */
export function recordDivision(pass: Pass, from: GpuView, rows: TransformRows, division: Division): GpuMemory {
  return record(pass, from, rows, true, division);
}

/** Records an inverse transform of `from` into new memory [items, limbs, N]. */
export function recordInverse(pass: Pass, from: GpuView, rows: TransformRows): GpuMemory {
  return record(pass, from, rows, false);
}

function record(
  { context, pipelines, logDegree, limbs, twiddles }: Pass,
  from: GpuView,
  rows: TransformRows,
  forward: boolean,
  division?: Division,
): GpuMemory {
  const { block, columns } = pipelines;
  const count = rows.items * rows.limbs;
  const bytes = 4 * count * 2 ** logDegree;
  const blockGroups = count * 2 ** Math.max(0, logDegree - MAX_LOG_BLOCK);
  const out = context.allocate(bytes, forward ? "ntt" : "intt");
  const ending = division ? [division.dividend, division.divisors] : [];
  if (!columns) {
    context.record(block, [limbs, twiddles, from, out, ...ending], uniforms(rows, division), blockGroups);
    return out;
  }
  const columnGroups = (count * columnThreads(logDegree)) / 256;
  let between: GpuMemory;
  try {
    between = context.allocate(bytes, "half a transform");
  } catch (error) {
    out.release();
    throw error;
  }
  // The second pass reads what the first has put into its final order.
  const settled = uniforms({ ...rows, sourceLimbs: rows.limbs, first: 0 }, division);
  if (forward) {
    const beginning = division?.half === undefined ? [] : [division.divisors];
    context.record(columns, [limbs, twiddles, from, between, ...beginning], uniforms(rows, division), columnGroups);
    context.record(block, [limbs, twiddles, between, out, ...ending], settled, blockGroups);
  } else {
    context.record(block, [limbs, twiddles, from, between], uniforms(rows), blockGroups);
    context.record(columns, [limbs, twiddles, between, out], settled, columnGroups);
  }
  between.release();
  return out;
}
