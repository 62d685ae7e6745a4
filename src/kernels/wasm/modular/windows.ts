/** The widths of windows: fewest products, where reading a whole table under masks counts as well. */
import { bitLength } from "../../../math/modular.js";

/** What one entry of a masked table read costs, as part of a product (measured: 7.8 ns of 3.7 us at 4096 bits). */
const SCAN = 1 / 480;

/** Widest window of a power: its table lies in the scratch. */
const POWER_WINDOW = 6;
const FIXED_BASE_WINDOW = 8;
/** Bytes that the table of a fixed base may take; 3072-bit keys at 7 bits: 27 MB. */
const TABLE_BYTES = 2 ** 25;

/** Bits of the longest exponent; 0 where all are 0. */
export function longestExponent(exponents: readonly bigint[]): number {
  return exponents.reduce((longest, e) => Math.max(longest, bitLength(e)), 0);
}

/** The window of a power with an exponent of `bits` bits. */
export function powerWindow(bits: number): number {
  return best(POWER_WINDOW, (w) => 2 ** w + Math.ceil(bits / w) * (1 + SCAN * 2 ** w));
}

/** Entries of a fixed-base table: rows of 2^width, and a last one of 2^(bits left over). */
export function tableEntries(bits: number, width: number): number {
  const rows = Math.ceil(bits / width);
  return (rows - 1) * 2 ** width + 2 ** (bits - (rows - 1) * width);
}

/** The window of a fixed base with exponents of `bits` bits and elements of `elementBytes`. */
export function fixedBaseWindow(bits: number, elementBytes: number): number {
  return best(FIXED_BASE_WINDOW, (w) =>
    tableEntries(bits, w) * elementBytes > TABLE_BYTES && w > 1 ? Infinity : Math.ceil(bits / w) * (1 + SCAN * 2 ** w),
  );
}

function best(widest: number, cost: (width: number) => number): number {
  let width = 1;
  for (let w = 2; w <= widest; w++) if (cost(w) < cost(width)) width = w;
  return width;
}
