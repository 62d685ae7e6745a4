/**
 * Powers of one base from a table: table[i][j] = base^(j 2^(width i)), so that a power is one product a window and no squaring
 * (Brickell, Gordon, McCurley and Wilson, "Fast exponentiation with precomputation", 1992, with all digits stored).
 * Rows have 2^width entries, the last one 2^(bits left over).
 */
import { argument } from "../arguments";
import { scratch } from "../scratch";
import { pointer, row } from "./address";
import { elementBytes, forget, multiply, square } from "./arithmetic";
import { digitAt, fillPowers } from "./power";
import { layOut, maskBytes, select } from "./select";

/** Bits of the window at `bit` of an exponent of `bits` bits. */
// @ts-ignore: decorator
@inline
function widthAt(bit: u32, bits: u32, width: u32): u32 {
  return min<u32>(width, bits - bit);
}

/** [ctx, bases, base, bits, width]: one task that writes bases[i] = base^(2^(width i)). */
export function modularFixedBases(args: usize, first: u32, count: u32): void {
  if (count == 0) return;
  const ctx = pointer(args, 0);
  const bits = argument(args, 3);
  const width = argument(args, 4);
  const bytes = elementBytes(ctx);
  let target = pointer(args, 1);
  memory.copy(target, pointer(args, 2), bytes);
  for (let bit = width; bit < bits; bit += width) {
    const source = target;
    target += bytes;
    square(ctx, target, source);
    for (let s: u32 = 1; s < width; s++) square(ctx, target, target);
  }
}

/** [ctx, table, bases, bits, width]: task i makes row i from bases[i]. At 8 bits and 8192-bit moduli it takes 344 KiB of scratch. */
export function modularFixedRows(args: usize, first: u32, count: u32): void {
  const ctx = pointer(args, 0);
  const bits = argument(args, 3);
  const width = argument(args, 4);
  const bytes = elementBytes(ctx);
  for (let i = first; i < first + count; i++) {
    const size: u32 = 1 << widthAt(i * width, bits, width);
    memory.copy(scratch() + bytes, row(pointer(args, 2), i, bytes), bytes);
    fillPowers(ctx, scratch(), size);
    layOut(row(pointer(args, 1), i, bytes << width), scratch(), bytes, size);
  }
}

/**
 * [ctx, out, table, exponents, bytes from one exponent to the next, bits, width]: out[i] = base^(exponent i).
 * Windows outside and items inside: a row of the table is fetched from far memory once for all items of a run.
 */
export function modularFixedPower(args: usize, first: u32, count: u32): void {
  const ctx = pointer(args, 0);
  const bits = argument(args, 5);
  const width = argument(args, 6);
  const bytes = elementBytes(ctx);
  const entry = scratch();
  const masks = entry + bytes;
  let entries = pointer(args, 2);
  for (let bit: u32 = 0; bit < bits; bit += width) {
    const digits = widthAt(bit, bits, width);
    for (let i = first; i < first + count; i++) {
      const out = row(pointer(args, 1), i, bytes);
      const digit = digitAt(row(pointer(args, 3), i, argument(args, 4)), bit, digits);
      if (bit == 0) {
        select(out, entries, bytes, 1 << digits, digit, masks);
      } else {
        select(entry, entries, bytes, 1 << digits, digit, masks);
        multiply(ctx, out, out, entry);
      }
    }
    entries += bytes << width;
  }
  // Which entry was read last tells the highest window.
  memory.fill(entry, 0, bytes + maskBytes(1 << width));
  forget(ctx);
}
