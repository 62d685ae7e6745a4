/**
 * Residues packed to the width of their prime.
 *
 * Rows of N residues follow each other as [batch, limb, N]. In a row, residue j takes bits [j w, (j + 1) w) of a
 * little-endian bit string, where w is the bit length of the limb's prime; the row ends on a 4-byte boundary with zero bits.
 */
import { ParameterError, show, WireError } from "../errors.js";
import { isRow30, packRow30, unpackRow30 } from "./rows30.js";

/** The shape of packed residues. */
export interface ResidueLayout {
  /** Residues in a row: the ring degree N. */
  readonly degree: number;
  /** Primes below 2^32; limb i has residues below basis[i]. */
  readonly basis: readonly number[];
  /** Number of [limb, N] items. */
  readonly batch: number;
}

/** Typed arrays are in platform order; every platform that runs WebGPU or this code is little-endian, and this says so. */
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function widthOf(prime: number): number {
  if (!Number.isInteger(prime) || prime < 2 || prime > 0xffffffff) {
    throw new ParameterError({
      what: "basis",
      expected: "integers in [2, 2^32)",
      got: `${prime}`,
      remedy: "pass the primes of the parameters",
    });
  }
  return 32 - Math.clz32(prime);
}

function rowWords(degree: number, width: number): number {
  return Math.ceil((degree * width) / 32);
}

/** The same for a row of a limb, from its prime. */
export const packedRowBytes = (degree: number, prime: number): number => 4 * rowWords(degree, widthOf(prime));

/** Bytes that {@link packResidues} writes for a layout. */
export function packedBytes({ degree, basis, batch }: ResidueLayout): number {
  let words = 0;
  for (const prime of basis) words += rowWords(degree, widthOf(prime));
  return 4 * words * batch;
}

function requireLittleEndian(): void {
  if (!LITTLE_ENDIAN) {
    throw new ParameterError({
      what: "platform",
      expected: "little-endian byte order",
      got: "big-endian",
      remedy: "run on another processor",
    });
  }
}

/** Packs a row of any width. Returns whether all residues are below the prime. */
function packRow(residues: Uint32Array, from: number, degree: number, prime: number, words: Uint32Array, word: number): boolean {
  const width = widthOf(prime);
  let at = word;
  let used = 0;
  let held = 0;
  let above = 0;
  for (let j = from; j < from + degree; j++) {
    const r = residues[j];
    above |= r >= prime ? 1 : 0;
    held |= r << used;
    used += width;
    if (used >= 32) {
      words[at++] = held;
      used -= 32;
      // The bits of r that did not fit; a shift by 32 would be a shift by 0, so an exact fit is told apart.
      held = used === 0 ? 0 : r >>> (width - used);
    }
  }
  if (used > 0) words[at] = held;
  return above === 0;
}

/** Packs residues [batch, limb, N]. Throws ParameterError on a wrong count or a residue that is not below its prime. */
export function packResidues(residues: Uint32Array, layout: ResidueLayout): Uint8Array {
  requireLittleEndian();
  const { degree, basis, batch } = layout;
  if (residues.length !== batch * basis.length * degree) {
    throw new ParameterError({
      what: "residues",
      expected: `${batch} x ${basis.length} x ${degree} values`,
      got: `${residues.length}`,
      remedy: "pass the layout of these residues",
    });
  }
  const words = new Uint32Array(packedBytes(layout) / 4);
  const signedWords = new Int32Array(words.buffer);
  const signedResidues = new Int32Array(residues.buffer, residues.byteOffset, residues.length);
  let word = 0;
  let from = 0;
  for (let b = 0; b < batch; b++) {
    for (const prime of basis) {
      const width = widthOf(prime);
      const isBelow = isRow30(width, degree)
        ? packRow30(signedResidues, from, degree, prime, signedWords, word)
        : packRow(residues, from, degree, prime, words, word);
      if (!isBelow) {
        throw new ParameterError({
          what: "residues",
          expected: `values below ${prime}`,
          got: "a larger one",
          remedy: "reduce them first",
        });
      }
      word += rowWords(degree, width);
      from += degree;
    }
  }
  return new Uint8Array(words.buffer);
}

/** Throws WireError unless there are as many bytes as the layout takes. */
export function checkPackedLength(bytes: Uint8Array, layout: ResidueLayout, what: string): void {
  const expected = packedBytes(layout);
  if (bytes instanceof Uint8Array && bytes.length === expected) return;
  const got = bytes instanceof Uint8Array ? `${bytes.length}` : show(bytes);
  throw new WireError({ what, expected: `${expected} bytes`, got, remedy: "ask the sender to send it again" });
}

export function residueOutOfRange(what: string, prime: number): WireError {
  const remedy = "refuse this sender's data";
  return new WireError({ what, expected: `residues below ${prime}`, got: "a larger one", remedy });
}

export function paddingFilled(what: string): WireError {
  return new WireError({ what, expected: "zero bits after each row", got: "other bits", remedy: "refuse this sender's data" });
}

/** The inverse of {@link packResidues} over hostile bytes. Throws WireError on a wrong length, a residue out of range, or filled padding. */
export function unpackResidues(bytes: Uint8Array, layout: ResidueLayout, what = "residues"): Uint32Array {
  requireLittleEndian();
  const { degree, basis, batch } = layout;
  checkPackedLength(bytes, layout, what);
  // Not slice(), which makes no copy of Node's Buffer.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, bytes.length / 4);
  const out = new Uint32Array(batch * basis.length * degree);
  const signedWords = new Int32Array(words.buffer, words.byteOffset, words.length);
  const signedOut = new Int32Array(out.buffer);
  let word = 0;
  let to = 0;
  for (let b = 0; b < batch; b++) {
    for (const prime of basis) {
      const width = widthOf(prime);
      const isBelow = isRow30(width, degree)
        ? unpackRow30(signedWords, word, degree, prime, signedOut, to)
        : unpackRow(words, word, degree, prime, out, to);
      if (!isBelow) throw residueOutOfRange(what, prime);
      const rest = (degree * width) % 32;
      word += rowWords(degree, width);
      if (rest > 0 && words[word - 1] >>> rest !== 0) throw paddingFilled(what);
      to += degree;
    }
  }
  return out;
}

/** Reads a row of any width. Returns whether all residues are below the prime. */
function unpackRow(words: Uint32Array, word: number, degree: number, prime: number, out: Uint32Array, to: number): boolean {
  const width = widthOf(prime);
  const mask = width === 32 ? 0xffffffff : 2 ** width - 1;
  let above = 0;
  let at = word;
  let used = 0;
  for (let j = to; j < to + degree; j++) {
    let r = words[at] >>> used;
    used += width;
    if (used >= 32) {
      used -= 32;
      at++;
      if (used > 0) r |= words[at] << (width - used);
    }
    r = (r & mask) >>> 0;
    above |= r >= prime ? 1 : 0;
    out[j] = r;
  }
  return above === 0;
}
