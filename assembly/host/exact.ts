/** The rare coefficient whose quotient by the scale lies too near the middle of two float64: decided in whole numbers. */
import { argument } from "../arguments";

/** Words of the integers that are compared: 32 digits below 2^30, signed, and what a shift adds. */
const WORDS: u32 = 36;

// @ts-ignore: decorator
@inline
function mantissa(x: f64): u64 {
  return (reinterpret<u64>(x) & 0xfffffffffffff) | 0x10000000000000;
}

/** x = mantissa * 2^exponent, for x > 0 of the normal range. */
// @ts-ignore: decorator
@inline
function exponent(x: f64): i32 {
  return <i32>(reinterpret<u64>(x) >> 52) - 1075;
}

/** Shifts an integer of WORDS words left, in place; what leaves at the top is 0. */
function shiftLeft(x: usize, bits: u32): void {
  const words = bits >> 5;
  const rest = bits & 31;
  for (let i: i32 = WORDS - 1; i >= 0; i--) {
    const source = i - <i32>words;
    const high: u64 = source >= 0 ? argument(x, source) : 0;
    const low: u64 = source >= 1 ? argument(x, source - 1) : 0;
    store<u32>(x + ((<usize>i) << 2), <u32>(((high << 32) | low) >> (32 - rest)));
  }
}

/** The magnitude of d_0 + q_0 (d_1 + q_1 (d_2 + ...)), for digits in i32 at stride bytes, to x; returns whether it is negative. */
function gather(x: usize, digits: usize, stride: usize, used: u32, basis: usize): bool {
  memory.fill(x, 0, WORDS << 2);
  for (let j: i32 = used - 1; j >= 0; j--) {
    const q: u64 = load<u32>(<usize>argument(basis, j));
    let digit: i64 = load<i32>(digits + (<usize>j) * stride);
    let carry: u64 = 0;
    // Two's complement: arithmetic modulo 2^(32 WORDS) needs no case for signs.
    for (let i: u32 = 0; i < WORDS; i++) {
      const at = x + ((<usize>i) << 2);
      const sum = (<u64>load<u32>(at)) * q + carry + (<u64>digit & 0xffffffff);
      store<u32>(at, <u32>sum);
      carry = sum >> 32;
      digit >>= 32;
    }
  }
  if (load<i32>(x + ((WORDS - 1) << 2)) >= 0) return false;
  let carry: u64 = 1;
  for (let i: u32 = 0; i < WORDS; i++) {
    const at = x + ((<usize>i) << 2);
    const sum = ((<u64>load<u32>(at)) ^ 0xffffffff) + carry;
    store<u32>(at, <u32>sum);
    carry = sum >> 32;
  }
  return true;
}

/** a * b for a, b < 2^54, to WORDS words at x. */
function multiply(x: usize, a: u64, b: u64): void {
  memory.fill(x, 0, WORDS << 2);
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const low = a0 * b0;
  const middle = a1 * b0 + (low >> 32);
  const cross = a0 * b1 + (middle & 0xffffffff);
  store<u32>(x, <u32>low);
  store<u32>(x, <u32>cross, 4);
  store<u64>(x, a1 * b1 + (middle >> 32) + (cross >> 32), 8);
}

/**
 * The one of two neighbouring float64 c1, c2 that X / scale rounds to (ties to even), X being the integer with these digits,
 * |X| < 2^960. The middle of the two times the scale is mantissa * 2^E with E about log2|X| - 107: both sides are compared as
 * whole numbers. `work` has room for 2 * WORDS words.
 */
export function roundExactly(digits: usize, stride: usize, used: u32, basis: usize, c1: f64, c2: f64, scale: f64, work: usize): f64 {
  const x = work;
  const y = work + (WORDS << 2);
  const negative = gather(x, digits, stride, used, basis);
  const low = min(abs(c1), abs(c2));
  const high = max(abs(c1), abs(c2));
  multiply(y, 2 * mantissa(low) + 1, mantissa(scale));
  const shift = exponent(low) - 1 + exponent(scale);
  if (shift < 0) shiftLeft(x, -shift);
  else shiftLeft(y, shift);
  let i: i32 = WORDS - 1;
  while (i > 0 && argument(x, i) == argument(y, i)) i--;
  const a = argument(x, i);
  const b = argument(y, i);
  const up = a == b ? (mantissa(low) & 1) != 0 : a > b;
  const rounded = up ? high : low;
  return negative ? -rounded : rounded;
}
