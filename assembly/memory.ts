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

/** Bytes that are looked at before they are written: a page of memory that was never touched stays untouched. */
const PAGE: usize = 4096;

/** [address, bytes of a task, bytes of the last task, tasks]: clears memory, in multiples of 64 bytes. */
export function clear(args: usize, first: u32, count: u32): void {
  const size: usize = argument(args, 1);
  for (let task = first; task < first + count; task++) {
    const start: usize = argument(args, 0) + task * size;
    const end: usize = start + (task == argument(args, 3) - 1 ? argument(args, 2) : size);
    for (let page = start; page < end; page += PAGE) {
      const stop: usize = min(page + PAGE, end);
      let any: v128 = i64x2.splat(0);
      for (let at = page; at < stop; at += 64) {
        any = v128.or(any, v128.or(v128.or(v128.load(at), v128.load(at, 16)), v128.or(v128.load(at, 32), v128.load(at, 48))));
      }
      if (v128.any_true(any)) memory.fill(page, 0, stop - page);
    }
  }
}
