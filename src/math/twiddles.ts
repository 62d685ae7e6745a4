/**
 * Complex roots of unity as float64, each part rounded correctly from bigint fixed point: the same bits in every
 * engine, which Math.cos and Math.sin do not promise.
 */
import { type FixedAngle, fixedRoot } from "./fixed.js";
import { powerOfTwo } from "./float64.js";
import { bitReverse, log2Degree } from "./ntt.js";

/** Working precision. Rounding is certain unless a value lies within 2^-110 of a midpoint of two float64; tests look. */
export const TWIDDLE_BITS = 128;

/** cos and sin of 2 pi k / order for k = 0 .. order / 8, with `bits` fractional bits, order a power of two >= 8. */
export function fixedOctant(log2Order: number, bits: number): { cos: bigint[]; sin: bigint[] } {
  const count = 2 ** (log2Order - 3) + 1;
  const precision = BigInt(bits);
  const cos: bigint[] = [1n << precision];
  const sin: bigint[] = [0n];
  // By doubling: angles size + j from angle size and angle j, so that errors add up over log2(count) products only.
  for (let size = 1, log2 = log2Order; size < count; size *= 2, log2--) {
    const step: FixedAngle = fixedRoot(log2, bits);
    for (let j = 0; j < size && size + j < count; j++) {
      cos.push((step.cos * cos[j] - step.sin * sin[j]) >> precision);
      sin.push((step.sin * cos[j] + step.cos * sin[j]) >> precision);
    }
  }
  return { cos, sin };
}

/** The roots that the butterflies of an embedding use; shared, never written to. */
export interface Twiddles {
  /** Real and imaginary parts of zeta^e(node), for nodes 1 .. N/2 - 1 of the tree of factors; entry 0 is unused. */
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** leaf[k] is the place after the butterflies of the value at zeta^(4k + 1), zeta = exp(2 pi i / 2N). */
  readonly leaf: Uint32Array;
}

const cache = new Map<number, Twiddles>();

/**
 * Twiddles of ring degree N, made once per degree. Node m + i (m = 1, 2, .. N/4; i < m) splits X^2t - zeta^2e into
 * X^t - zeta^e and X^t + zeta^e, from X^(N/2) - i down; its e is (N / 4m) (4 brv(i) + 1).
 */
export function twiddles(degree: number): Twiddles {
  const known = cache.get(degree);
  if (known) return known;
  const bits = log2Degree(degree);
  const slots = degree / 2;
  const re = new Float64Array(slots);
  const im = new Float64Array(slots);
  if (slots > 1) {
    const { cos, sin } = fixedOctant(bits + 1, TWIDDLE_BITS);
    // Number() rounds a bigint to the nearest float64, and the power of two is exact.
    const unit = powerOfTwo(-TWIDDLE_BITS);
    const cosines = Float64Array.from(cos, (x) => Number(x) * unit);
    const sines = Float64Array.from(sin, (x) => Number(x) * unit);
    const eighth = degree / 4;
    for (let m = 1; m < slots; m *= 2) {
      for (let i = 0; i < m; i++) {
        const e = (degree / (4 * m)) * (4 * bitReverse(i, Math.log2(m)) + 1);
        // e lies in (0, N), the upper half of the circle; reflect it into the first octant.
        const quarter = e > 2 * eighth ? 4 * eighth - e : e;
        const [c, s] =
          quarter > eighth ? [sines[2 * eighth - quarter], cosines[2 * eighth - quarter]] : [cosines[quarter], sines[quarter]];
        re[m + i] = e > 2 * eighth ? -c : c;
        im[m + i] = s;
      }
    }
  }
  const leaf = Uint32Array.from({ length: slots }, (_, k) => bitReverse(k, bits - 1));
  const made: Twiddles = { re, im, leaf };
  cache.set(degree, made);
  return made;
}
