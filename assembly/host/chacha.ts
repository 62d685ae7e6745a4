/**
 * ChaCha20 (RFC 8439, section 2.3), four blocks at a time. The nonce is domain | item | limb, as in src/math/chacha.ts.
 * Each vector holds one word of the state for four blocks with consecutive counters; additions, exclusive ors and
 * rotations alone, so that nothing depends on the key but the data.
 */

/** Words of four blocks: {@link keystream} writes multiples of these. */
export const UNIT_WORDS: u32 = 64;

// @ts-ignore: decorator
@inline
function rotate(x: v128, left: i32): v128 {
  return v128.or(i32x4.shl(x, left), i32x4.shr_u(x, 32 - left));
}

// @ts-ignore: decorator
@inline
function rotate16(x: v128): v128 {
  return i16x8.shuffle(x, x, 1, 0, 3, 2, 5, 4, 7, 6);
}

/** Four vectors as rows of a 4 x 4 matrix of words, transposed and stored 64 bytes apart: one quarter of four blocks. */
// @ts-ignore: decorator
@inline
function storeColumns(out: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
  const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
  v128.store(out, i64x2.shuffle(ab, cd, 0, 2));
  v128.store(out, i64x2.shuffle(ab, cd, 1, 3), 64);
  const ef = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const gh = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(out, i64x2.shuffle(ef, gh, 0, 2), 128);
  v128.store(out, i64x2.shuffle(ef, gh, 1, 3), 192);
}

/**
 * Writes 64 `units` words of the stream (key at `seed`, domain, item, limb) to `out`, from block `counter` on.
 * The rounds keep 16 vectors; what the compiler spills lies on the machine stack of the thread.
 */
export function keystream(seed: usize, domain: u32, item: u32, limb: u32, counter: u32, out: usize, units: u32): void {
  const steps = i32x4(0, 1, 2, 3);
  for (let unit: u32 = 0; unit < units; unit++) {
    const counters = i32x4.add(i32x4.splat(counter + 4 * unit), steps);
    let x0 = i32x4.splat(0x61707865);
    let x1 = i32x4.splat(0x3320646e);
    let x2 = i32x4.splat(0x79622d32);
    let x3 = i32x4.splat(0x6b206574);
    let x4 = v128.load32_splat(seed, 0);
    let x5 = v128.load32_splat(seed, 4);
    let x6 = v128.load32_splat(seed, 8);
    let x7 = v128.load32_splat(seed, 12);
    let x8 = v128.load32_splat(seed, 16);
    let x9 = v128.load32_splat(seed, 20);
    let x10 = v128.load32_splat(seed, 24);
    let x11 = v128.load32_splat(seed, 28);
    let x12 = counters;
    let x13 = i32x4.splat(domain);
    let x14 = i32x4.splat(item);
    let x15 = i32x4.splat(limb);
    for (let round = 0; round < 10; round++) {
      x0 = i32x4.add(x0, x4); x12 = rotate16(v128.xor(x12, x0));
      x1 = i32x4.add(x1, x5); x13 = rotate16(v128.xor(x13, x1));
      x2 = i32x4.add(x2, x6); x14 = rotate16(v128.xor(x14, x2));
      x3 = i32x4.add(x3, x7); x15 = rotate16(v128.xor(x15, x3));
      x8 = i32x4.add(x8, x12); x4 = rotate(v128.xor(x4, x8), 12);
      x9 = i32x4.add(x9, x13); x5 = rotate(v128.xor(x5, x9), 12);
      x10 = i32x4.add(x10, x14); x6 = rotate(v128.xor(x6, x10), 12);
      x11 = i32x4.add(x11, x15); x7 = rotate(v128.xor(x7, x11), 12);
      x0 = i32x4.add(x0, x4); x12 = rotate(v128.xor(x12, x0), 8);
      x1 = i32x4.add(x1, x5); x13 = rotate(v128.xor(x13, x1), 8);
      x2 = i32x4.add(x2, x6); x14 = rotate(v128.xor(x14, x2), 8);
      x3 = i32x4.add(x3, x7); x15 = rotate(v128.xor(x15, x3), 8);
      x8 = i32x4.add(x8, x12); x4 = rotate(v128.xor(x4, x8), 7);
      x9 = i32x4.add(x9, x13); x5 = rotate(v128.xor(x5, x9), 7);
      x10 = i32x4.add(x10, x14); x6 = rotate(v128.xor(x6, x10), 7);
      x11 = i32x4.add(x11, x15); x7 = rotate(v128.xor(x7, x11), 7);
      // Diagonals.
      x0 = i32x4.add(x0, x5); x15 = rotate16(v128.xor(x15, x0));
      x1 = i32x4.add(x1, x6); x12 = rotate16(v128.xor(x12, x1));
      x2 = i32x4.add(x2, x7); x13 = rotate16(v128.xor(x13, x2));
      x3 = i32x4.add(x3, x4); x14 = rotate16(v128.xor(x14, x3));
      x10 = i32x4.add(x10, x15); x5 = rotate(v128.xor(x5, x10), 12);
      x11 = i32x4.add(x11, x12); x6 = rotate(v128.xor(x6, x11), 12);
      x8 = i32x4.add(x8, x13); x7 = rotate(v128.xor(x7, x8), 12);
      x9 = i32x4.add(x9, x14); x4 = rotate(v128.xor(x4, x9), 12);
      x0 = i32x4.add(x0, x5); x15 = rotate(v128.xor(x15, x0), 8);
      x1 = i32x4.add(x1, x6); x12 = rotate(v128.xor(x12, x1), 8);
      x2 = i32x4.add(x2, x7); x13 = rotate(v128.xor(x13, x2), 8);
      x3 = i32x4.add(x3, x4); x14 = rotate(v128.xor(x14, x3), 8);
      x10 = i32x4.add(x10, x15); x5 = rotate(v128.xor(x5, x10), 7);
      x11 = i32x4.add(x11, x12); x6 = rotate(v128.xor(x6, x11), 7);
      x8 = i32x4.add(x8, x13); x7 = rotate(v128.xor(x7, x8), 7);
      x9 = i32x4.add(x9, x14); x4 = rotate(v128.xor(x4, x9), 7);
    }
    const target = out + ((<usize>unit) << 8);
    storeColumns(
      target,
      i32x4.add(x0, i32x4.splat(0x61707865)),
      i32x4.add(x1, i32x4.splat(0x3320646e)),
      i32x4.add(x2, i32x4.splat(0x79622d32)),
      i32x4.add(x3, i32x4.splat(0x6b206574)),
    );
    storeColumns(
      target + 16,
      i32x4.add(x4, v128.load32_splat(seed, 0)),
      i32x4.add(x5, v128.load32_splat(seed, 4)),
      i32x4.add(x6, v128.load32_splat(seed, 8)),
      i32x4.add(x7, v128.load32_splat(seed, 12)),
    );
    storeColumns(
      target + 32,
      i32x4.add(x8, v128.load32_splat(seed, 16)),
      i32x4.add(x9, v128.load32_splat(seed, 20)),
      i32x4.add(x10, v128.load32_splat(seed, 24)),
      i32x4.add(x11, v128.load32_splat(seed, 28)),
    );
    storeColumns(
      target + 48,
      i32x4.add(x12, counters),
      i32x4.add(x13, i32x4.splat(domain)),
      i32x4.add(x14, i32x4.splat(item)),
      i32x4.add(x15, i32x4.splat(limb)),
    );
  }
}
