/** Exponents as digits of fixed windows. */
import { toWords } from "../../math/limbs.js";
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
  // A word more than the windows reach, so that a digit may be read across the last one.
  const words = new Uint32Array(Math.floor((windows * width) / 32) + 2);
  const mask = (1 << width) - 1;
  exponents.forEach((exponent, i) => {
    toWords(exponent, words);
    for (let w = 0, bit = 0; w < windows; w++, bit += width) {
      const word = bit >>> 5;
      const shift = bit & 31;
      const upper = shift === 0 ? 0 : words[word + 1] << (32 - shift);
      digits[i * windows + (ascending ? w : windows - 1 - w)] = ((words[word] >>> shift) | upper) & mask;
    }
  });
  words.fill(0);
  return digits;
}
