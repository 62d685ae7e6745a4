/**
 * float64 values as exact rationals: to integers at a scale 2^f and back, rounded once, with no Math.pow in between.
 */
import { EncodingError, show } from "../errors.js";
import { powerOfTwo, splitFloat64 } from "./float64.js";
import { bitLength } from "./modular.js";

/**
 * The integer nearest to x 2^scaleBits, ties away from zero, for a finite x and any integer scaleBits.
 * Throws EncodingError for NaN and infinities.
 */
export function toScaledInteger(x: number, scaleBits: number): bigint {
  if (typeof x !== "number" || !Number.isFinite(x)) {
    throw new EncodingError({
      what: "value",
      expected: "a finite number",
      got: show(x),
      remedy: "remove or replace missing values before encoding",
    });
  }
  const { mantissa, exponent } = splitFloat64(x);
  const shift = exponent + scaleBits;
  if (shift >= 0) return mantissa << BigInt(shift);
  const drop = BigInt(-shift);
  const half = 1n << (drop - 1n);
  return mantissa >= 0n ? (mantissa + half) >> drop : -((-mantissa + half) >> drop);
}

/** The float64 nearest to v / 2^scaleBits (ties to even), for any v; correctly rounded wherever the result is normal. */
export function fromScaledInteger(v: bigint, scaleBits: number): number {
  // Keep 64 leading bits and a sticky one below them: Number() then rounds as it would round the whole.
  const excess = Math.max(0, bitLength(v) - 64);
  const magnitude = v < 0n ? -v : v;
  const head = magnitude >> BigInt(excess);
  const lost = head << BigInt(excess) !== magnitude;
  let result = Number(lost ? head | 1n : head);
  for (let e = excess - scaleBits; e !== 0; ) {
    const step = Math.max(-1022, Math.min(1023, e));
    result *= powerOfTwo(step);
    e -= step;
    if (result === 0 || !Number.isFinite(result)) break;
  }
  return v < 0n ? -result : result;
}

/** The integer nearest to numerator / denominator, ties to even, for denominator > 0. */
export function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const floor = magnitude / denominator;
  const twice = 2n * (magnitude - floor * denominator);
  const rounded = twice > denominator || (twice === denominator && floor % 2n === 1n) ? floor + 1n : floor;
  return numerator < 0n ? -rounded : rounded;
}

/** The float64 nearest to numerator / denominator, ties to even, for denominator > 0: rounded once, subnormal results too. Infinite beyond the range. */
export function quotientToFloat64(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  const magnitude = numerator < 0n ? -numerator : numerator;
  const scaled = (e: number): readonly [bigint, bigint] =>
    e > 0 ? [magnitude, denominator << BigInt(e)] : [magnitude << BigInt(-e), denominator];
  // 2^top <= quotient < 2^(top + 1); the last place of a float64 there.
  let top = bitLength(magnitude) - bitLength(denominator);
  const [a, b] = scaled(top);
  if (a < b) top--;
  if (top > 1023) return numerator < 0n ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const lastPlace = Math.max(top - 52, -1074);
  const units = Number(roundHalfEven(...scaled(lastPlace)));
  const result = units * powerOfTwo(lastPlace);
  return numerator < 0n ? -result : result;
}
