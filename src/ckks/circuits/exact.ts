/**
 * Functions of float64 from bigint fixed point, to within a unit in the last place where results are not tiny: the same bits in
 * every engine, which Math.exp, tanh and log do not promise. Coefficients that are encoded come from these.
 */
import { ParameterError, show } from "../../errors.js";
import { fixedExpNegative } from "../../math/fixed.js";
import { splitFloat64 } from "../../math/float64.js";
import { bitLength, isqrt } from "../../math/modular.js";
import { fromScaledInteger } from "../../math/rational.js";

const BITS = 112;
const ONE = 1n << BigInt(BITS);

/** exp(-|x|) with `bits` fractional bits. */
function decay(x: number, bits: number): bigint {
  const { mantissa, exponent } = splitFloat64(Math.abs(x));
  return exponent >= 0
    ? fixedExpNegative(mantissa << BigInt(exponent), 1n, bits)
    : fixedExpNegative(mantissa, 1n << BigInt(-exponent), bits);
}

function inRange(what: string, x: number, holds: boolean, expected: string): void {
  if (holds) return;
  throw new ParameterError({ what, expected, got: show(x), remedy: "choose an interval on which the function is defined" });
}

/** e^x for |x| <= 700. */
export function exp(x: number): number {
  inRange("argument of exp", x, Math.abs(x) <= 700, "a number in [-700, 700]");
  // Below 2^-1010, so that this many more bits keep the relative precision.
  const bits = BITS + 2 * Math.ceil(Math.abs(x));
  const e = decay(x, bits);
  return fromScaledInteger(x <= 0 ? e : (1n << BigInt(2 * bits)) / e, bits);
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: number): number {
  inRange("argument of sigmoid", x, Number.isFinite(x), "a finite number");
  const e = decay(Math.min(Math.abs(x), 1000), BITS);
  return fromScaledInteger(((x >= 0 ? ONE : e) << BigInt(BITS)) / (ONE + e), BITS);
}

/** (e^x - e^-x) / (e^x + e^-x). */
export function tanh(x: number): number {
  inRange("argument of tanh", x, Number.isFinite(x), "a finite number");
  const e = decay(2 * Math.min(Math.abs(x), 500), BITS);
  const value = fromScaledInteger(((ONE - e) << BigInt(BITS)) / (ONE + e), BITS);
  return x < 0 ? -value : value;
}

/** 2 artanh(z) by its series, for 0 <= z <= 1/3. */
function artanhTwice(z: bigint): bigint {
  const square = (z * z) >> BigInt(BITS);
  let power = z;
  let sum = 0n;
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += power / k;
    power = (power * square) >> BigInt(BITS);
  }
  return 2n * sum;
}

/** The natural logarithm of x > 0. */
export function log(x: number): number {
  inRange("argument of log", x, x > 0 && Number.isFinite(x), "a positive finite number");
  const { mantissa, exponent } = splitFloat64(x);
  const top = bitLength(mantissa) - 1;
  // x = m 2^e with 1 <= m < 2, and ln m = 2 artanh((m - 1) / (m + 1)).
  const m = (mantissa << BigInt(BITS)) >> BigInt(top);
  const ln2 = artanhTwice(ONE / 3n);
  return fromScaledInteger(artanhTwice(((m - ONE) << BigInt(BITS)) / (m + ONE)) + BigInt(exponent + top) * ln2, BITS);
}

/** The square root of x >= 0. */
export function sqrt(x: number): number {
  inRange("argument of sqrt", x, x >= 0 && Number.isFinite(x), "a finite number >= 0");
  const { mantissa, exponent } = splitFloat64(x);
  // mantissa 2^exponent = (mantissa 2^s) 2^(exponent - s), with an even exponent and room for the bits of the result.
  const shift = BITS + ((BITS + exponent) & 1);
  return fromScaledInteger(isqrt(mantissa << BigInt(shift)), (shift - exponent) / 2);
}
