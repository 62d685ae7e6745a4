/**
 * Residues to the centred integer they stand for, divided by the scale and rounded once: what fromResidues of
 * src/math/encoding.ts computes.
 *
 * X = d_0 + q_0 (d_1 + q_1 (d_2 + ...)) with digits |d_i| < q_i / 2 (Garner; Knuth, TAOCP vol. 2, 4.3.2): since every q_i is
 * odd, such digits represent every centred integer exactly once, and an integer far below Q / 2 has zeros above its
 * leading digit. Limb l costs one product for each digit in use; what is left is 0 exactly where d_l is.
 */
import { argument } from "../arguments";
import { float64 } from "./encode";
import { roundExactly } from "./exact";

/** Digits that the division takes: |X| < 2^960 keeps all float64 here finite. */
const DIGITS: u32 = 32;
const TWO_M50: f64 = 8.881784197001252e-16;
const TWO_M95: f64 = 2.524354896707238e-29;
/** Coefficients that are composed together: 256, whose digits stay in the first-level cache. */
const CHUNK_BYTES: u32 = 1024;

/**
 * a w / 2^32 mod q in (-q, q), for signed |a| < 1.5 q < 2^31 and w in [0, q), with wq = w q^-1 mod 2^32: the low words of a w
 * and (a wq mod 2^32) q are equal, so that the difference of the high words is exact; |a w| / 2^32 < 0.375 q and the other
 * is at most q / 2 in magnitude.
 */
// @ts-ignore: decorator
@inline
function times(a: v128, w: v128, wq: v128, q: v128): v128 {
  const m = i32x4.mul(a, wq);
  const low = i64x2.sub(i64x2.extmul_low_i32x4_s(a, w), i64x2.extmul_low_i32x4_s(m, q));
  const high = i64x2.sub(i64x2.extmul_high_i32x4_s(a, w), i64x2.extmul_high_i32x4_s(m, q));
  return i32x4.shuffle(low, high, 1, 3, 5, 7);
}

/** x in (-q, q) to the representative in (-q/2, q/2); half = (q - 1) / 2. */
// @ts-ignore: decorator
@inline
function centre(x: v128, q: v128, half: v128): v128 {
  const down = v128.and(q, i32x4.gt_s(x, half));
  const up = v128.and(q, i32x4.lt_s(x, i32x4.neg(half)));
  return i32x4.add(i32x4.sub(x, down), up);
}

/**
 * What is left of limb l after the digits in use, times the inverses of their primes, for `bytes` bytes of residues, to
 * `left` (in (-q, q)); 0 means that the digits give this residue. Returns the or of all.
 */
function reduceLimb(residues: usize, digits: usize, bytes: usize, used: u32, q: v128, factors: usize, left: usize): v128 {
  let any = i32x4.splat(0);
  const w0 = v128.load32_splat(factors);
  const wq0 = v128.load32_splat(factors, 4);
  if (used == 2) {
    const w1 = v128.load32_splat(factors, 16);
    const wq1 = v128.load32_splat(factors, 20);
    for (let at: usize = 0; at < bytes; at += 16) {
      let t = times(i32x4.sub(v128.load(residues + at), v128.load(digits + at)), w0, wq0, q);
      t = times(i32x4.sub(t, v128.load(digits + bytes + at)), w1, wq1, q);
      v128.store(left + at, t);
      any = v128.or(any, t);
    }
    return any;
  }
  for (let at: usize = 0; at < bytes; at += 16) {
    let t = times(i32x4.sub(v128.load(residues + at), v128.load(digits + at)), w0, wq0, q);
    for (let j: u32 = 1; j < used; j++) {
      const factor = factors + ((<usize>j) << 4);
      const d = v128.load(digits + (<usize>j) * bytes + at);
      t = times(i32x4.sub(t, d), v128.load32_splat(factor), v128.load32_splat(factor, 4), q);
    }
    v128.store(left + at, t);
    any = v128.or(any, t);
  }
  return any;
}

/**
 * Digits of `bytes` / 4 coefficients, [digit][coefficient] i32, to `digits`; returns how many are in use in this chunk.
 * `factors`, [limb][limb] of four words: for digit j of limb l, 2^32 q_j^-1 mod q_l and that times q_l^-1 mod 2^32; then the
 * same for (q_j .. q_(l-1))^-1.
 */
function compose(residues: usize, row: usize, bytes: usize, basis: usize, limbs: u32, factors: usize, digits: usize, left: usize): u32 {
  let used: u32 = 1;
  const first = load<u32>(<usize>argument(basis, 0));
  const q0 = i32x4.splat(first);
  const half0 = i32x4.splat(first >> 1);
  for (let at: usize = 0; at < bytes; at += 16) v128.store(digits + at, centre(v128.load(residues + at), q0, half0));
  for (let l: u32 = 1; l < limbs; l++) {
    const prime = load<u32>(<usize>argument(basis, l));
    const q = i32x4.splat(prime);
    const half = i32x4.splat(prime >> 1);
    const line = factors + ((<usize>(l * limbs)) << 4);
    if (!v128.any_true(reduceLimb(residues + (<usize>l) * row, digits, bytes, used, q, line, left))) continue;
    const target = digits + (<usize>l) * bytes;
    if (used < l) {
      memory.fill(digits + (<usize>used) * bytes, 0, (<usize>(l - used)) * bytes);
      const w = v128.load32_splat(line + ((<usize>used) << 4), 8);
      const wq = v128.load32_splat(line + ((<usize>used) << 4), 12);
      for (let at: usize = 0; at < bytes; at += 16) {
        v128.store(target + at, centre(times(v128.load(left + at), w, wq, q), q, half));
      }
    } else {
      for (let at: usize = 0; at < bytes; at += 16) v128.store(target + at, centre(v128.load(left + at), q, half));
    }
    used = l + 1;
  }
  return used;
}

// @ts-ignore: decorator
@inline
function toFloat(digits: usize): v128 {
  return f64x2.convert_low_i32x4_s(v128.load64_zero(digits));
}

/** Upper 26 bits of a float64 (Veltkamp; Dekker, Numerische Mathematik 18, 1971). */
// @ts-ignore: decorator
@inline
function upper(x: v128): v128 {
  const c = f64x2.mul(x, f64x2.splat(134217729));
  return f64x2.sub(c, f64x2.sub(c, x));
}

/** a b - p, exactly, for p = a b rounded (Dekker). */
// @ts-ignore: decorator
@inline
function productError(a: v128, b: v128, p: v128): v128 {
  const ah = upper(a);
  const al = f64x2.sub(a, ah);
  const bh = upper(b);
  const bl = f64x2.sub(b, bh);
  let e = f64x2.sub(f64x2.mul(ah, bh), p);
  e = f64x2.add(e, f64x2.mul(ah, bl));
  e = f64x2.add(e, f64x2.mul(al, bh));
  return f64x2.add(e, f64x2.mul(al, bl));
}

/** a + b - s, exactly, for s = a + b rounded (Knuth). */
// @ts-ignore: decorator
@inline
function sumError(a: v128, b: v128, s: v128): v128 {
  const bb = f64x2.sub(s, a);
  return f64x2.add(f64x2.sub(a, f64x2.sub(s, bb)), f64x2.sub(b, bb));
}

/**
 * X / scale for two coefficients with many digits. h + l is X, exactly for up to three digits (|X| < 2^90: every intermediate
 * low part is an integer below 2^53), else within 2^-96 |X|. With c = h / scale rounded, the remainder h - c scale is exact, and
 * (remainder + l) / scale = t is what is missing, within 2^-51 |t|. Where h + l is exact, c + t rounds as X / scale does
 * (docs/wasm-host.md); else it is decided where both ends of the interval round alike, and roundExactly decides the rest.
 */
function divideLong(digits: usize, stride: usize, used: u32, basis: usize, scale: f64, out: usize, work: usize): void {
  const s = f64x2.splat(scale);
  let h = toFloat(digits + (<usize>(used - 1)) * stride);
  let l = f64x2.splat(0);
  for (let j: i32 = used - 2; j >= 0; j--) {
    const q = f64x2.splat(<f64>load<u32>(<usize>argument(basis, j)));
    const p = f64x2.mul(h, q);
    l = f64x2.add(productError(h, q, p), f64x2.mul(l, q));
    h = f64x2.add(p, l);
    l = sumError(p, l, h);
    const d = toFloat(digits + (<usize>j) * stride);
    const sum = f64x2.add(h, d);
    l = f64x2.add(l, sumError(h, d, sum));
    h = f64x2.add(sum, l);
    l = sumError(sum, l, h);
  }
  const c = f64x2.div(h, s);
  const p = f64x2.mul(c, s);
  const remainder = f64x2.sub(f64x2.sub(h, p), productError(c, s, p));
  const t = f64x2.div(f64x2.add(remainder, l), s);
  if (used <= 3) {
    v128.store(out, f64x2.add(c, t));
    return;
  }
  const doubt = f64x2.add(f64x2.mul(f64x2.abs(t), f64x2.splat(TWO_M50)), f64x2.mul(f64x2.abs(c), f64x2.splat(TWO_M95)));
  const low = f64x2.add(c, f64x2.sub(t, doubt));
  const high = f64x2.add(c, f64x2.add(t, doubt));
  v128.store(out, low);
  const differ = f64x2.ne(low, high);
  if (!v128.any_true(differ)) return;
  for (let lane: usize = 0; lane < 2; lane++) {
    const c1 = load<f64>(out + (lane << 3));
    const c2 = lane ? f64x2.extract_lane(high, 1) : f64x2.extract_lane(high, 0);
    if (c1 == c2) continue;
    const exact = roundExactly(digits + (lane << 2), stride, used, basis, c1, c2, scale, work);
    store<f64>(out + (lane << 3), exact);
  }
}

/** Digits of one chunk to quotients by the scale, f64. Where X is below 2^53 one division rounds it. */
function divide(digits: usize, bytes: usize, used: u32, basis: usize, scale: f64, out: usize, work: usize): void {
  const s = f64x2.splat(scale);
  if (used == 1) {
    for (let at: usize = 0; at < bytes; at += 8) v128.store(out + 2 * at, f64x2.div(toFloat(digits + at), s));
    return;
  }
  if (used == 2) {
    let wide = i32x4.splat(0);
    for (let at: usize = bytes; at < 2 * bytes; at += 16) wide = v128.or(wide, i32x4.abs(v128.load(digits + at)));
    if (!v128.any_true(i32x4.shr_u(wide, 22))) {
      const q = f64x2.splat(<f64>load<u32>(<usize>argument(basis, 0)));
      for (let at: usize = 0; at < bytes; at += 8) {
        const x = f64x2.add(f64x2.mul(toFloat(digits + bytes + at), q), toFloat(digits + at));
        v128.store(out + 2 * at, f64x2.div(x, s));
      }
      return;
    }
  }
  for (let at: usize = 0; at < bytes; at += 8) divideLong(digits + at, bytes, used, basis, scale, out + 2 * at, work);
}

/**
 * Quotients of `degree` coefficients from `residues` (rows `row` bytes apart) to `out` (f64). Words of the arguments at `args`:
 * [basis, factors, limbs, scale (2 words)]. `work` is memory for 2 KiB and 1 KiB a limb; it is overwritten at the end. Returns 1 where some coefficient needs more than DIGITS digits: `out` is then of no use. Scales lie in [2^-40, 2^500].
 */
export function quotients(args: usize, residues: usize, row: usize, degree: usize, out: usize, work: usize): u32 {
  const basis: usize = argument(args, 0);
  const factors: usize = argument(args, 1);
  const limbs = argument(args, 2);
  const scale = float64(args, 3);
  const bytes = min(<usize>CHUNK_BYTES, degree << 2);
  const left = work + 512;
  const digits = left + bytes;
  let status: u32 = 0;
  for (let at: usize = 0; at < degree << 2; at += bytes) {
    const used = compose(residues + at, row, bytes, basis, limbs, factors, digits, left);
    if (used <= DIGITS) divide(digits, bytes, used, basis, scale, out + 2 * at, work);
    else status = 1;
  }
  memory.fill(work, 0, 512 + (<usize>(limbs + 1)) * bytes);
  return status;
}
