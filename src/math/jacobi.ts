/** The Jacobi symbol: for a prime modulus it tells squares from non-squares. */
import { ParameterError, show } from "../errors.js";
import { mod } from "./modular.js";

/**
 * (a / n) for odd n >= 1 and any a, by reciprocity (Cohen, A Course in Computational Algebraic Number Theory, algorithm 1.4.10):
 * 1 or -1, or 0 where gcd(a, n) > 1. For a prime n it is 1 for squares alone. Its time depends on a.
 */
export function jacobi(a: bigint, n: bigint): -1 | 0 | 1 {
  if (n < 1n || n % 2n === 0n)
    throw new ParameterError({ what: "Jacobi symbol", expected: "an odd n >= 1", got: show(n), remedy: "pass an odd modulus" });
  let [x, y] = [mod(a, n), n];
  let sign: -1 | 1 = 1;
  const flip = (when: boolean) => {
    if (when) sign = sign === 1 ? -1 : 1;
  };
  while (x !== 0n) {
    const twos = trailingZeros(x);
    x >>= BigInt(twos);
    const y8 = Number(BigInt.asUintN(3, y));
    flip(twos % 2 === 1 && (y8 === 3 || y8 === 5));
    flip(y8 % 4 === 3 && BigInt.asUintN(2, x) === 3n);
    [x, y] = [y % x, x];
  }
  return y === 1n ? sign : 0;
}

/** How often 2 divides x, for x > 0. */
function trailingZeros(x: bigint): number {
  let zeros = 0;
  for (let rest = x; ; rest >>= 32n, zeros += 32) {
    const low = Number(BigInt.asUintN(32, rest)) | 0;
    if (low !== 0) return zeros + 31 - Math.clz32(low & -low);
  }
}
