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
