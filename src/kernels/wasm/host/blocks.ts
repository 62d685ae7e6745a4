/** Memory that lives while something is recorded. */
import type { Block, Runtime } from "../runtime.js";

/** Allocates blocks of these sizes for `use`, and releases them when it returns or throws: what it recorded keeps them. */
export function withBlocks<T>(runtime: Runtime, sizes: readonly number[], use: (...blocks: Block[]) => T): T {
  const blocks: Block[] = [];
  try {
    for (const bytes of sizes) blocks.push(runtime.allocate(bytes));
    return use(...blocks);
  } finally {
    for (const block of blocks) block.release();
  }
}
