/**
 * floor(log16 x) as CPython's `floor(math.log(x, 16))` finds it: the quotient of two logarithms, each rounded to float64. It lies one below
 * the true value for some powers of 16 (16^-29, for one), and files that python-paillier wrote with `precision` depend on that.
 * Math.log differs in its last bits between engines, so the logarithm is made here, from bigint.
 */
import { splitFloat64 } from "../../math/float64.js";
import { bitLength } from "../../math/modular.js";
import { fromScaledInteger } from "../../math/rational.js";

/** Fractional bits of the fixed point: enough to round any logarithm of a float64 as the exact one would be. */
const BITS = 160;
const ONE = 1n << BigInt(BITS);

/** ln(numerator / denominator) for a quotient in [1/2, 2]: 2 artanh((x - 1) / (x + 1)), by its series. */
function fixedLog(numerator: bigint, denominator: bigint): bigint {
  const z = ((numerator - denominator) << BigInt(BITS)) / (numerator + denominator);
  const square = (z * z) / ONE;
  let [power, sum] = [z, z];
  for (let k = 3n; power !== 0n; k += 2n) {
    power = (power * square) / ONE;
    sum += power / k;
  }
  return 2n * sum;
}

/** ln 2 in fixed point, made at the first call. */
let ln2: bigint | undefined;

/** For finite x > 0. */
export function floorLog16(x: number): number {
  const { mantissa, exponent } = splitFloat64(x);
  const length = bitLength(mantissa);
  ln2 ??= -fixedLog(1n, 2n);
  const ln = fixedLog(mantissa, 1n << BigInt(length)) + BigInt(exponent + length) * ln2;
  return Math.floor(fromScaledInteger(ln, BITS) / fromScaledInteger(4n * ln2, BITS));
}
