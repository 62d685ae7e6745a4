/** Cosines of rational multiples of pi, correctly rounded from bigint fixed point: Math.cos differs between engines. */
import { fixedPi } from "../../math/fixed.js";
import { fromScaledInteger } from "../../math/rational.js";

const BITS = 128;

/** cos(pi j / 2n) for j = 0 .. n, by the series at `BITS` fractional bits. */
function quadrant(n: number): Float64Array {
  const precision = BigInt(BITS + 32);
  const one = 1n << precision;
  const pi = fixedPi(BITS + 32);
  const out = new Float64Array(n + 1);
  for (let j = 0; j < n; j++) {
    const x = (pi * BigInt(j)) / BigInt(2 * n);
    const square = (x * x) >> precision;
    let term = one;
    let sum = one;
    for (let k = 1n, sign = -1n; term !== 0n; k += 2n, sign = -sign) {
      term = ((term * square) >> precision) / (k * (k + 1n));
      sum += sign * term;
    }
    out[j] = fromScaledInteger(sum >> 32n, BITS);
  }
  // The right angle is exactly 0, as it is on paper.
  return out;
}

/** A function that gives cos(pi j / 2n) for any integer j >= 0: the cosines of a Chebyshev interpolation with n nodes. */
export function cosines(n: number): (j: number) => number {
  const first = quadrant(n);
  return (j) => {
    const around = j % (4 * n);
    const half = around > 2 * n ? 4 * n - around : around;
    return half > n ? -first[2 * n - half] : first[half];
  };
}
