/**
 * Integers as little-endian arrays of limbs of 8 to 32 bits, and the constants of Montgomery products on them.
 * Conversions go through the hexadecimal text of a bigint: linear time, no bigint work per limb.
 */
import { ParameterError, show } from "../errors.js";
import { bitLength, gcd, invMod } from "./modular.js";

function checkWidth(width: number): void {
  if (Number.isInteger(width) && width >= 8 && width <= 32) return;
  throw new ParameterError({ what: "limb width", expected: "8 to 32 bits", got: show(width), remedy: "use 13" });
}

/**
 * Writes value as `count` limbs below 2^width, least significant first, into `out` at `offset` (a new array where
 * none is given), and returns `out`. Throws ParameterError unless 0 <= value < 2^(width * count).
 */
export function toLimbs(value: bigint, width: number, count: number, out = new Uint32Array(count), offset = 0): Uint32Array {
  checkWidth(width);
  if (value < 0n || bitLength(value) > width * count) {
    throw new ParameterError({
      what: "value",
      expected: `an integer from 0 to 2^${width * count} - 1`,
      got: show(value),
      remedy: "reduce it modulo the modulus first",
    });
  }
  const words = toWords(value, Math.ceil((width * count) / 32) + 1);
  const mask = width === 32 ? 0xffffffff : (1 << width) - 1;
  for (let j = 0, bit = 0; j < count; j++, bit += width) {
    const word = bit >>> 5;
    const shift = bit & 31;
    // A shift by 32 is a shift by 0 in JavaScript: the second word counts only where the limb crosses into it.
    const upper = shift === 0 ? 0 : words[word + 1] << (32 - shift);
    out[offset + j] = ((words[word] >>> shift) | upper) & mask;
  }
  return out;
}

function toWords(value: bigint, count: number): Uint32Array {
  const words = new Uint32Array(count);
  const hex = value.toString(16);
  for (let i = 0, end = hex.length; end > 0; i++, end -= 8) words[i] = Number.parseInt(hex.slice(Math.max(0, end - 8), end), 16);
  return words;
}

const hexOfByte = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

/** The sum of limbs[offset + i] * 2^(width i) for i < count. Limbs may be lazy: any u32. Throws ParameterError for a bad width. */
export function fromLimbs(limbs: Uint32Array, width: number, count = limbs.length, offset = 0): bigint {
  checkWidth(width);
  // `pending` holds fewer than 8 bits that are not written out yet, then a limb on top of them: below 2^41.
  const pieces = new Array<string>(Math.ceil((width * count + 40) / 8)).fill("00");
  let next = pieces.length;
  let pending = 0;
  let bits = 0;
  for (let i = 0; i < count; i++) {
    pending += limbs[offset + i] * 2 ** bits;
    bits += width;
    while (bits >= 8) {
      pieces[--next] = hexOfByte[pending % 256];
      pending = Math.floor(pending / 256);
      bits -= 8;
    }
  }
  while (pending > 0) {
    pieces[--next] = hexOfByte[pending % 256];
    pending = Math.floor(pending / 256);
  }
  return BigInt(`0x${pieces.join("")}`);
}

/** How far sums of products of lazy limbs may grow in 32-bit words. */
export interface CarryModel {
  readonly width: number;
  /** The largest limb, 2^width: what one round of carries leaves. */
  readonly maxLimb: number;
  /** Products of two limbs that fit in a word beside one folded low part (below 2^width). */
  readonly terms: number;
  /** The largest power of two of 4-column steps (4 products a column) between two folds. */
  readonly foldBlocks: number;
  /** The most limbs a number may have so that a carry dies out within its block of four, see below. */
  readonly maxLimbs: number;
}

/**
 * The carry model of limbs of 8 to 14 bits. Products are at most 2^(2 width), so
 * floor((2^32 - 2^width) / 2^(2 width)) of them fit beside a folded low part. A column of T + m n has at most 2 L
 * of them, so a block hands on a carry below 2 (L + 2) 2^width (the lower columns of the block add the 2), and the
 * block above passes a carry of at most 1 from its second limb on as long as 2 (L + 2) <= 2^width - 1.
 * Throws ParameterError for other widths: from 15 bits on, the 4 products of one step do not fit.
 */
export function carryModel(width: number): CarryModel {
  if (!Number.isInteger(width) || width < 8 || width > 14) {
    throw new ParameterError({ what: "limb width", expected: "8 to 14 bits", got: show(width), remedy: "use 13" });
  }
  const maxLimb = 2 ** width;
  const terms = Math.floor((2 ** 32 - maxLimb) / maxLimb ** 2);
  return {
    width,
    maxLimb,
    terms,
    foldBlocks: 2 ** Math.floor(Math.log2(terms / 4)),
    maxLimbs: Math.floor((maxLimb - 1) / 2) - 2,
  };
}

/** The constants of Montgomery products modulo m with R = 2^(width * count). */
export interface MontgomeryConstants {
  readonly modulus: bigint;
  readonly radix: bigint;
  /** -1/m mod R. */
  readonly inverse: bigint;
  /** R mod m: the number 1 in Montgomery form. */
  readonly one: bigint;
  /** R^2 mod m: a product with it takes a number to Montgomery form. */
  readonly square: bigint;
}

/** Computes them. Throws ParameterError unless m is odd, at least 3 and below R. */
export function montgomeryConstants(m: bigint, width: number, count: number): MontgomeryConstants {
  checkWidth(width);
  const radix = 1n << BigInt(width * count);
  if (m < 3n || m >= radix || gcd(m, 2n) !== 1n) {
    throw new ParameterError({
      what: "modulus",
      expected: `an odd integer from 3 to 2^${width * count} - 1`,
      got: show(m),
      remedy: "use the modulus of a key",
    });
  }
  return { modulus: m, radix, inverse: radix - invMod(m, radix), one: radix % m, square: (radix * radix) % m };
}
