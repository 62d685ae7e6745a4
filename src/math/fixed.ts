/**
 * Fixed-point constants on bigint: x is held as floor(x 2^bits), give or take a few units in the last place.
 * They replace Math.exp, sin and cos, whose last bits differ between engines.
 */

/** pi with `bits` fractional bits, by Machin's formula 16 arctan(1/5) - 4 arctan(1/239). */
export function fixedPi(bits: number): bigint {
  const guard = 32n;
  const one = 1n << (BigInt(bits) + guard);
  const arctanInverse = (n: bigint): bigint => {
    let power = one / n;
    let sum = power;
    for (let k = 3n, sign = -1n; power !== 0n; k += 2n, sign = -sign) {
      power /= n * n;
      sum += sign * (power / k);
    }
    return sum;
  };
  return (16n * arctanInverse(5n) - 4n * arctanInverse(239n)) >> guard;
}

/** exp(-numerator / denominator) with `bits` fractional bits, for 0 <= numerator, denominator > 0. */
export function fixedExpNegative(numerator: bigint, denominator: bigint, bits: number): bigint {
  // Halve the argument until the series converges fast, then square back; each squaring doubles the error.
  let halvings = 0n;
  while (numerator > denominator << halvings) halvings++;
  const precision = BigInt(bits) + 32n + halvings;
  const one = 1n << precision;
  let term = one;
  let sum = one;
  for (let k = 1n; term !== 0n; k++) {
    term = (term * numerator) / ((denominator << halvings) * k);
    sum += k % 2n === 1n ? -term : term;
  }
  for (let i = 0n; i < halvings; i++) sum = (sum * sum) >> precision;
  return sum >> (precision - BigInt(bits));
}

/** A point on the unit circle. */
export interface FixedAngle {
  readonly cos: bigint;
  readonly sin: bigint;
}

/** cos and sin of 2 pi / 2^log2Order with `bits` fractional bits, for log2Order >= 3, by their series. */
export function fixedRoot(log2Order: number, bits: number): FixedAngle {
  const precision = BigInt(bits) + 32n;
  const one = 1n << precision;
  const x = (2n * fixedPi(bits + 32)) >> BigInt(log2Order);
  const square = (x * x) >> precision;
  const series = (first: bigint, k0: bigint): bigint => {
    let term = first;
    let sum = first;
    for (let k = k0, sign = -1n; term !== 0n; k += 2n, sign = -sign) {
      term = ((term * square) >> precision) / (k * (k + 1n));
      sum += sign * term;
    }
    return sum >> 32n;
  };
  return { cos: series(one, 1n), sin: series(x, 2n) };
}
