/** Batches of integers in WebAssembly memory, and tables of a fixed base, as the contract shows them. */
import type { FixedBaseTable, ModularHandle } from "../../interface.js";
import { checkHandle } from "../../shapes.js";
import type { Block } from "../runtime.js";

/** Residents in a row: `batch` elements from element `start` of a block. */
export interface Elements {
  readonly block: Block;
  readonly start: number;
  readonly batch: number;
}

/** Owns one reference to its block. */
export class WasmModularHandle implements ModularHandle {
  readonly kind = "modular";
  #block: Block | undefined;

  constructor(
    private readonly owner: object,
    readonly modulus: bigint,
    readonly batch: number,
    block: Block,
    private readonly start = 0,
  ) {
    this.#block = block;
  }

  get disposed(): boolean {
    return this.#block === undefined;
  }

  /** Where the numbers lie. Throws LifetimeError for a disposed handle or one of other kernels. */
  elements(owner: object): Elements {
    return { block: checkHandle(this.#block, this.owner, owner), start: this.start, batch: this.batch };
  }

  /** Work already recorded keeps what it needs. */
  dispose(): void {
    this.#block?.release();
    this.#block = undefined;
  }
}

/** table[i][j] = base^(j 2^(width i)), rows of 2^width elements. */
export class WasmFixedBaseTable implements FixedBaseTable {
  #block: Block | undefined;

  constructor(
    readonly owner: object,
    readonly base: bigint,
    readonly exponentBits: number,
    readonly width: number,
    block: Block,
  ) {
    this.#block = block;
  }

  /** Throws LifetimeError after dispose(). */
  get block(): Block {
    return checkHandle(this.#block, this.owner, this.owner);
  }

  dispose(): void {
    this.#block?.release();
    this.#block = undefined;
  }
}
