/**
 * Montgomery's reduction by separate operand scanning: T = a b; m = T (-1/n) mod R; U = (T + m n) / R. No quotient digit
 * waits for another, so that every step is a product of whole numbers. All numbers are signed and need no last subtraction:
 * from |a|, |b| <= 0.66 n and R >= 4 n follows |U| <= 0.66 n (docs/wasm-modular.md).
 */
import { scratch } from "../scratch";
import { carries, exactCarry } from "./carries";
import { accumulate } from "./columns";
import { digitsOf, foldRows, inverseWords, modulusWords, reversedModulus } from "./context";

/** Scratch of a product: places for columns of at most 2 * 640 digits, apart from each other by 16 KiB and some cache lines. */
// @ts-ignore: decorator
@inline
export function place(index: usize): usize {
  return scratch() + (1 << 20) + index * (16384 + 192) + 64;
}

/** Columns of a e, all 2 L; doubled with `twice`. */
// @ts-ignore: decorator
@inline
export function product(ctx: usize, columns: usize, a: usize, e: usize, fresh: bool, twice: bool): void {
  const digits = digitsOf(ctx);
  accumulate(columns, 0, 2 * digits, digits, foldRows(ctx), a, e, fresh, twice);
}

/**
 * out = (T + m n) / R in L digits, for the columns of T, which are used up; T - minus instead of T where `minus` is not 0.
 * m is left at `m`, in L digits. With `lower` set the low half is in digits at place(2) already.
 */
export function reduce(ctx: usize, out: usize, m: usize, columns: usize, minus: usize): void {
  const t = place(2);
  divide(ctx, m, t, columns, minus);
  finish(ctx, out, m, t, columns);
}

/** The first half of reduce: t = T mod R, with what carries out of it behind its digits, and m = t (-1/n) mod R. */
export function divide(ctx: usize, m: usize, t: usize, columns: usize, minus: usize): void {
  const digits = digitsOf(ctx);
  const entering = carries(t, columns, 0, digits, digits, minus, 0);
  store<i32>(t + ((<usize>digits) << 1), entering);
  const quotient = place(3);
  accumulate(quotient, 0, digits, digits, foldRows(ctx), inverseWords(ctx), t, true, false);
  carries(m, quotient, 0, digits, digits, 0, 0);
}

/** The second half of reduce: out = (T + m n) / R. */
export function finish(ctx: usize, out: usize, m: usize, t: usize, columns: usize): void {
  const digits = digitsOf(ctx);
  const n = modulusWords(ctx);
  const entering = load<i32>(t + ((<usize>digits) << 1)) + exactCarry(digits, reversedModulus(ctx), m, t);
  accumulate(columns, digits, 2 * digits, digits, foldRows(ctx), n, m, false, false);
  carries(out, columns, digits, 2 * digits, digits, 0, entering);
}
