/** Modular arithmetic on bigint: the words in which everything else here is specified. */
import { ParameterError, show } from "../errors.js";
import { finish, type Steps } from "./steps.js";

/** The residue of a in [0, m), for m > 0 and any a. */
export function mod(a: bigint, m: bigint): bigint {
  const r = a % m;
  return r < 0n ? r + m : r;
}

/** The representative of x in (-m/2, m/2], for m > 0 and any x. */
export function centred(x: bigint, m: bigint): bigint {
  const r = mod(x, m);
  return 2n * r > m ? r - m : r;
}

/** base^exponent mod m for exponent >= 0, by fixed 4-bit windows from the top. Not constant time: V8's bigint is not. */
export function powMod(base: bigint, exponent: bigint, m: bigint): bigint {
  return finish(powModSteps(base, exponent, m));
}

/** {@link powMod}, interruptible before every window. */
export function* powModSteps(base: bigint, exponent: bigint, m: bigint): Steps<bigint> {
  if (exponent < 0n) {
    throw new ParameterError({
      what: "exponent",
      expected: "an integer >= 0",
      got: show(exponent),
      remedy: "invert the base first",
    });
  }
  if (m === 1n) return 0n;
  const b = mod(base, m);
  const table: bigint[] = [1n];
  for (let i = 1; i < 16; i++) table.push((table[i - 1] * b) % m);
  let result = 1n;
  const digits = exponent.toString(16);
  for (let i = 0; i < digits.length; i++) {
    yield;
    if (i > 0) for (let s = 0; s < 4; s++) result = (result * result) % m;
    result = (result * table[Number.parseInt(digits[i], 16)]) % m;
  }
  return result;
}

/** The greatest common divisor of |a| and |b|. */
export function gcd(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** The inverse of a modulo m in [0, m). Throws ParameterError where gcd(a, m) is not 1. */
export function invMod(a: bigint, m: bigint): bigint {
  let [r0, r1] = [m, mod(a, m)];
  let [t0, t1] = [0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [t0, t1] = [t1, t0 - q * t1];
  }
  if (r0 !== 1n) {
    throw new ParameterError({
      what: "inverse",
      expected: "a number coprime to the modulus",
      got: "a common factor",
      remedy: "check the operands",
    });
  }
  return mod(t0, m);
}

/** Inverses of all values modulo m with a single inversion (Montgomery's trick). Throws as {@link invMod}. */
export function invModBatch(values: readonly bigint[], m: bigint): bigint[] {
  const prefix: bigint[] = [1n];
  for (const v of values) prefix.push((prefix[prefix.length - 1] * mod(v, m)) % m);
  let inverse = invMod(prefix[values.length], m);
  const out = new Array<bigint>(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    out[i] = (inverse * prefix[i]) % m;
    inverse = (inverse * mod(values[i], m)) % m;
  }
  return out;
}

/** Number of bits of |x|; 0 for 0. */
export function bitLength(x: bigint): number {
  if (x === 0n) return 0;
  const hex = (x < 0n ? -x : x).toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0], 16)));
}

/**
 * floor(x^(1/k)) for x >= 1 and k >= 2, by Newton's iteration from above. The first guess comes from logarithms in float64 and is raised by
 * 2^-30, far more than their error, so that the result does not depend on them.
 */
export function iroot(x: bigint, k: number): bigint {
  const shift = Math.max(0, bitLength(x) - 53);
  const log = (Math.log2(Number(x >> BigInt(shift))) + shift) / k;
  const scale = Math.max(0, Math.floor(log) - 52);
  const guess = BigInt(Math.ceil(2 ** (log - scale))) << BigInt(scale);
  const [n, less] = [BigInt(k), BigInt(k - 1)];
  let r = guess + (guess >> 30n) + 1n;
  for (;;) {
    const next = (less * r + x / r ** less) / n;
    if (next >= r) return r;
    r = next;
  }
}

/** floor(sqrt(x)) for x >= 0, by Newton's iteration. */
export function isqrt(x: bigint): bigint {
  if (x < 2n) return x;
  let r = 1n << BigInt((bitLength(x) + 1) >> 1);
  for (;;) {
    const next = (r + x / r) >> 1n;
    if (next >= r) return r;
    r = next;
  }
}
