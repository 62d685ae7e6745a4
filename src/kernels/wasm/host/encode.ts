/** Encoding: slot values, copied in group by group, to residues that rest in the backend. */
import { checkScale } from "../../../math/encoding.js";
import { checkItems, isComplex, type SlotValues } from "../../host.js";
import type { EncodePlan, HostOptions, RingHandle } from "../../interface.js";
import { checkCount } from "../../shapes.js";
import type { Block, Runtime } from "../runtime.js";
import { withBlocks } from "./blocks.js";
import type { RingContext } from "./context.js";
import { encodeByDefinition, SMALLEST_DEGREE } from "./rare.js";
import { embeddingTables } from "./tables.js";
import { float64Words } from "./words.js";

/** Coefficients that are recorded between two turns of the event loop: some milliseconds of the caller's thread. */
const GROUP_COEFFICIENTS = 2 ** 19;
/** Integers that a remainder in float64 takes at once, and what each step adds (assembly/host/encode.ts). */
const DIRECT = 2 ** 52;
const STEP = 2 ** 22;
/** Magnitudes beyond this are left to the specification: float64 could overflow on the way. */
const LARGEST = 2 ** 900;
/** Covers the rounding of a sum of magnitudes and that of the butterflies, each below 2^-30. */
const SLACK = 1 + 2 ** -20;

/** What the groups of one call share. */
interface Job {
  readonly context: RingContext;
  readonly plan: EncodePlan;
  readonly out: Block;
  /** What scale times the mean magnitude of the slots must stay below for every coefficient to be encodable. */
  readonly limit: number;
}

/**
 * Residues [batch, limb, N] in coefficient form of one plaintext an item: round(scale * embedding^-1(values)).
 *
 * No coefficient exceeds scale times the mean magnitude of the slots. An item for which that does not exclude an error, or
 * whose values are refused, is left to the specification, which then throws.
 */
export async function encode(
  context: RingContext,
  items: readonly SlotValues[],
  plan: EncodePlan,
  options: HostOptions = {},
): Promise<RingHandle> {
  const { degree, runtime } = context;
  checkItems(items);
  checkCount("batch", items.length, 1);
  checkScale(plan.scale);
  context.basisBlock(plan.basis);
  const { handle, block } = context.make(plan.basis, "coefficient", items.length);
  const limit = degree < SMALLEST_DEGREE ? 0 : plan.basis.reduce((half, q) => Math.min(half * q, LARGEST), 0.5);
  const job: Job = { context, plan, out: block, limit };
  try {
    const perGroup = Math.max(1, Math.floor(GROUP_COEFFICIENTS / degree));
    for (let start = 0; start < items.length; start += perGroup) {
      if (start > 0) await runtime.flush();
      options.signal?.throwIfAborted();
      const group = items.slice(start, start + perGroup);
      for (const i of encodeGroup(job, group, start)) {
        const offset = 4 * degree * plan.basis.length * (start + i);
        await encodeByDefinition(context, group[i], plan, block, offset);
      }
      for (let i = start; i < start + group.length; i++) options.onProgress?.(i + 1, items.length);
    }
    options.signal?.throwIfAborted();
  } catch (error) {
    handle.dispose();
    throw error;
  }
  return handle;
}

/** Copies in and records items [start, start + group.length); returns which of them are left to the specification. */
function encodeGroup(job: Job, group: readonly SlotValues[], start: number): number[] {
  const { runtime, degree } = job.context;
  const slots = degree / 2;
  const parts = group.map((item) => (isComplex(item) ? [item.re, item.im] : [item]));
  const counts = parts.map(([re, im]) => {
    const isSound = Number.isSafeInteger(re.length) && re.length <= slots && (!im || im.length === re.length);
    return isSound ? re.length : undefined;
  });
  const size = parts.reduce((sum, { length }, i) => sum + 8 * length * (counts[i] ?? 0), 0);
  return withBlocks(runtime, [Math.max(8, size), 16 * group.length], (values, items) => {
    const descriptors = new Uint32Array(4 * group.length);
    const rare: number[] = [];
    let offset = 0;
    let largest = 0;
    for (const [i, [re, im]] of parts.entries()) {
      const count = counts[i];
      let sum = count === undefined ? Number.NaN : write(runtime, values, offset, re);
      if (im && count !== undefined) sum += write(runtime, values, offset + 8 * count, im);
      const bound = (sum * job.plan.scale * SLACK) / slots;
      if (count === undefined || !(sum < LARGEST && bound < job.limit)) {
        // Its residues are zeros until the specification's take their place.
        rare.push(i);
        continue;
      }
      descriptors.set([offset, count, im ? 1 : 0], 4 * i);
      offset += 8 * count * (im ? 2 : 1);
      largest = Math.max(largest, bound);
    }
    runtime.write(items, descriptors);
    let steps = 0;
    for (let rest = largest; rest >= DIRECT; rest /= STEP) steps++;
    if (rare.length < group.length) record(job, { values, items, count: group.length, start, steps });
    return rare;
  });
}

/** Copies values in and returns the sum of their magnitudes: not a finite number where one of them is none. */
function write(runtime: Runtime, target: Block, offset: number, values: ArrayLike<number>): number {
  if (values instanceof Float64Array) {
    runtime.write(target, values, offset);
    return sumOf(values);
  }
  const copy = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== "number") return Number.NaN;
    copy[i] = value;
  }
  runtime.write(target, copy, offset);
  const sum = sumOf(copy);
  copy.fill(0);
  return sum;
}

/** In four sums, which do not wait for each other. */
function sumOf(values: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    a += Math.abs(values[i]);
    b += Math.abs(values[i + 1]);
    c += Math.abs(values[i + 2]);
    d += Math.abs(values[i + 3]);
  }
  for (let i = whole; i < values.length; i++) a += Math.abs(values[i]);
  return a + b + c + d;
}

/** A group of items in memory of the backend. */
interface Group {
  readonly values: Block;
  readonly items: Block;
  readonly count: number;
  /** The first item's place in the batch. */
  readonly start: number;
  /** Steps of the reduction that the largest coefficient may need. */
  readonly steps: number;
}

/** One item a task where there are items for every thread; else the limbs of an item are shared among them. */
function record({ context, plan, out }: Job, { values, items, count, start, steps }: Group): void {
  const { runtime, degree } = context;
  const { roots, places } = embeddingTables(runtime, degree);
  const basis = context.basisBlock(plan.basis).address;
  const limbs = plan.basis.length;
  const factor = float64Words(plan.scale / (degree / 2));
  const args = [roots.address, places.address, degree, items.address, values.address, ...factor];
  const target = out.address + 4 * degree * limbs * start;
  if (count >= runtime.threads) {
    runtime.record("encodeItems", count, [...args, basis, limbs, steps, target]);
    return;
  }
  withBlocks(runtime, [8 * degree * count], (integers) => {
    runtime.record("encodeSlots", count, [...args, integers.address]);
    runtime.record("encodeResidues", count * limbs, [integers.address, degree, basis, limbs, steps, target]);
  });
}
