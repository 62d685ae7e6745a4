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
    const mask = (<u64>1 << width) - 1;
    const most = q - 1;
    // Negative as soon as one residue was above q - 1: residues and q are below 2^30.
    let outside: u32 = 0;
    let bit: u32 = 0;
    for (let j: u32 = 0; j < degree; j++, bit += width) {
      const r = <u32>((load<u64>(packed + (bit >> 3)) >> (bit & 7)) & mask);
      outside |= most - r;
      store<u32>(out + ((<usize>j) << 2), r);
    }
    let status: u32 = outside >> 31;
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
    let packed: usize = (<usize>argument(args, 0)) + packedOffset(row, limbs, basis, degree);
    const width = widthOf(modulusAt(basis, row % limbs));
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
}
