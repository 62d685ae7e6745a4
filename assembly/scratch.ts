/** Memory of this thread alone, for what a task needs between its start and its end. */

/** Bytes that the host sets aside for each thread. */
export const SCRATCH_BYTES: u32 = 4 << 20;

let base: usize = 0;

/** Called once after instantiation, with the address of SCRATCH_BYTES bytes, aligned to 64. */
export function setScratch(address: usize): void {
  base = address;
}

/** Where memory is free: below lie the constants of the module. */
export function heapBase(): usize {
  return __heap_base;
}

/** The scratch of this thread; contents do not survive a task. */
// @ts-ignore: decorator
@inline
export function scratch(): usize {
  return base;
}
