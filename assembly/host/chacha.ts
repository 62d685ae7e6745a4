/**
 * ChaCha20 (RFC 8439, section 2.3), four blocks at a time. The nonce is domain | item | limb, as in src/math/chacha.ts.
 * Each vector holds one word of the state for four blocks with consecutive counters; additions, exclusive ors and
 * rotations alone, so that nothing depends on the key but the data.
 *
 * A state has 16 vectors, one more than V8 has registers, and a round of four blocks waits for its own results more than for
 * the arithmetic units. So states lie in memory, two of them take turns, and their loads and stores fix an order that a
 * compiler would undo: a processor works on one state where the other one waits.
 */

/** Words of four blocks: {@link keystream} writes multiples of these. */
export const UNIT_WORDS: u32 = 64;

// @ts-ignore: decorator
@inline
function rotate(x: v128, left: i32): v128 {
  return v128.or(i32x4.shl(x, left), i32x4.shr_u(x, 32 - left));
}

/** Rotation by 16 bits as one byte shuffle; V8 takes two instructions for i16x8.shuffle. */
// @ts-ignore: decorator
@inline
function rotate16(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
}

// @ts-ignore: decorator
@inline
function rotate8(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14));
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

/** A round over the columns of the state at `s`, two quarter rounds side by side. */
// @ts-ignore: decorator
@inline
function columns(s: usize): void {
  let b = v128.load(s, 64); let a = i32x4.add(v128.load(s), b); let d = rotate16(v128.xor(v128.load(s, 192), a));
  let f = v128.load(s, 80); let e = i32x4.add(v128.load(s, 16), f); let h = rotate16(v128.xor(v128.load(s, 208), e));
  let c = i32x4.add(v128.load(s, 128), d); b = rotate(v128.xor(b, c), 12);
  let g = i32x4.add(v128.load(s, 144), h); f = rotate(v128.xor(f, g), 12);
  a = i32x4.add(a, b); d = rotate8(v128.xor(d, a));
  v128.store(s, a);
  v128.store(s, d, 192);
  e = i32x4.add(e, f); h = rotate8(v128.xor(h, e));
  v128.store(s, e, 16);
  v128.store(s, h, 208);
  c = i32x4.add(c, d); b = rotate(v128.xor(b, c), 7);
  v128.store(s, c, 128);
  v128.store(s, b, 64);
  g = i32x4.add(g, h); f = rotate(v128.xor(f, g), 7);
  v128.store(s, g, 144);
  v128.store(s, f, 80);
  b = v128.load(s, 96); a = i32x4.add(v128.load(s, 32), b); d = rotate16(v128.xor(v128.load(s, 224), a));
  f = v128.load(s, 112); e = i32x4.add(v128.load(s, 48), f); h = rotate16(v128.xor(v128.load(s, 240), e));
  c = i32x4.add(v128.load(s, 160), d); b = rotate(v128.xor(b, c), 12);
  g = i32x4.add(v128.load(s, 176), h); f = rotate(v128.xor(f, g), 12);
  a = i32x4.add(a, b); d = rotate8(v128.xor(d, a));
  v128.store(s, a, 32);
  v128.store(s, d, 224);
  e = i32x4.add(e, f); h = rotate8(v128.xor(h, e));
  v128.store(s, e, 48);
  v128.store(s, h, 240);
  c = i32x4.add(c, d); b = rotate(v128.xor(b, c), 7);
  v128.store(s, c, 160);
  v128.store(s, b, 96);
  g = i32x4.add(g, h); f = rotate(v128.xor(f, g), 7);
  v128.store(s, g, 176);
  v128.store(s, f, 112);
}

/** A round over its diagonals. */
// @ts-ignore: decorator
@inline
function diagonals(s: usize): void {
  let b = v128.load(s, 80); let a = i32x4.add(v128.load(s), b); let d = rotate16(v128.xor(v128.load(s, 240), a));
  let f = v128.load(s, 96); let e = i32x4.add(v128.load(s, 16), f); let h = rotate16(v128.xor(v128.load(s, 192), e));
  let c = i32x4.add(v128.load(s, 160), d); b = rotate(v128.xor(b, c), 12);
  let g = i32x4.add(v128.load(s, 176), h); f = rotate(v128.xor(f, g), 12);
  a = i32x4.add(a, b); d = rotate8(v128.xor(d, a));
  v128.store(s, a);
  v128.store(s, d, 240);
  e = i32x4.add(e, f); h = rotate8(v128.xor(h, e));
  v128.store(s, e, 16);
  v128.store(s, h, 192);
  c = i32x4.add(c, d); b = rotate(v128.xor(b, c), 7);
  v128.store(s, c, 160);
  v128.store(s, b, 80);
  g = i32x4.add(g, h); f = rotate(v128.xor(f, g), 7);
  v128.store(s, g, 176);
  v128.store(s, f, 96);
  b = v128.load(s, 112); a = i32x4.add(v128.load(s, 32), b); d = rotate16(v128.xor(v128.load(s, 208), a));
  f = v128.load(s, 64); e = i32x4.add(v128.load(s, 48), f); h = rotate16(v128.xor(v128.load(s, 224), e));
  c = i32x4.add(v128.load(s, 128), d); b = rotate(v128.xor(b, c), 12);
  g = i32x4.add(v128.load(s, 144), h); f = rotate(v128.xor(f, g), 12);
  a = i32x4.add(a, b); d = rotate8(v128.xor(d, a));
  v128.store(s, a, 32);
  v128.store(s, d, 208);
  e = i32x4.add(e, f); h = rotate8(v128.xor(h, e));
  v128.store(s, e, 48);
  v128.store(s, h, 224);
  c = i32x4.add(c, d); b = rotate(v128.xor(b, c), 7);
  v128.store(s, c, 128);
  v128.store(s, b, 112);
  g = i32x4.add(g, h); f = rotate(v128.xor(f, g), 7);
  v128.store(s, g, 144);
  v128.store(s, f, 64);
}

/** The state of blocks `counter` to `counter` + 3 before the first round, as 16 vectors at `s`. */
function start(seed: usize, domain: u32, item: u32, limb: u32, counter: u32, s: usize): void {
  v128.store(s, i32x4.splat(0x61707865));
  v128.store(s, i32x4.splat(0x3320646e), 16);
  v128.store(s, i32x4.splat(0x79622d32), 32);
  v128.store(s, i32x4.splat(0x6b206574), 48);
  v128.store(s, v128.load32_splat(seed), 64);
  v128.store(s, v128.load32_splat(seed, 4), 80);
  v128.store(s, v128.load32_splat(seed, 8), 96);
  v128.store(s, v128.load32_splat(seed, 12), 112);
  v128.store(s, v128.load32_splat(seed, 16), 128);
  v128.store(s, v128.load32_splat(seed, 20), 144);
  v128.store(s, v128.load32_splat(seed, 24), 160);
  v128.store(s, v128.load32_splat(seed, 28), 176);
  v128.store(s, i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3)), 192);
  v128.store(s, i32x4.splat(domain), 208);
  v128.store(s, i32x4.splat(item), 224);
  v128.store(s, i32x4.splat(limb), 240);
}

/** The state at `s` after the last round, in whose place the four blocks are written. */
function finish(seed: usize, domain: u32, item: u32, limb: u32, counter: u32, s: usize): void {
  const x4 = v128.load(s, 64);
  const x5 = v128.load(s, 80);
  const x6 = v128.load(s, 96);
  const x7 = v128.load(s, 112);
  const x8 = v128.load(s, 128);
  const x9 = v128.load(s, 144);
  const x10 = v128.load(s, 160);
  const x11 = v128.load(s, 176);
  const x12 = v128.load(s, 192);
  const x13 = v128.load(s, 208);
  const x14 = v128.load(s, 224);
  const x15 = v128.load(s, 240);
  storeColumns(
    s,
    i32x4.add(v128.load(s), i32x4.splat(0x61707865)),
    i32x4.add(v128.load(s, 16), i32x4.splat(0x3320646e)),
    i32x4.add(v128.load(s, 32), i32x4.splat(0x79622d32)),
    i32x4.add(v128.load(s, 48), i32x4.splat(0x6b206574)),
  );
  storeColumns(
    s + 16,
    i32x4.add(x4, v128.load32_splat(seed)),
    i32x4.add(x5, v128.load32_splat(seed, 4)),
    i32x4.add(x6, v128.load32_splat(seed, 8)),
    i32x4.add(x7, v128.load32_splat(seed, 12)),
  );
  storeColumns(
    s + 32,
    i32x4.add(x8, v128.load32_splat(seed, 16)),
    i32x4.add(x9, v128.load32_splat(seed, 20)),
    i32x4.add(x10, v128.load32_splat(seed, 24)),
    i32x4.add(x11, v128.load32_splat(seed, 28)),
  );
  storeColumns(
    s + 48,
    i32x4.add(x12, i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3))),
    i32x4.add(x13, i32x4.splat(domain)),
    i32x4.add(x14, i32x4.splat(item)),
    i32x4.add(x15, i32x4.splat(limb)),
  );
}

/**
 * Writes 64 `units` words of the stream (key at `seed`, domain, item, limb) to `out`, from block `counter` on.
 * States lie in `out` while they are worked on, so that nothing of them is left anywhere else.
 */
export function keystream(seed: usize, domain: u32, item: u32, limb: u32, counter: u32, out: usize, units: u32): void {
  let unit: u32 = 0;
  for (; unit + 2 <= units; unit += 2) {
    const first = counter + 4 * unit;
    const a = out + ((<usize>unit) << 8);
    const b = a + 256;
    start(seed, domain, item, limb, first, a);
    start(seed, domain, item, limb, first + 4, b);
    for (let round = 0; round < 10; round++) {
      columns(a);
      columns(b);
      diagonals(a);
      diagonals(b);
    }
    finish(seed, domain, item, limb, first, a);
    finish(seed, domain, item, limb, first + 4, b);
  }
  if (unit < units) {
    const a = out + ((<usize>unit) << 8);
    start(seed, domain, item, limb, counter + 4 * unit, a);
    for (let round = 0; round < 10; round++) {
      columns(a);
      diagonals(a);
    }
    finish(seed, domain, item, limb, counter + 4 * unit, a);
  }
}
