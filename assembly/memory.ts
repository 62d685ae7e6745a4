/** Copies and clears: the kernels that every family needs. */
import { argument } from "./arguments";

/** [target, source, bytes of a task, bytes of the last task, tasks]: copies contiguous memory, cut into tasks of equal size. */
export function copy(args: usize, first: u32, count: u32): void {
  const target: usize = argument(args, 0);
  const source: usize = argument(args, 1);
  const size: usize = argument(args, 2);
  for (let task = first; task < first + count; task++) {
    const bytes: usize = task == argument(args, 4) - 1 ? argument(args, 3) : size;
    memory.copy(target + task * size, source + task * size, bytes);
  }
}
