/** Constants that kernels read, kept in WebAssembly memory by name while they are used often enough. */
import type { Block, Runtime } from "../runtime.js";

/**
 * Holds at most `limit` blocks, at least 2, and lets go of the one that was asked for longest ago. Recorded work keeps what
 * it reads, but a block must be asked for again before each use, and used before two others are asked for.
 */
export class BlockCache {
  readonly #blocks = new Map<string, Block>();

  constructor(
    private readonly runtime: Runtime,
    private readonly limit: number,
  ) {}

  /** The block of this name, written where nobody asked for it lately. It stays the cache's. */
  get(name: string, make: () => Uint32Array): Block {
    let block = this.#blocks.get(name);
    if (block !== undefined) {
      this.#blocks.delete(name);
    } else {
      const words = make();
      block = this.runtime.allocate(words.byteLength);
      this.runtime.write(block, words);
    }
    this.#blocks.set(name, block);
    if (this.#blocks.size > this.limit) {
      const [oldest] = this.#blocks.keys();
      this.#blocks.get(oldest)?.release();
      this.#blocks.delete(oldest);
    }
    return block;
  }
}

/** Conversions and permutations that a runtime keeps. */
const CONSTANTS = 64;

const constants = new WeakMap<Runtime, BlockCache>();

/** The constants of all ring kernels on one runtime: kernels that nobody uses any more leave nothing of their own behind. */
export function constantsOf(runtime: Runtime): BlockCache {
  let cache = constants.get(runtime);
  if (cache === undefined) {
    cache = new BlockCache(runtime, CONSTANTS);
    constants.set(runtime, cache);
  }
  return cache;
}
