/**
 * Montgomery's reduction by separate operand scanning: T = a b; m = T (-1/n) mod R; U = (T + m n) / R. No quotient digit
 * waits for another, so that every step is a product of whole numbers. All numbers are signed and need no last subtraction:
 * from |a|, |b| <= 0.85 n and R >= 4 n follows |U| <= 0.73 n (docs/wasm-modular.md).
 */
import { scratch } from "../scratch";
import { carries, exactCarry } from "./carries";
import { addUpper, putLower } from "./columns";
import { digitsOf, foldRows, inverseWords, modulusWords, reversedModulus } from "./context";

/** Places that products and conversions use. */
export const PLACES: usize = 13;

/** Scratch of a product: places for columns of at most 2 * 640 digits, apart from each other by 16 KiB and some cache lines. */
// @ts-ignore: decorator
@inline
export function place(index: usize): usize {
  return scratch() + (1 << 20) + index * (16384 + 192) + 64;
}

/**
 * out = (T + m n) / R in L digits, for the columns of T, which are used up; T - minus instead of T for L digits `minus`, unless
 * it is 0. Leaves at `m` its L digits.
 */
export function reduce(ctx: usize, out: usize, m: usize, columns: usize, minus: usize): void {
  const digits = digitsOf(ctx);
  const rows = foldRows(ctx);
  const t = place(2);
  const quotient = place(3);
  const carried = carries(t, columns, 0, digits, digits, minus, 0);
  putLower(quotient, digits, rows, inverseWords(ctx), t);
  carries(m, quotient, 0, digits, digits, 0, 0);
  const entering = carried + exactCarry(digits, reversedModulus(ctx), m, t);
  addUpper(columns, digits, rows, modulusWords(ctx), m);
  carries(out, columns, digits, 2 * digits, digits, 0, entering);
}
