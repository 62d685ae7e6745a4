/**
 * Arithmetic modulo m = n^power on resident elements, whose form product.ts describes. No branch and no index depends on a
 * value. Functions use scratch() from 1 MiB upward, and leave there what they computed with.
 */
import { elementBytes, oneElement } from "./context";

export { elementBytes, wordsOf } from "./context";
export { fromWords, toWords } from "./convert";
export { multiply, square } from "./product";

/** out = the resident 1. */
export function one(ctx: usize, out: usize): void {
  memory.copy(out, oneElement(ctx), elementBytes(ctx));
}
