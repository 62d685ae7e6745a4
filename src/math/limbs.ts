/**
 * Integers as little-endian arrays of limbs of 8 to 32 bits, and the constants of Montgomery products on them.
 * Conversions go through the hexadecimal text of a bigint: linear time, no bigint work per limb.
 */
import { ParameterError, show } from "../errors.js";
import { gcd, invMod } from "./modular.js";

function checkWidth(width: number): void {
  if (Number.isInteger(width) && width >= 8 && width <= 32) return;
  throw new ParameterError({ what: "limb width", expected: "8 to 32 bits", got: show(width), remedy: "use 13" });
}

/** What a character of hexadecimal text stands for, and the two characters of a byte as they lie in memory, high digit first. */
const DIGITS = new Uint8Array(128);
const PAIRS = new Uint16Array(256);
for (let i = 0; i < 16; i++) DIGITS[i.toString(16).charCodeAt(0)] = i;
for (let i = 0; i < 256; i++) new Uint8Array(PAIRS.buffer).set(encode(i.toString(16).padStart(2, "0")), 2 * i);

function encode(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** Text on its way; overwritten after each use, because it may be secret. */
let text = new Uint8Array(4096);
const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** Scratch text of at least this many characters, an even number of them. */
function scratch(characters: number): Uint8Array {
  if (text.length < characters) text = new Uint8Array(2 * characters);
  return text;
}

/**
 * The words of value >= 0, least significant first, zeros above them; undefined where it has more than 32 * words.length bits. A
 * value of 4096 bits takes 1.6 us.
 */
function writeWords(value: bigint, words: Uint32Array): Uint32Array | undefined {
  const hex = value.toString(16);
  if (hex.length > 8 * words.length) return undefined;
  const c = scratch(hex.length);
  encoder.encodeInto(hex, c);
  const d = DIGITS;
  let end = hex.length;
  let i = 0;
  for (; end >= 8; end -= 8) {
    const high = (d[c[end - 8]] << 12) | (d[c[end - 7]] << 8) | (d[c[end - 6]] << 4) | d[c[end - 5]];
    const low = (d[c[end - 4]] << 12) | (d[c[end - 3]] << 8) | (d[c[end - 2]] << 4) | d[c[end - 1]];
    words[i++] = (high << 16) | low;
  }
  if (end > 0) {
    let word = 0;
    for (let k = 0; k < end; k++) word = (word << 4) | d[c[k]];
    words[i++] = word;
  }
  words.fill(0, i);
  c.fill(0, 0, hex.length);
  return words;
}

/**
 * Value as words of 32 bits, least significant first. Throws ParameterError unless 0 <= value < 2^(32 * words.length).
 */
export function toWords(value: bigint, words: Uint32Array): Uint32Array {
  const written = value < 0n ? undefined : writeWords(value, words);
  if (written === undefined) throw outOfRange(value, 32 * words.length);
  return written;
}

function outOfRange(value: bigint, bits: number): ParameterError {
  return new ParameterError({
    what: "value",
    expected: `an integer from 0 to 2^${bits} - 1`,
    got: show(value),
    remedy: "reduce it modulo the modulus first",
  });
}

/**
 * Writes value as `count` limbs below 2^width, least significant first, into `out` at `offset` (a new array where
 * none is given), and returns `out`. Throws ParameterError unless 0 <= value < 2^(width * count).
 */
export function toLimbs(value: bigint, width: number, count: number, out = new Uint32Array(count), offset = 0): Uint32Array {
  checkWidth(width);
  const bits = width * count;
  const words = value < 0n ? undefined : writeWords(value, wordsFor(bits));
  const last = bits >>> 5;
  if (words === undefined || words[last] >>> (bits & 31) !== 0 || words[last + 1] !== 0) throw outOfRange(value, bits);
  const mask = width === 32 ? 0xffffffff : (1 << width) - 1;
  // `rest` holds the `have` < 32 bits of a word that no limb has taken yet.
  for (let j = 0, next = 0, rest = 0, have = 0; j < count; j++) {
    if (have < width) {
      const word = words[next++];
      const used = width - have;
      out[offset + j] = (rest | (word << have)) & mask;
      // A shift by 32 is a shift by 0 in JavaScript.
      rest = used === 32 ? 0 : word >>> used;
      have = 32 - used;
    } else {
      out[offset + j] = rest & mask;
      rest >>>= width;
      have -= width;
    }
  }
  words.fill(0);
  return out;
}

let words = new Uint32Array(514);

/** Scratch words that hold this many bits and one word more, of exactly that length. */
function wordsFor(bits: number): Uint32Array {
  const count = (bits >>> 5) + 2;
  if (words.length < count) words = new Uint32Array(2 * count);
  return words.subarray(0, count);
}

/** The integer of words of 32 bits, least significant first. */
export function fromWords(words: Uint32Array): bigint {
  if (words.length === 0) return 0n;
  const c = scratch(8 * words.length);
  const pairs = new Uint16Array(c.buffer, 0, 4 * words.length);
  for (let i = 0, at = pairs.length; i < words.length; i++) {
    const word = words[i];
    pairs[--at] = PAIRS[word & 255];
    pairs[--at] = PAIRS[(word >>> 8) & 255];
    pairs[--at] = PAIRS[(word >>> 16) & 255];
    pairs[--at] = PAIRS[word >>> 24];
  }
  return parseHex(c, 0, 8 * words.length);
}

/** The integer of text, which is overwritten. */
function parseHex(c: Uint8Array, start: number, end: number): bigint {
  const value = BigInt(`0x${decoder.decode(c.subarray(start, end))}`);
  c.fill(0, start, end);
  return value;
}

/** Up to this width, and below this bound, limbs are gathered in 32-bit arithmetic: 7 bits that wait, and a limb on top of them. */
const NARROW = { width: 16, limit: 2 ** 23 };

/**
 * The sum of limbs[offset + i] * 2^(width i) for i < count. Limbs may be lazy: any u32. Throws ParameterError for a bad width. 4096
 * bits in canonical limbs of 13 take 5 us.
 */
export function fromLimbs(limbs: Uint32Array, width: number, count = limbs.length, offset = 0): bigint {
  checkWidth(width);
  let any = 0;
  for (let i = 0; i < count; i++) any |= limbs[offset + i];
  if (width > NARROW.width || any >>> 0 >= NARROW.limit) return fromWideLimbs(limbs, width, count, offset);
  const pairs = Math.ceil((width * count + 40) / 8);
  const c = scratch(2 * pairs);
  const out = new Uint16Array(c.buffer, 0, pairs);
  let next = pairs;
  let pending = 0;
  let bits = 0;
  for (let i = 0; i < count; i++) {
    // Below 2^30 and a carry below 2^24.
    pending += limbs[offset + i] << bits;
    bits += width;
    while (bits >= 8) {
      out[--next] = PAIRS[pending & 255];
      pending >>>= 8;
      bits -= 8;
    }
  }
  while (pending > 0) {
    out[--next] = PAIRS[pending & 255];
    pending >>>= 8;
  }
  return next === pairs ? 0n : parseHex(c, 2 * next, 2 * pairs);
}

function fromWideLimbs(limbs: Uint32Array, width: number, count: number, offset: number): bigint {
  // `pending` holds fewer than 8 bits that are not written out yet, then a limb on top of them: below 2^41.
  const pieces = new Array<string>(Math.ceil((width * count + 40) / 8)).fill("00");
  let next = pieces.length;
  let pending = 0;
  let bits = 0;
  const put = () => {
    pieces[--next] = (pending % 256).toString(16).padStart(2, "0");
    pending = Math.floor(pending / 256);
  };
  for (let i = 0; i < count; i++) {
    pending += limbs[offset + i] * 2 ** bits;
    bits += width;
    for (; bits >= 8; bits -= 8) put();
  }
  while (pending > 0) put();
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
