/** Overwrites what held secrets, as soon as the commands before have read it. */
import { argument } from "../arguments";

/** [address, bytes]: one task. */
export function hostWipe(args: usize, first: u32, count: u32): void {
  if (count > 0) memory.fill(<usize>argument(args, 0), 0, <usize>argument(args, 1));
}
