/**
 * Products modulo m = n^power of resident elements. With power 1 an element is one number x of L digits, x = v R mod n.
 * With power 2 it is two, x = x0 + x1 n = v R mod n^2: products modulo n^2 then need 5 L^2 digit products instead of 8 L^2.
 *
 * The n-adic product: x y R^-1 = (x0 y0 + (x0 y1 + x1 y0) n) R^-1 mod n^2. Montgomery gives m and t with
 * x0 y0 + m n = t R, hence x0 y0 = t R - m n, and with x0 y1 + x1 y0 - m + m' n = u R the product is t + u n mod n^2.
 */
import { add, double, put } from "./columns";
import { digitsOf, foldRows, isSquare } from "./context";
import { shift } from "./digits";
import { place, reduce } from "./montgomery";
import { putSquare } from "./squares";

/** out = a b R^-1; `out` may be a or b. */
export function multiply(ctx: usize, out: usize, a: usize, b: usize): void {
  const digits = digitsOf(ctx);
  const a1 = place(6) + 256;
  shift(a1, a, digits);
  if (isSquare(ctx)) {
    const size = (<usize>digits) << 1;
    const a2 = place(7) + 256;
    shift(a2, a + size, digits);
    const m = place(4);
    put(place(0), digits, foldRows(ctx), a1, b);
    put(place(1), digits, foldRows(ctx), a1, b + size);
    add(place(1), digits, foldRows(ctx), a2, b);
    // Nothing is read of the operands from here on, which `out` may be.
    reduce(ctx, out, m, place(0), 0);
    reduce(ctx, out + size, place(5), place(1), m);
  } else {
    put(place(0), digits, foldRows(ctx), a1, b);
    reduce(ctx, out, place(4), place(0), 0);
  }
}

/** out = a a R^-1; `out` may be a. */
export function square(ctx: usize, out: usize, a: usize): void {
  const digits = digitsOf(ctx);
  const a1 = place(6) + 256;
  shift(a1, a, digits);
  putSquare(place(0), digits, foldRows(ctx), a1, a, place(7) + 256);
  if (!isSquare(ctx)) {
    reduce(ctx, out, place(4), place(0), 0);
    return;
  }
  const size = (<usize>digits) << 1;
  const m = place(4);
  put(place(1), digits, foldRows(ctx), a1, a + size);
  double(place(1), digits);
  reduce(ctx, out, m, place(0), 0);
  reduce(ctx, out + size, place(5), place(1), m);
}
