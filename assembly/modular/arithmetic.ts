/**
 * Arithmetic modulo m = n^power on resident elements, whose form product.ts describes. No branch and no index depends on a
 * value. Functions use scratch() from 1 MiB upward, and leave there what they computed with until `forget`.
 */
import { columnBytes } from "./columns";
import { digitsOf, elementBytes, oneElement } from "./context";
import { place, PLACES } from "./montgomery";

export { elementBytes, wordsOf } from "./context";
export { fromWords, toWords } from "./convert";
export { multiply, square } from "./product";

/** out = the resident 1. */
export function one(ctx: usize, out: usize): void {
  memory.copy(out, oneElement(ctx), elementBytes(ctx));
}

/** Overwrites what the functions above left in the scratch. */
export function forget(ctx: usize): void {
  for (let i: usize = 0; i < PLACES; i++) memory.fill(place(i), 0, columnBytes(digitsOf(ctx)) + 512);
}
