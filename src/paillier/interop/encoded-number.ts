/**
 * Numbers as python-paillier (`phe`) encodes them: value = integer 16^exponent, with an exponent for each number that travels in the clear.
 * A bigint is a Python int, with exponent 0; a number is a Python float, whole or not, with the exponent that keeps its 53 bits.
 * The integer is held modulo n in [-(n/3 - 1), n/3 - 1]; what lies between shows that a computation has overflowed.
 */
import { EncodingError, ParameterError, show } from "../../errors.js";
import { splitFloat64 } from "../../math/float64.js";
import { bitLength, mod } from "../../math/modular.js";
import { quotientToFloat64, roundHalfEven } from "../../math/rational.js";
import { floorLog16 } from "./logarithm.js";

/** The value integer 16^exponent, exactly. */
export interface EncodedNumber {
  readonly integer: bigint;
  readonly exponent: number;
}

/** How one number is encoded. */
export interface EncodeOptions {
  /** Keeps the number to a multiple of 16^floor(log16 precision), rounded half to even: a finite number > 0. */
  readonly precision?: number;
  /** No larger exponent is used. */
  readonly maxExponent?: number;
}

/** Exponents beyond it are refused: floats lie in [-282, 242], and every product adds two. */
export const MAX_EXPONENT = 1 << 14;

/** The largest magnitude of an encoded integer, floor(n / 3) - 1. */
export function maxInteger(n: bigint): bigint {
  return n / 3n - 1n;
}

/** Throws ParameterError unless it is an integer within {@link MAX_EXPONENT}. */
export function checkExponent(exponent: number, what = "exponent"): void {
  if (Number.isInteger(exponent) && Math.abs(exponent) <= MAX_EXPONENT) return;
  throw new ParameterError({
    what,
    expected: `an integer in [-${MAX_EXPONENT}, ${MAX_EXPONENT}]`,
    got: show(exponent),
    remedy: "encrypt again: exponents add up with every product",
  });
}

/** The integer nearest to value 16^-exponent, ties to even. Throws EncodingError for NaN, infinities and anything but numbers. */
export function integerAt(value: number | bigint, exponent: number): bigint {
  if (typeof value !== "bigint" && !(typeof value === "number" && Number.isFinite(value))) {
    throw new EncodingError({
      what: "value",
      expected: "a finite number or a bigint",
      got: show(value),
      remedy: "remove or replace missing values before encoding",
    });
  }
  const { mantissa, exponent: binary } = typeof value === "bigint" ? { mantissa: value, exponent: 0 } : splitFloat64(value);
  const shift = binary - 4 * exponent;
  return shift >= 0 ? mantissa << BigInt(shift) : roundHalfEven(mantissa, 1n << BigInt(-shift));
}

/** The exponent that python-paillier gives a value by itself. */
function naturalExponent(value: number | bigint): number {
  if (typeof value === "bigint") return 0;
  if (value === 0) return -14;
  const { mantissa, exponent } = splitFloat64(value);
  // |value| lies in [2^(e - 1), 2^e); 53 bits are kept, and a digit has 4.
  return Math.floor((bitLength(mantissa) + exponent - 53) / 4);
}

/** Throws EncodingError for what {@link integerAt} refuses and for an integer outside the window of n, ParameterError for bad options. */
export function encodeNumber(value: number | bigint, n: bigint, { precision, maxExponent }: EncodeOptions = {}): EncodedNumber {
  if (precision !== undefined && !(typeof precision === "number" && Number.isFinite(precision) && precision > 0)) {
    const remedy = "pass the precision to keep, such as 1e-6";
    throw new ParameterError({ what: "precision", expected: "a finite number > 0", got: show(precision), remedy });
  }
  if (maxExponent !== undefined) checkExponent(maxExponent, "maxExponent");
  // For its refusals, before the exponent is looked at.
  integerAt(value, MAX_EXPONENT);
  const natural = precision === undefined ? naturalExponent(value) : floorLog16(precision);
  const exponent = maxExponent === undefined ? natural : Math.min(natural, maxExponent);
  const integer = integerAt(value, exponent);
  const largest = maxInteger(n);
  if (integer > largest || integer < -largest) {
    throw new EncodingError({
      what: "value",
      expected: `at most ${bitLength(largest)} bits at exponent ${exponent}`,
      got: `${bitLength(integer)} bits`,
      remedy: "use a longer key, a coarser precision or a larger exponent",
    });
  }
  return { integer, exponent };
}

/** What is encrypted: the integer modulo n. */
export function toPlaintext(integer: bigint, n: bigint): bigint {
  return mod(integer, n);
}

/** The signed integer of a plaintext in [0, n). Throws EncodingError in the dead zone: the computation has overflowed. */
export function fromPlaintext(plaintext: bigint, n: bigint, what = "plaintext"): bigint {
  const largest = maxInteger(n);
  if (plaintext >= 0n && plaintext <= largest) return plaintext;
  if (plaintext < n && plaintext >= n - largest) return plaintext - n;
  const inside = plaintext >= 0n && plaintext < n;
  throw new EncodingError({
    what,
    expected: "an integer within a third of n of zero",
    got: inside ? "one in between: the computation has overflowed" : "a number outside [0, n)",
    remedy: "encode with a coarser precision, multiply less often, or use a longer key",
  });
}

/**
 * The value as python-paillier decodes it. With an exponent >= 0 it is an integer: a number where that is exact, that is up to 2^53, else a
 * bigint. With an exponent below 0 it is the nearest number. Throws EncodingError beyond the range of float64.
 */
export function decodeNumber(encoded: EncodedNumber): number | bigint {
  const { integer, exponent } = encoded;
  if (exponent < 0) return nearestNumber(encoded);
  const value = integer << BigInt(4 * exponent);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** The float64 nearest to the value, ties to even. Throws EncodingError beyond the range of float64. */
export function nearestNumber({ integer, exponent }: EncodedNumber): number {
  const power = 1n << BigInt(4 * Math.abs(exponent));
  const value = exponent < 0 ? quotientToFloat64(integer, power) : quotientToFloat64(integer * power, 1n);
  if (Number.isFinite(value)) return value;
  throw new EncodingError({
    what: "value",
    expected: "one within the range of float64",
    got: `an integer of ${bitLength(integer)} bits times 16^${exponent}`,
    remedy: "read it exactly, with decryptEncoded",
  });
}
