/** Exact passages between bigint and float64. */
import { bitLength } from "./modular.js";

const buffer = new DataView(new ArrayBuffer(8));

/** A finite float64 as mantissa 2^exponent, both integers. */
export function splitFloat64(x: number): { mantissa: bigint; exponent: number } {
  buffer.setFloat64(0, x);
  const bits = buffer.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: bits >> 63n === 0n ? magnitude : -magnitude, exponent: Math.max(biased, 1) - 1075 };
}

/**
 * numerator / denominator, rounded once to the nearest float64 (ties to even), for a positive finite denominator.
 * Gives an infinity where the quotient exceeds the range of float64; quotients below 2^-1022 may be rounded twice.
 */
export function divideToFloat64(numerator: bigint, denominator: number): number {
  if (numerator === 0n) return 0;
  const { mantissa, exponent } = splitFloat64(denominator);
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  // A quotient of 66 or 67 bits, with the rest gathered in a sticky last bit, rounds like the exact one.
  const shift = 66 + bitLength(mantissa) - bitLength(magnitude);
  const dividend = magnitude << BigInt(Math.max(0, shift));
  const divisor = mantissa << BigInt(Math.max(0, -shift));
  let quotient = dividend / divisor;
  if (quotient * divisor !== dividend) quotient |= 1n;
  // Number() of a bigint is correctly rounded by definition; what is left is a power of two, in two steps for its range.
  const power = -shift - exponent;
  const half = Math.trunc(power / 2);
  const rounded = Number(quotient) * powerOfTwo(half) * powerOfTwo(power - half);
  return negative ? -rounded : rounded;
}

/** 2^e exactly, without Math.pow; 0 or infinity outside the range of float64. */
export function powerOfTwo(e: number): number {
  if (e > 1023) return Number.POSITIVE_INFINITY;
  if (e < -1074) return 0;
  buffer.setBigUint64(0, e >= -1022 ? BigInt(e + 1023) << 52n : 1n << BigInt(e + 1074));
  return buffer.getFloat64(0);
}
