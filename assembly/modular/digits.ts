/**
 * Two forms of a number in balanced digits of 13 bits, least significant first:
 *
 * - digits: i16 d[L]. Resident elements are kept so; read in pairs (d[j], d[j + 1]) for even j.
 * - shifted words: u32 w[-16 .. L + 16), w[i] = (d[i], d[i - 1]) as two i16 with d = 0 outside [0, L). A pointer to this form
 *   points at w[0]. One vector of it against one pair (e[j], e[j + 1]) in all lanes gives, by i32x4.dot_i16x8_s, the terms
 *   d[i] e[j] + d[i - 1] e[j + 1] of four neighbouring columns i + j.
 *
 * The value is the sum of d[i] 2^(13 i); a digit that comes out of a product is at most 4096 + 182 in magnitude
 * (docs/wasm-modular.md has the proofs).
 */

/** Zero words before and after the shifted words of a number. */
export const PAD: usize = 16;

/** Bytes of the shifted words of L digits, pads included. */
// @ts-ignore: decorator
@inline
export function shiftedBytes(digits: u32): usize {
  return ((<usize>digits) + 2 * PAD) << 2;
}

/** Digits to shifted words; `words` points at w[0]. */
export function shift(words: usize, from: usize, digits: u32): void {
  const zero = i32x4.splat(0);
  for (let i: usize = 0; i < PAD << 2; i += 16) {
    v128.store(words - (PAD << 2) + i, zero);
    v128.store(words + ((<usize>digits) << 2) + i, zero);
  }
  let before = zero;
  const end = from + ((<usize>digits) << 1);
  for (; from < end; from += 16, words += 32) {
    const d = v128.load(from);
    // (d[-1], d[0], ..., d[6]): the digits one place lower.
    const lower = v128.shuffle<i16>(before, d, 7, 8, 9, 10, 11, 12, 13, 14);
    v128.store(words, v128.shuffle<i16>(d, lower, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(words, v128.shuffle<i16>(d, lower, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    before = d;
  }
  // w[L] = (0, d[L - 1]).
  store<u32>(words, (<u32>i16x8.extract_lane_u(before, 7)) << 16);
}
