/**
 * Inputs that the kernels leave to the specification: degrees below 16, scales and magnitudes that could leave the range in
 * which the kernels are proven exact. The same bytes and the same errors, on the caller's thread.
 */
import { type ComplexSlots, Embedding } from "../../../math/embedding.js";
import { fromResidues } from "../../../math/encoding.js";
import { encodeBatch, type SlotValues } from "../../host.js";
import type { EncodePlan, ReadOptions } from "../../interface.js";
import { paced } from "../../pace.js";
import type { Block } from "../runtime.js";
import { withBlocks } from "./blocks.js";
import type { RingContext } from "./context.js";

/** The smallest degree of the kernels, whose stream blocks hold 16 words. */
export const SMALLEST_DEGREE = 16;
/** Coefficients that are composed between two looks at the clock: some milliseconds with many limbs. */
const COEFFICIENTS = 512;

/** Copies data that stands in for the work of a kernel to its place in a block, in the order of commands. */
export function place({ runtime }: RingContext, data: Uint32Array, target: Block, byteOffset: number): void {
  const bytes = data.byteLength;
  withBlocks(runtime, [bytes], (source) => {
    runtime.write(source, data);
    runtime.record("copy", 1, [target.address + byteOffset, source.address, bytes, bytes, 1]);
  });
}

/** Encodes one item by the specification to its place in a block; throws as it throws. */
export async function encodeByDefinition(
  context: RingContext,
  item: SlotValues,
  plan: EncodePlan,
  target: Block,
  byteOffset: number,
): Promise<void> {
  const residues = await encodeBatch([item], { embedding: new Embedding(context.degree), ...plan });
  try {
    place(context, residues, target, byteOffset);
  } finally {
    residues.fill(0);
  }
}

/** Decodes one item [limb, N] at `byteOffset` of a block by the specification. */
export async function decodeByDefinition(
  { runtime, degree }: RingContext,
  source: Block,
  byteOffset: number,
  { basis, scale }: EncodePlan,
  options: ReadOptions,
): Promise<ComplexSlots> {
  const limbs = basis.length;
  const copy = await runtime.read(source, byteOffset, 4 * degree * limbs, options);
  const residues = new Uint32Array(copy.buffer, copy.byteOffset, degree * limbs);
  const coefficients = new Float64Array(degree);
  const count = Math.min(degree, COEFFICIENTS);
  const part = new Uint32Array(count * limbs);
  try {
    const step = (i: number) => {
      for (let l = 0; l < limbs; l++) {
        const start = l * degree + i * count;
        part.set(residues.subarray(start, start + count), l * count);
      }
      fromResidues(part, basis, scale, coefficients.subarray(i * count, (i + 1) * count));
    };
    await paced(degree / count, step, options);
    return new Embedding(degree).decode(coefficients);
  } finally {
    for (const secret of [copy, part, coefficients]) secret.fill(0);
  }
}
