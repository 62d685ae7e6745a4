/**
 * The constants of a modulus as the host lays them out (src/kernels/wasm/modular/context.ts): u32 words of a header, then
 * blocks at byte offsets relative to the context. Every block is aligned to 64 bytes.
 */

/** u32 words of an integer modulo m = n^power. */
// @ts-ignore: decorator
@inline
export function wordsOf(ctx: usize): u32 {
  return load<u32>(ctx, 0);
}

/** Bytes of a resident element: a multiple of 64. */
// @ts-ignore: decorator
@inline
export function elementBytes(ctx: usize): u32 {
  return load<u32>(ctx, 4);
}

/** Whether m = n^2, so that an element has two digits to base n. */
// @ts-ignore: decorator
@inline
export function isSquare(ctx: usize): bool {
  return load<u32>(ctx, 8) == 2;
}

/** L: 13-bit digits of an integer modulo n, a multiple of 16. R = 2^(13 L) >= 4 n. */
// @ts-ignore: decorator
@inline
export function digitsOf(ctx: usize): u32 {
  return load<u32>(ctx, 12);
}

/** Rows of 16 digits that a column may take in, in one phase, before it must be folded. */
// @ts-ignore: decorator
@inline
export function foldRows(ctx: usize): u32 {
  return load<u32>(ctx, 16);
}

/** n, as shifted words (digits.ts). */
// @ts-ignore: decorator
@inline
export function modulusWords(ctx: usize): usize {
  return ctx + load<u32>(ctx, 20);
}

/** -1/n mod R, as shifted words. */
// @ts-ignore: decorator
@inline
export function inverseWords(ctx: usize): usize {
  return ctx + load<u32>(ctx, 24);
}

/** The element 1. */
// @ts-ignore: decorator
@inline
export function oneElement(ctx: usize): usize {
  return ctx + load<u32>(ctx, 28);
}

/** What fromWords multiplies by: the element R^2 mod m; with power 2 also R^3 mod m. */
// @ts-ignore: decorator
@inline
export function entryConstants(ctx: usize): usize {
  return ctx + load<u32>(ctx, 32);
}

/** m as power * L digits in [0, 2^13), two bytes each. */
// @ts-ignore: decorator
@inline
export function canonicalModulus(ctx: usize): usize {
  return ctx + load<u32>(ctx, 36);
}

/** The digits of n in reverse, then 16 zeros. */
// @ts-ignore: decorator
@inline
export function reversedModulus(ctx: usize): usize {
  return ctx + load<u32>(ctx, 40);
}
