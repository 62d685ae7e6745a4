/**
 * The calling convention of a kernel: `kernel(args, first, count)` does tasks [first, first + count) of a command whose
 * arguments are u32 words at `args`. Tasks of one command are independent of each other, so that any thread may do any of them.
 */

/** Word `index` of the arguments. */
// @ts-ignore: decorator
@inline
export function argument(args: usize, index: u32): u32 {
  return load<u32>(args + ((<usize>index) << 2));
}
