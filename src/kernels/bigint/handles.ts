/** Values of the bigint backend, with the lifetime rules of the contract. Rows are never written to after they are made. */
import type { Form, Handle, ModularHandle, RingHandle } from "../interface.js";
import { checkHandle } from "../shapes.js";
import type { Cell } from "./recorder.js";

abstract class BigintHandle<T> implements Handle {
  #cell: Cell<readonly T[]> | undefined;

  constructor(
    readonly owner: object,
    readonly batch: number,
    cell: Cell<readonly T[]>,
  ) {
    this.#cell = cell;
  }

  get disposed(): boolean {
    return this.#cell === undefined;
  }

  /** The cell that holds (or will hold) the value, checked to be alive and of this owner. */
  cell(owner: object): Cell<readonly T[]> {
    return checkHandle(this.#cell, this.owner, owner);
  }

  /** Work already recorded keeps what it needs. */
  dispose(): void {
    this.#cell = undefined;
  }
}

/** Rows [batch x limb] of N residues. */
export class BigintRingHandle extends BigintHandle<BigUint64Array> implements RingHandle {
  readonly kind = "ring";

  constructor(
    owner: object,
    readonly degree: number,
    readonly basis: readonly number[],
    readonly form: Form,
    batch: number,
    cell: Cell<readonly BigUint64Array[]>,
  ) {
    super(owner, batch, cell);
  }
}

/** Integers [batch]. */
export class BigintModularHandle extends BigintHandle<bigint> implements ModularHandle {
  readonly kind = "modular";

  constructor(
    owner: object,
    readonly modulus: bigint,
    batch: number,
    cell: Cell<readonly bigint[]>,
  ) {
    super(owner, batch, cell);
  }
}
