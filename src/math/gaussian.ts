/**
 * Discrete Gaussian errors of standard deviation 3.2, by a cumulative table (CDT; Peikert, CRYPTO 2010, section 1.1).
 *
 * Each sample takes three words: bits 0..30 of each make a 93-bit integer u (the last word is the most significant),
 * bit 31 of the first is the sign. The magnitude is the number of table entries that u reaches. The whole table is
 * read for every sample, and comparisons are subtractions whose borrow is counted: no branch and no index depends on u.
 *
 * The table is cut where the tail falls below 2^-94 (|x| <= 36, 11 sigma). With the rounding of its entries to 93 bits
 * the statistical distance from the ideal distribution is below 2^-87 a sample; a test computes it.
 */
import type { Stream } from "./chacha.js";
import { fixedExpNegative } from "./fixed.js";

/** sigma = 16 / 5. */
export const SIGMA = 3.2;
const SIGMA_NUMERATOR = 16n;
const SIGMA_DENOMINATOR = 5n;

/** Precision of the table, in bits: three limbs of 31. */
export const TABLE_BITS = 93;
const LIMB_BITS = 31n;
const LIMB_MASK = 0x7fffffff;
const WORK_BITS = 192;

/** Entry k is round(2^93 Pr[|x| <= k]), for every k up to the cut; the last, which would be 2^93, is left out. */
export function gaussianTable(): bigint[] {
  // rho(k) = exp(-k^2 / (2 sigma^2)); Pr[x = 0] = rho(0) / S and Pr[|x| = k] = 2 rho(k) / S.
  const weights: bigint[] = [];
  for (let k = 0n; ; k++) {
    const rho = fixedExpNegative(k * k * SIGMA_DENOMINATOR ** 2n, 2n * SIGMA_NUMERATOR ** 2n, WORK_BITS);
    if (rho === 0n) break;
    weights.push(k === 0n ? rho : 2n * rho);
  }
  const total = weights.reduce((a, b) => a + b);
  const table: bigint[] = [];
  let cumulative = 0n;
  for (const weight of weights) {
    cumulative += weight;
    const entry = ((cumulative << BigInt(TABLE_BITS + 1)) / total + 1n) >> 1n;
    if (entry >> BigInt(TABLE_BITS) !== 0n) break;
    table.push(entry);
  }
  return table;
}

let limbs: Int32Array | undefined;

/** The table as [entry, limb], least significant limb first. */
function tableLimbs(): Int32Array {
  if (!limbs) {
    const table = gaussianTable();
    limbs = new Int32Array(3 * table.length);
    for (const [k, entry] of table.entries()) {
      for (let i = 0; i < 3; i++) limbs[3 * k + i] = Number((entry >> (LIMB_BITS * BigInt(i))) & BigInt(LIMB_MASK));
    }
  }
  return limbs;
}

const CHUNK = 512;

/** Fills `out` with errors of standard deviation 3.2, at most 36 in magnitude. Takes three words a sample. */
export function sampleGaussian(stream: Stream, out: Int8Array | Int32Array): void {
  const table = tableLimbs();
  const words = new Uint32Array(3 * Math.min(CHUNK, out.length));
  for (let start = 0; start < out.length; start += CHUNK) {
    const count = Math.min(CHUNK, out.length - start);
    stream.fill(words.subarray(0, 3 * count));
    for (let i = 0; i < count; i++) {
      const u0 = words[3 * i] & LIMB_MASK;
      const u1 = words[3 * i + 1] & LIMB_MASK;
      const u2 = words[3 * i + 2] & LIMB_MASK;
      let below = 0;
      for (let k = 0; k < table.length; k += 3) {
        // Bit 31 of each difference is the borrow; after the third limb it says u < entry.
        let borrow = (u0 - table[k]) >>> 31;
        borrow = (u1 - table[k + 1] - borrow) >>> 31;
        borrow = (u2 - table[k + 2] - borrow) >>> 31;
        below += borrow;
      }
      const magnitude = table.length / 3 - below;
      const sign = words[3 * i] >>> 31;
      out[start + i] = (magnitude ^ -sign) + sign;
    }
  }
  words.fill(0);
}
