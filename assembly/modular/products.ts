/** Products of elements: one by one, and along lists of indices. */
import { argument } from "../arguments";
import { pointer, row } from "./address";
import { elementBytes, multiply, one, square } from "./arithmetic";

/** [ctx, out, a, b, batch of b]: out[i] = a[i] * b[i mod batch]. */
export function modularMultiply(args: usize, first: u32, count: u32): void {
  const ctx = pointer(args, 0);
  const bytes = elementBytes(ctx);
  for (let i = first; i < first + count; i++) {
    const out = row(pointer(args, 1), i, bytes);
    const a = row(pointer(args, 2), i, bytes);
    const b = row(pointer(args, 3), i % argument(args, 4), bytes);
    if (a == b) square(ctx, out, a);
    else multiply(ctx, out, a, b);
  }
}

/** [ctx, out, a, indices, starts]: out[i] = the product of a[k] over the indices from starts[i] up to starts[i + 1]; 1 for none. */
export function modularProducts(args: usize, first: u32, count: u32): void {
  const ctx = pointer(args, 0);
  const bytes = elementBytes(ctx);
  const a = pointer(args, 2);
  const indices = pointer(args, 3);
  for (let i = first; i < first + count; i++) {
    const out = row(pointer(args, 1), i, bytes);
    const start = row(pointer(args, 4), i, 4);
    const end = row(indices, load<u32>(start, 4), 4);
    let at = row(indices, load<u32>(start), 4);
    if (at == end) {
      one(ctx, out);
      continue;
    }
    let x = row(a, load<u32>(at), bytes);
    if (end - at == 4) memory.copy(out, x, bytes);
    for (at += 4; at < end; at += 4) {
      multiply(ctx, out, x, row(a, load<u32>(at), bytes));
      x = out;
    }
  }
}
