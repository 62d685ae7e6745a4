/** Exponents as digits of fixed windows. */
import { toLimbs } from "../../math/limbs.js";
import { bitLength } from "../../math/modular.js";

/** Bits of the longest exponent; 0 where all are 0. */
export function longestExponent(exponents: readonly bigint[]): number {
  return exponents.reduce((longest, e) => Math.max(longest, bitLength(e)), 0);
}

/** The window, in bits, with the fewest products for an exponent of `bits` bits (a table of 2^w - 1, then one a window), at most 5: tables take memory. */
export function windowBits(bits: number): number {
  let best = 1;
  const products = (w: number) => 2 ** w - 1 + Math.ceil(bits / w);
  for (let w = 2; w <= 5; w++) if (products(w) < products(best)) best = w;
  return best;
}

/**
 * The digits of all exponents, [exponent, window] of `width` bits each, most significant window first unless
 * `ascending`. The exponents may be secret: the result is to be overwritten after use.
 */
export function exponentDigits(exponents: readonly bigint[], width: number, windows: number, ascending = false): Uint32Array {
  const digits = new Uint32Array(exponents.length * windows);
  // Limbs have 8 bits at least, so bytes are split further: 8 windows lie in `width` bytes.
  const bytes = new Uint32Array(Math.ceil((windows * width) / 8) + 1);
  const mask = (1 << width) - 1;
  exponents.forEach((exponent, i) => {
    toLimbs(exponent, 8, bytes.length, bytes);
    for (let w = 0; w < windows; w++) {
      const bit = w * width;
      const pair = bytes[bit >> 3] | (bytes[(bit >> 3) + 1] << 8);
      digits[i * windows + (ascending ? w : windows - 1 - w)] = (pair >> (bit & 7)) & mask;
    }
  });
  bytes.fill(0);
  return digits;
}
