/** Values that rest in WebAssembly memory, with the lifetime rules of the contract. */
import type { Form, Handle, RingHandle } from "../interface.js";
import { checkHandle } from "../shapes.js";
import type { Block } from "./runtime.js";

/** Where a value lies. */
export interface View {
  readonly block: Block;
  readonly byteOffset: number;
}

/** Owns one reference to the block of its view. */
export abstract class WasmHandle implements Handle {
  #view: View | undefined;

  constructor(
    readonly owner: object,
    readonly batch: number,
    view: View,
  ) {
    this.#view = view;
  }

  get disposed(): boolean {
    return this.#view === undefined;
  }

  /** Where the value lies. Throws LifetimeError for a disposed handle or one of other kernels. */
  view(owner: object): View {
    return checkHandle(this.#view, this.owner, owner);
  }

  /** Work already recorded keeps what it needs. */
  dispose(): void {
    this.#view?.block.release();
    this.#view = undefined;
  }
}

/** What a ring handle is of, apart from its memory. */
export interface RingLayout {
  readonly degree: number;
  readonly basis: readonly number[];
  readonly form: Form;
  readonly batch: number;
}

/** Canonical residues [batch, limb, N]. */
export class WasmRingHandle extends WasmHandle implements RingHandle {
  readonly kind = "ring";
  readonly degree: number;
  readonly basis: readonly number[];
  readonly form: Form;

  constructor(owner: object, { degree, basis, form, batch }: RingLayout, view: View) {
    super(owner, batch, view);
    this.degree = degree;
    this.basis = basis;
    this.form = form;
  }
}
