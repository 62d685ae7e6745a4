/** Products of elements: one by one, along lists of indices, and along straight-line programs. */
import { argument } from "../arguments";
import { scratch } from "../scratch";
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

/** Operands of a program are registers, or inputs where this bit is set. */
const INPUT: u32 = 0x80000000;
/** The operand 1, as the result of an empty product. */
const UNIT: u32 = 0xffffffff;

/**
 * [ctx, out, a, terms, outputs, programs, starts]: out[g, o] = what program o computes from the inputs a[g, 0 .. terms).
 * The words of program o from starts[o] on: the operand that is the result, the number of steps, then for each step the
 * register that takes a product and its two operands. Programs are made from public exponents
 * (src/kernels/wasm/modular/addition-chain.ts); their registers lie in the scratch.
 */
export function modularProgram(args: usize, first: u32, count: u32): void {
  const ctx = pointer(args, 0);
  const bytes = elementBytes(ctx);
  const outputs = argument(args, 4);
  for (let i = first; i < first + count; i++) {
    const inputs = row(pointer(args, 2), (i / outputs) * argument(args, 3), bytes);
    const out = row(pointer(args, 1), i, bytes);
    const program = row(pointer(args, 5), load<u32>(row(pointer(args, 6), i % outputs, 4)), 4);
    const end = program + 8 + <usize>load<u32>(program, 4) * 12;
    for (let step = program + 8; step < end; step += 12) {
      const target = row(scratch(), load<u32>(step), bytes);
      const x = operand(inputs, load<u32>(step, 4), bytes);
      const y = operand(inputs, load<u32>(step, 8), bytes);
      if (x == y) square(ctx, target, x);
      else multiply(ctx, target, x, y);
    }
    const result = load<u32>(program);
    if (result == UNIT) one(ctx, out);
    else memory.copy(out, operand(inputs, result, bytes), bytes);
  }
}

// @ts-ignore: decorator
@inline
function operand(inputs: usize, index: u32, bytes: u32): usize {
  return index & INPUT ? row(inputs, index ^ INPUT, bytes) : row(scratch(), index, bytes);
}
