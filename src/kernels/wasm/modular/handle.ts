/** Batches of integers in WebAssembly memory, and tables of a fixed base, as the contract shows them. */
import type { FixedBaseTable, ModularHandle } from "../../interface.js";
import { checkHandle } from "../../shapes.js";
import { type View, WasmHandle } from "../handles.js";
import type { Block } from "../runtime.js";

/** Residents [batch], one after the other. */
export class WasmModularHandle extends WasmHandle implements ModularHandle {
  readonly kind = "modular";

  constructor(
    owner: object,
    readonly modulus: bigint,
    batch: number,
    view: View,
  ) {
    super(owner, batch, view);
  }
}

/** table[i][j] = base^(j 2^(width i)), as modularFixedRows lays it out. */
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
