/**
 * Sums of products of coefficients and constants, of 16-bit halves.
 *
 * They serve sums over 2 to 12 source primes modulo q >= 2^22. A coefficient y, centred modulo d < 2^30,
 * is u1 2^15 + u0 with u0 in [-2^14, 2^14) and |u1| <= 2^14, packed in a lane as two i16. Of its factor m mod q and of
 * n = 2^15 m mod q the host takes residues m1 2^15 + m0 and n1 2^15 + n0 with all four in (-2^14, 2^14]. Then y m is A + 2^15 B modulo q
 * with A = u0 m0 + u1 n0 and B = u0 m1 + u1 n1, one instruction each. A product with u0 is in [-2^28, 2^28 - 2^14] and one with u1
 * in [-2^28, 2^28], so that sums over HALVES = 4 primes are in [-2^31, 2^31): no overflow. Let T be the sum of A + 2^15 B over
 * up to three such sums. C, the sum of floor(B/4) + floor(A/2^17), is below 3 (2^29 + 2^14) < 2^31 in magnitude, and T - 2^17 C is in
 * [0, 3 (3 2^15 + 2^17)), below 3q/16. k, C 2^17/q to the nearest integer, is then such that T - k q is in (-q/2 - e, 11q/16 + e), with
 * e < q 2^-20 for the rounding of float64; low words suffice, and one off k gives (0, 2q). |C 2^17/q| < 2^26, so that adding
 * 2^52 + 2^32 - 1 stays above 2^52 also where C is negative.
 */
import { lowWords } from "./montgomery";
import { modulusOf } from "./pieces";

/** Bytes of all source rows of which the targets of a task are made before the next: they stay in a first-level cache. */
export const PIECE: usize = 2048;
/** Added to a quotient on its way to the low bits it takes one off it. */
export const LESS: f64 = 4294967295;
/** Primes whose products of halves are added up in 32 bits. */
const HALVES: u32 = 4;

/** y in (-2^29, 2^29) as u1 2^16 + (u0 mod 2^16). */
// @ts-ignore: decorator
@inline
export function halves(y: v128): v128 {
  const high = i32x4.shr_s(i32x4.add(y, i32x4.splat(1 << 14)), 15);
  const low = i32x4.sub(y, i32x4.shl(high, 15));
  return v128.or(i32x4.shl(high, 16), v128.and(low, i32x4.splat(0xffff)));
}

/** One piece of one target from halves; `factors` are two words a source. */
export function spreadHalves(to: usize, u: usize, factors: usize, sources: u32, row: usize, prime: usize, bytes: usize): void {
  const q = v128.load32_splat(prime);
  const ratio = f64x2.splat(<f64>(1 << 17) / <f64>modulusOf(prime));
  const round = f64x2.add(v128.load64_splat(prime, 56), f64x2.splat(LESS));
  for (const end = to + bytes; to < end; to += 32, u += 32) {
    let low0 = i32x4.splat(0);
    let top0 = i32x4.splat(0);
    let low1 = i32x4.splat(0);
    let top1 = i32x4.splat(0);
    let x = u;
    let m = factors;
    for (let left = sources; left; ) {
      const run = min<u32>(left, HALVES);
      let a0 = i32x4.splat(0);
      let b0 = i32x4.splat(0);
      let a1 = i32x4.splat(0);
      let b1 = i32x4.splat(0);
      for (const stop = x + <usize>run * row; x != stop; x += row, m += 8) {
        const forA = v128.load32_splat(m);
        const forB = v128.load32_splat(m, 4);
        const x0 = v128.load(x);
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(x0, forA));
        b0 = i32x4.add(b0, i32x4.dot_i16x8_s(x0, forB));
        const x1 = v128.load(x, 16);
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(x1, forA));
        b1 = i32x4.add(b1, i32x4.dot_i16x8_s(x1, forB));
      }
      left -= run;
      low0 = i32x4.add(low0, i32x4.add(a0, i32x4.shl(b0, 15)));
      top0 = i32x4.add(top0, i32x4.add(i32x4.shr_s(b0, 2), i32x4.shr_s(a0, 17)));
      low1 = i32x4.add(low1, i32x4.add(a1, i32x4.shl(b1, 15)));
      top1 = i32x4.add(top1, i32x4.add(i32x4.shr_s(b1, 2), i32x4.shr_s(a1, 17)));
    }
    v128.store(to, lessMultiple(low0, top0, q, ratio, round));
    v128.store(to, lessMultiple(low1, top1, q, ratio, round), 16);
  }
}

/** low - (k - 1) q for the integers k next to top * ratio. */
// @ts-ignore: decorator
@inline
function lessMultiple(low: v128, top: v128, q: v128, ratio: v128, round: v128): v128 {
  const x = f64x2.mul(f64x2.convert_low_i32x4_s(top), ratio);
  const y = f64x2.mul(f64x2.convert_low_i32x4_s(v128.shuffle<u64>(top, top, 1, 1)), ratio);
  return i32x4.sub(low, i32x4.mul(lowWords(f64x2.add(x, round), f64x2.add(y, round)), q));
}
