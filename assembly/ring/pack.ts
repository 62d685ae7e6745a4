/**
 * Residues packed to the width of their primes: in a row, residue j takes bits [j w, (j + 1) w) of a little-endian bit string,
 * where w <= 30 is the bit length of the limb's prime; a row ends on a 4-byte boundary with zero bits.
 */
import { argument } from "../arguments";

/** What may be wrong with a row that came in: 1, a residue out of range; and this. */
const FILLED_PADDING: u32 = 2;

// @ts-ignore: decorator
@inline
function modulusAt(basis: usize, limb: u32): u32 {
  return load<u32>(load<u32>(basis + ((<usize>limb) << 2)));
}

// @ts-ignore: decorator
@inline
function widthOf(q: u32): u32 {
  return 32 - clz(q);
}

/** Bytes of a packed row. */
// @ts-ignore: decorator
@inline
function packedRow(degree: u32, width: u32): u32 {
  return ((degree * width + 31) >> 5) << 2;
}

/** Where row `row` of [batch, limb] begins among packed rows. */
function packedOffset(row: u32, limbs: u32, basis: usize, degree: u32): usize {
  let before: usize = 0;
  let item: usize = 0;
  for (let limb: u32 = 0; limb < limbs; limb++) {
    const bytes = packedRow(degree, widthOf(modulusAt(basis, limb)));
    if (limb < row % limbs) before += bytes;
    item += bytes;
  }
  return <usize>(row / limbs) * item + before;
}

/** Whether all residues of a row are below q: 0, or 1 where one is not. Residues and q are below 2^30. */
function unpackRow(out: usize, packed: usize, degree: u32, q: u32): u32 {
  const width = widthOf(q);
  const mask = (<u64>1 << width) - 1;
  const most = q - 1;
  // Negative as soon as one residue was above q - 1.
  let outside: u32 = 0;
  let bit: u32 = 0;
  for (let j: u32 = 0; j < degree; j++, bit += width) {
    const r = <u32>((load<u64>(packed + (bit >> 3)) >> (bit & 7)) & mask);
    outside |= most - r;
    store<u32>(out + ((<usize>j) << 2), r);
  }
  return outside >> 31;
}

/** The width of nearly every prime: 16 residues are 15 words, and residue i begins 2 i bits before word i does. */
// @ts-ignore: decorator
@inline
function isRow30(width: u32, degree: u32): bool {
  return width == 30 && (degree & 15) == 0;
}

/** Residue i of a group, 0 < i < 15; returns what is negative where it is above `most`. */
// @ts-ignore: decorator
@inline
function unpackOne(out: usize, packed: usize, most: u32, i: u32): u32 {
  const at = packed + ((<usize>i) << 2);
  const r = ((load<u32>(at - 4) >> (32 - 2 * i)) | (load<u32>(at) << (2 * i))) & 0x3fffffff;
  store<u32>(out + ((<usize>i) << 2), r);
  return most - r;
}

function unpackRow30(out: usize, packed: usize, degree: u32, q: u32): u32 {
  const most = q - 1;
  let outside: u32 = 0;
  for (const end = out + ((<usize>degree) << 2); out < end; out += 64, packed += 60) {
    const first = load<u32>(packed) & 0x3fffffff;
    const last = load<u32>(packed, 56) >> 2;
    store<u32>(out, first);
    store<u32>(out, last, 60);
    outside |= (most - first) | (most - last) | unpackOne(out, packed, most, 1) | unpackOne(out, packed, most, 2);
    outside |= unpackOne(out, packed, most, 3) | unpackOne(out, packed, most, 4) | unpackOne(out, packed, most, 5);
    outside |= unpackOne(out, packed, most, 6) | unpackOne(out, packed, most, 7) | unpackOne(out, packed, most, 8);
    outside |= unpackOne(out, packed, most, 9) | unpackOne(out, packed, most, 10) | unpackOne(out, packed, most, 11);
    outside |= unpackOne(out, packed, most, 12) | unpackOne(out, packed, most, 13) | unpackOne(out, packed, most, 14);
  }
  return outside >> 31;
}

/**
 * [out, packed, basis, limbs, N, status], a task a row: residues [batch, limb, N] from packed rows, which may hold anything; 8 bytes
 * after the last one may be read. status[row] becomes 0, or the sum of what is wrong with it.
 */
export function ringUnpack(args: usize, first: u32, count: u32): void {
  const basis: usize = argument(args, 2);
  const limbs = argument(args, 3);
  const degree = argument(args, 4);
  for (let row = first; row < first + count; row++) {
    const out: usize = (<usize>argument(args, 0)) + ((<usize>row * <usize>degree) << 2);
    const packed: usize = (<usize>argument(args, 1)) + packedOffset(row, limbs, basis, degree);
    const q = modulusAt(basis, row % limbs);
    const width = widthOf(q);
    const bit = degree * width;
    let status: u32;
    if (isRow30(width, degree)) status = unpackRow30(out, packed, degree, q);
    else status = unpackRow(out, packed, degree, q);
    if ((bit & 31) != 0 && load<u32>(packed + ((bit >> 5) << 2)) >> (bit & 31) != 0) status |= FILLED_PADDING;
    store<u32>((<usize>argument(args, 5)) + ((<usize>row) << 2), status);
  }
}

/** [packed, in, basis, limbs, N], a task a row: packs canonical residues [batch, limb, N]. */
export function ringPack(args: usize, first: u32, count: u32): void {
  const basis: usize = argument(args, 2);
  const limbs = argument(args, 3);
  const degree = argument(args, 4);
  for (let row = first; row < first + count; row++) {
    const source: usize = (<usize>argument(args, 1)) + ((<usize>row * <usize>degree) << 2);
    const packed: usize = (<usize>argument(args, 0)) + packedOffset(row, limbs, basis, degree);
    const width = widthOf(modulusAt(basis, row % limbs));
    if (isRow30(width, degree)) packRow30(packed, source, degree);
    else packRow(packed, source, degree, width);
  }
}

function packRow(packed: usize, source: usize, degree: u32, width: u32): void {
  let held: u64 = 0;
  let used: u32 = 0;
  for (let j: u32 = 0; j < degree; j++) {
    held |= (<u64>load<u32>(source + ((<usize>j) << 2))) << used;
    used += width;
    if (used >= 32) {
      store<u32>(packed, <u32>held);
      packed += 4;
      held >>= 32;
      used -= 32;
    }
  }
  if (used > 0) store<u32>(packed, <u32>held);
}

/** Word i of a group, 0 <= i < 15. */
// @ts-ignore: decorator
@inline
function packOne(packed: usize, source: usize, i: u32): void {
  const at = source + ((<usize>i) << 2);
  store<u32>(packed + ((<usize>i) << 2), (load<u32>(at) >> (2 * i)) | (load<u32>(at, 4) << (30 - 2 * i)));
}

function packRow30(packed: usize, source: usize, degree: u32): void {
  for (const end = source + ((<usize>degree) << 2); source < end; source += 64, packed += 60) {
    packOne(packed, source, 0);
    packOne(packed, source, 1);
    packOne(packed, source, 2);
    packOne(packed, source, 3);
    packOne(packed, source, 4);
    packOne(packed, source, 5);
    packOne(packed, source, 6);
    packOne(packed, source, 7);
    packOne(packed, source, 8);
    packOne(packed, source, 9);
    packOne(packed, source, 10);
    packOne(packed, source, 11);
    packOne(packed, source, 12);
    packOne(packed, source, 13);
    packOne(packed, source, 14);
  }
}
