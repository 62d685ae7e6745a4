/**
 * The constants of a modulus as the kernels of assembly/modular read them: a header of u32 words, then blocks at byte
 * offsets relative to its start, so that the whole may lie anywhere. assembly/modular/context.ts names the fields.
 */
import { bitLength, centred, invMod, mod } from "../../../math/modular.js";

const DIGIT_BITS = 13;
const BASE = 1n << BigInt(DIGIT_BITS);
/** Digits come in rows of so many. */
const ROW = 16;
/** Zero words on either side of a number in shifted words. */
const PAD = 16;
const HEADER_BYTES = 64;
/** Words of the header that say where blocks lie; the first five are numbers. */
const [MODULUS, INVERSE, ONE, ENTRY, CANONICAL, REVERSED] = [5, 6, 7, 8, 9, 10];

export interface ModulusContext {
  /** What is written into the block: alignment 64. Secret where n is. */
  readonly bytes: Uint8Array;
  /** u32 words of an integer modulo m. */
  readonly words: number;
  /** Bytes of a resident element, a multiple of 64. */
  readonly elementBytes: number;
}

/**
 * Digits L of a number modulo n: R = 2^(13 L) >= 4 n keeps |x| < n through any sequence of products, without a last
 * subtraction (docs/wasm-modular.md).
 */
export function digitsFor(n: bigint): number {
  return Math.ceil((bitLength(n) + 2) / DIGIT_BITS / ROW) * ROW;
}

/**
 * The largest digit in magnitude that carries leave. A column holds at most (power + 1) L products: those of the operands
 * and those of the reduction. What carries into a column is then at most `first`; the second pass leaves half a digit and
 * what it carries itself, to which subtracted digits add one more digit.
 */
export function digitBound(digits: number, power: 1 | 2): number {
  let bound = 4096;
  for (;;) {
    const first = ((power + 1) * digits * bound * bound) / 8191 + 2;
    const next = 4096 + Math.floor((first + bound) / 8192) + 1;
    if (next <= bound) return bound;
    bound = next;
  }
}

/**
 * Half rows that a column may take in before it must be folded: each adds 8 products of two digits, and what a fold leaves
 * or a column begins with is below 2^14.
 */
export function foldRowsFor(digits: number, power: 1 | 2): number {
  return Math.floor((2 ** 31 - 1 - 2 ** 14) / (8 * digitBound(digits, power) ** 2));
}

/** The constants of m = n^power, for odd n >= 3 with m of at most 8192 bits (checkModulus has seen it). */
export function modulusContext(n: bigint, power: 1 | 2): ModulusContext {
  const m = power === 2 ? n * n : n;
  const digits = digitsFor(n);
  const r = 1n << BigInt(DIGIT_BITS * digits);
  const words = Math.ceil(bitLength(m) / 32);
  const elementBytes = (2 * power * digits + 63) & ~63;
  const header = new Uint32Array(HEADER_BYTES / 4);
  header.set([words, elementBytes, power, digits, foldRowsFor(digits, power)]);
  const blocks: Uint8Array[] = [new Uint8Array(header.buffer)];
  let end = HEADER_BYTES;
  const append = (field: number, data: Int16Array, lead = 0) => {
    const block = new Uint8Array((data.byteLength + 63) & ~63);
    block.set(new Uint8Array(data.buffer));
    header[field] = end + lead;
    blocks.push(block);
    end += block.length;
  };

  append(MODULUS, shiftedWords(balancedDigits(n, digits)), 4 * PAD);
  append(INVERSE, shiftedWords(balancedDigits(centred(-invMod(n, r), r), digits)), 4 * PAD);
  append(ONE, element(r % m, n, power, digits));
  const square = element((r * r) % m, n, power, digits);
  append(ENTRY, power === 1 ? square : joined(square, element(r ** 3n % m, n, power, digits)));
  append(CANONICAL, canonicalDigits(m, power * digits));
  append(REVERSED, joined(balancedDigits(n, digits).reverse(), new Int16Array(ROW)));

  const bytes = new Uint8Array(end);
  let offset = 0;
  for (const block of blocks) {
    bytes.set(block, offset);
    offset += block.length;
  }
  return { bytes, words, elementBytes };
}

/** The numbers of an element of value x: x0 and, with power 2, x1, where x = x0 + x1 n mod n^power, both in (-n/2, n/2]. */
function element(x: bigint, n: bigint, power: 1 | 2, digits: number): Int16Array {
  const x0 = centred(x, n);
  const low = balancedDigits(x0, digits);
  return power === 1 ? low : joined(low, balancedDigits(centred((x - x0) / n, n), digits));
}

/** The `count` digits in [-2^12, 2^12) of the number congruent to x modulo 2^(13 count) that has such digits. */
export function balancedDigits(x: bigint, count: number): Int16Array {
  // Half of every digit added before, and taken off after: the digits in between are those of a number >= 0.
  const half = BASE / 2n;
  const offset = (half * (BASE ** BigInt(count) - 1n)) / (BASE - 1n);
  return canonicalDigits(mod(x + offset, BASE ** BigInt(count)), count).map((d) => d - Number(half));
}

/** `count` digits of x in [0, 2^13), for 0 <= x < 2^(13 count). */
function canonicalDigits(x: bigint, count: number): Int16Array {
  // 52 bits at a time: four digits, 13 characters of the hexadecimal form.
  const text = x.toString(16).padStart(13 * Math.ceil(count / 4), "0");
  const out = new Int16Array(count);
  for (let i = 0; i < count; i += 4) {
    const end = text.length - 13 * (i / 4);
    let group = Number.parseInt(text.slice(end - 13, end), 16);
    for (let k = i; k < Math.min(i + 4, count); k++) {
      out[k] = group % 8192;
      group = Math.floor(group / 8192);
    }
  }
  return out;
}

/** Words w[-16 .. L + 16) of (d[i], d[i - 1]), as pairs of i16 with zero outside. */
function shiftedWords(d: Int16Array): Int16Array {
  const out = new Int16Array(2 * (d.length + 2 * PAD));
  for (let i = 0; i < d.length; i++) {
    out[2 * (PAD + i)] = d[i];
    out[2 * (PAD + i + 1) + 1] = d[i];
  }
  return out;
}

function joined(a: Int16Array, b: Int16Array): Int16Array {
  const out = new Int16Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
