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

/**
 * Four residues from the 15 bytes at `packed`; 16 are read. Both halves of the vector get 60 of the 120 bits, two residues: bytes 0 to 7 as
 * they are, bytes 7 to 14 moved down by 4 bits. In each half the second residue moves up by 2 bits, to bit 32.
 */
// @ts-ignore: decorator
@inline
function unpackFour(packed: usize): v128 {
  const v = v128.load(packed);
  const halves = i8x16.shuffle(v, v, 0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14);
  const pairs = i64x2.shuffle(halves, i64x2.shr_u(halves, 4), 0, 3);
  const first = v128.and(pairs, i64x2.splat(0x3fffffff));
  return v128.or(first, v128.and(i64x2.shl(pairs, 2), i64x2.splat(0x3fffffff00000000)));
}

function unpackRow30(out: usize, packed: usize, degree: u32, q: u32): u32 {
  const most = i32x4.splat(q - 1);
  // Negative in a lane as soon as one residue of it was above q - 1.
  let outside = i32x4.splat(0);
  for (const end = out + ((<usize>degree) << 2); out < end; out += 64, packed += 60) {
    const a = unpackFour(packed);
    v128.store(out, a);
    const b = unpackFour(packed + 15);
    v128.store(out, b, 16);
    const c = unpackFour(packed + 30);
    v128.store(out, c, 32);
    const d = unpackFour(packed + 45);
    v128.store(out, d, 48);
    outside = v128.or(outside, v128.or(i32x4.sub(most, a), i32x4.sub(most, b)));
    outside = v128.or(outside, v128.or(i32x4.sub(most, c), i32x4.sub(most, d)));
  }
  return <u32>(i32x4.bitmask(outside) != 0);
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

/**
 * The inverse of unpackFour. Sixteen bytes are stored, the last of them zero. Two residues become the low 60 bits of each half; the second
 * half moves up by 4 bits, and its first byte is joined with the last one of the first half.
 */
// @ts-ignore: decorator
@inline
function packFour(packed: usize, source: usize): void {
  const v = v128.load(source);
  const pairs = v128.or(v128.and(v, i64x2.splat(0xffffffff)), i64x2.shr_u(v128.and(v, i64x2.splat(<i64>0xffffffff00000000)), 2));
  const halves = i64x2.shuffle(pairs, i64x2.shl(pairs, 4), 0, 3);
  const bytes = i8x16.swizzle(halves, i8x16(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, -1));
  const joined = i8x16.swizzle(halves, i8x16(-1, -1, -1, -1, -1, -1, -1, 8, -1, -1, -1, -1, -1, -1, -1, -1));
  v128.store(packed, v128.or(bytes, joined));
}

function packRow30(packed: usize, source: usize, degree: u32): void {
  // The last group is made word by word, so that nothing is stored behind the row, which is another task's.
  const end = source + ((<usize>degree) << 2) - 64;
  for (; source < end; source += 64, packed += 60) {
    packFour(packed, source);
    packFour(packed + 15, source + 16);
    packFour(packed + 30, source + 32);
    packFour(packed + 45, source + 48);
  }
  for (let i: u32 = 0; i < 15; i++) packOne(packed, source, i);
}
