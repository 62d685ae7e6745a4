/**
 * Table reads whose addresses and branches depend on nothing secret: every entry is read, and one is kept by a mask.
 * Tables lie by columns of 128 bytes (a last one of 64): the same column of all entries, then the next. So a read runs through
 * memory from one end to the other, which for tables that come from far memory is almost twice as fast as entry by entry.
 */
import { row } from "./address";

/** Bytes of a column. */
const COLUMN: u32 = 128;

/** Bytes of memory that {@link select} needs for the masks of `size` entries. */
// @ts-ignore: decorator
@inline
export function maskBytes(size: u32): u32 {
  return size << 4;
}

/** Lays a table out from `size` entries of `bytes` bytes each (a multiple of 64), one after the other. */
export function layOut(table: usize, entries: usize, bytes: u32, size: u32): void {
  for (let column: u32 = 0; column < bytes; column += COLUMN) {
    const width = min<u32>(COLUMN, bytes - column);
    for (let entry: u32 = 0; entry < size; entry++) {
      memory.copy(table, row(entries, entry, bytes) + column, width);
      table += width;
    }
  }
}

/**
 * out = entry `index` of a table; size is even. Columns outside and entries inside, so that what is gathered stays in
 * registers. The masks are made once for all columns, because one more vector in the loop makes V8 spill: so 128 bytes of
 * two entries take 12 cycles, and 20 without.
 */
export function select(out: usize, table: usize, bytes: u32, size: u32, index: u32, masks: usize): void {
  const end = masks + maskBytes(size);
  const wanted = i32x4.splat(index);
  let entry = i32x4.splat(0);
  for (let m = masks; m < end; m += 16) {
    v128.store(m, i32x4.eq(entry, wanted));
    entry = i32x4.add(entry, i32x4.splat(1));
  }
  let at = table;
  let column: u32 = 0;
  for (; column + COLUMN <= bytes; column += COLUMN) {
    let s0 = i32x4.splat(0);
    let s1 = i32x4.splat(0);
    let s2 = i32x4.splat(0);
    let s3 = i32x4.splat(0);
    let s4 = i32x4.splat(0);
    let s5 = i32x4.splat(0);
    let s6 = i32x4.splat(0);
    let s7 = i32x4.splat(0);
    for (let m = masks; m < end; m += 32) {
      const even = v128.load(m);
      const odd = v128.load(m, 16);
      s0 = v128.or(s0, v128.and(even, v128.load(at)));
      s0 = v128.or(s0, v128.and(odd, v128.load(at, 128)));
      s1 = v128.or(s1, v128.and(even, v128.load(at, 16)));
      s1 = v128.or(s1, v128.and(odd, v128.load(at, 144)));
      s2 = v128.or(s2, v128.and(even, v128.load(at, 32)));
      s2 = v128.or(s2, v128.and(odd, v128.load(at, 160)));
      s3 = v128.or(s3, v128.and(even, v128.load(at, 48)));
      s3 = v128.or(s3, v128.and(odd, v128.load(at, 176)));
      s4 = v128.or(s4, v128.and(even, v128.load(at, 64)));
      s4 = v128.or(s4, v128.and(odd, v128.load(at, 192)));
      s5 = v128.or(s5, v128.and(even, v128.load(at, 80)));
      s5 = v128.or(s5, v128.and(odd, v128.load(at, 208)));
      s6 = v128.or(s6, v128.and(even, v128.load(at, 96)));
      s6 = v128.or(s6, v128.and(odd, v128.load(at, 224)));
      s7 = v128.or(s7, v128.and(even, v128.load(at, 112)));
      s7 = v128.or(s7, v128.and(odd, v128.load(at, 240)));
      at += 256;
    }
    v128.store(out + column, s0);
    v128.store(out + column, s1, 16);
    v128.store(out + column, s2, 32);
    v128.store(out + column, s3, 48);
    v128.store(out + column, s4, 64);
    v128.store(out + column, s5, 80);
    v128.store(out + column, s6, 96);
    v128.store(out + column, s7, 112);
  }
  if (column < bytes) {
    let s0 = i32x4.splat(0);
    let s1 = i32x4.splat(0);
    let s2 = i32x4.splat(0);
    let s3 = i32x4.splat(0);
    for (let m = masks; m < end; m += 32) {
      const even = v128.load(m);
      const odd = v128.load(m, 16);
      s0 = v128.or(s0, v128.and(even, v128.load(at)));
      s0 = v128.or(s0, v128.and(odd, v128.load(at, 64)));
      s1 = v128.or(s1, v128.and(even, v128.load(at, 16)));
      s1 = v128.or(s1, v128.and(odd, v128.load(at, 80)));
      s2 = v128.or(s2, v128.and(even, v128.load(at, 32)));
      s2 = v128.or(s2, v128.and(odd, v128.load(at, 96)));
      s3 = v128.or(s3, v128.and(even, v128.load(at, 48)));
      s3 = v128.or(s3, v128.and(odd, v128.load(at, 112)));
      at += 128;
    }
    v128.store(out + column, s0);
    v128.store(out + column, s1, 16);
    v128.store(out + column, s2, 32);
    v128.store(out + column, s3, 48);
  }
}
