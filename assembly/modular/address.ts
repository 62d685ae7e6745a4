/** Addresses: of the arguments of a kernel, and of rows behind them. */
import { argument } from "../arguments";

/** Argument `index` as an address. */
// @ts-ignore: decorator
@inline
export function pointer(args: usize, index: u32): usize {
  return <usize>argument(args, index);
}

/** Row `index` of rows of `bytes` bytes each. */
// @ts-ignore: decorator
@inline
export function row(base: usize, index: u32, bytes: u32): usize {
  return base + <usize>index * <usize>bytes;
}
