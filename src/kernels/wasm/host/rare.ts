/**
 * Inputs that the kernels leave to the specification: degrees below 16, scales and magnitudes that could leave the range in
 * which the kernels are proven exact. The same bytes and the same errors, on the caller's thread.
 */
import { Embedding } from "../../../math/embedding.js";
import { encodeBatch, type SlotValues } from "../../host.js";
import type { EncodePlan } from "../../interface.js";
import type { Block } from "../runtime.js";
import type { RingContext } from "./context.js";

/** The smallest degree of the kernels, whose vectors and stream blocks hold 16 words. */
export const SMALLEST_DEGREE = 16;

/** Copies data that stands in for the work of a kernel to its place in a block, in the order of commands. */
export function place({ runtime }: RingContext, data: Uint32Array, target: Block, byteOffset: number): void {
  const block = runtime.allocate(data.byteLength);
  runtime.write(block, data);
  runtime.record("copy", 1, [target.address + byteOffset, block.address, data.byteLength, data.byteLength, 1]);
  runtime.record("hostWipe", 1, [block.address, data.byteLength]);
  block.release();
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
