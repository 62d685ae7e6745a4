/** A heap of numbered u64 keys, the largest on top; memory of {@link heapBytes} bytes is its state. Keys of 0 are never in it. */
import { row } from "./address";

/** Bytes of a heap of `capacity` numbers: size and capacity, the keys by number, then numbers in the order of the heap. */
// @ts-ignore: decorator
@inline
export function heapBytes(capacity: u32): usize {
  return 8 + 12 * <usize>capacity;
}

/** Starts an empty heap. */
export function heapOpen(heap: usize, capacity: u32): void {
  store<u32>(heap, 0);
  store<u32>(heap, capacity, 4);
}

// @ts-ignore: decorator
@inline
export function heapSize(heap: usize): u32 {
  return load<u32>(heap);
}

/** The key of a number. */
// @ts-ignore: decorator
@inline
export function heapKey(heap: usize, number: u32): u64 {
  return load<u64>(row(heap, number, 8), 8);
}

/** The address of the number in place `at`. */
// @ts-ignore: decorator
@inline
function place(heap: usize, at: u32): usize {
  return row(row(heap + 8, load<u32>(heap, 4), 8), at, 4);
}

/** The number of the largest key, in a heap that is not empty. */
// @ts-ignore: decorator
@inline
export function heapTop(heap: usize): u32 {
  return load<u32>(place(heap, 0));
}

/** Puts a number in that is not there yet; a key of 0 leaves it out. */
export function heapAdd(heap: usize, number: u32, key: u64): void {
  store<u64>(row(heap, number, 8), key, 8);
  if (key == 0) return;
  let at = heapSize(heap);
  store<u32>(heap, at + 1);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const other = load<u32>(place(heap, above));
    if (heapKey(heap, other) >= key) break;
    store<u32>(place(heap, at), other);
    at = above;
  }
  store<u32>(place(heap, at), number);
}

/** Takes the top away. */
export function heapRemove(heap: usize): void {
  const size = heapSize(heap) - 1;
  store<u32>(heap, size);
  const last = load<u32>(place(heap, size));
  const key = heapKey(heap, last);
  let at: u32 = 0;
  for (;;) {
    let below: u32 = 2 * at + 1;
    if (below >= size) break;
    let other = load<u32>(place(heap, below));
    if (below + 1 < size) {
      const right = load<u32>(place(heap, below + 1));
      if (heapKey(heap, right) > heapKey(heap, other)) {
        below++;
        other = right;
      }
    }
    if (heapKey(heap, other) <= key) break;
    store<u32>(place(heap, at), other);
    at = below;
  }
  store<u32>(place(heap, at), last);
}
