/** Powers by fixed windows: the same products and the same memory traffic for all exponents of one length. */
import { argument } from "../arguments";
import { scratch } from "../scratch";
import { pointer, row } from "./address";
import { elementBytes, forget, fromWords, multiply, one, square } from "./arithmetic";
import { layOut, maskBytes, select } from "./select";

/** The `width` bits (at most 31) from bit `bit` of an exponent in u32 words, with one word of zeros behind it. */
export function digitAt(words: usize, bit: u32, width: u32): u32 {
  return (<u32>(load<u64>(row(words, bit >> 5, 4)) >> (bit & 31))) & ((1 << width) - 1);
}

/** table[j] = base^j for j < size, where table[1] holds the base already; size >= 2. */
export function fillPowers(ctx: usize, table: usize, size: u32): void {
  const bytes = elementBytes(ctx);
  one(ctx, table);
  for (let j: u32 = 2; j < size; j++) {
    const target = row(table, j, bytes);
    if (j & 1) multiply(ctx, target, target - bytes, table + bytes);
    else square(ctx, target, row(table, j >> 1, bytes));
  }
}

/**
 * [ctx, out, a, batch of a, exponents, bytes from one exponent to the next (0: one for all), bits, window, flags, words]:
 * out[i] = a[i mod batch]^(exponent i), all exponents below 2^bits, most significant window first.
 * Where flags is not 0 and flags[i] is 1, another kernel has done the work: out[i] is read from row i of canonical words.
 */
export function modularPower(args: usize, first: u32, count: u32): void {
  const ctx = pointer(args, 0);
  const flags = pointer(args, 8);
  const bytes = elementBytes(ctx);
  for (let i = first; i < first + count; i++) {
    const out = row(pointer(args, 1), i, bytes);
    if (flags != 0 && load<u32>(row(flags, i, 4)) == 1) {
      fromWords(ctx, out, row(pointer(args, 9), i, load<u32>(ctx) << 2));
      continue;
    }
    const base = row(pointer(args, 2), i % argument(args, 3), bytes);
    const exponent = row(pointer(args, 4), i, argument(args, 5));
    windowPower(ctx, out, base, exponent, argument(args, 6), argument(args, 7));
  }
}

/** Two tables of at most 2^6 entries lie in the scratch: 6 bits at 8192-bit moduli fill less than 256 KiB. */
function windowPower(ctx: usize, out: usize, base: usize, exponent: usize, bits: u32, width: u32): void {
  if (bits == 0) {
    one(ctx, out);
    return;
  }
  const bytes = elementBytes(ctx);
  const size: u32 = 1 << width;
  const table = scratch();
  const powers = row(table, size, bytes);
  memory.copy(powers + bytes, base, bytes);
  fillPowers(ctx, powers, size);
  layOut(table, powers, bytes, size);
  const entry = powers;
  const masks = entry + bytes;
  let bit: u32 = ((bits - 1) / width) * width;
  select(out, table, bytes, size, digitAt(exponent, bit, width), masks);
  while (bit > 0) {
    for (let s: u32 = 0; s < width; s++) square(ctx, out, out);
    bit -= width;
    select(entry, table, bytes, size, digitAt(exponent, bit, width), masks);
    multiply(ctx, out, out, entry);
  }
  // Which entry was read last tells the lowest window.
  memory.fill(table, 0, row(0, size << 1, bytes) + maskBytes(size));
  forget(ctx);
}
