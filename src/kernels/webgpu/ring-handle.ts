/** Ring values on the device, with the lifetime rules of the contract. */
import type { Form, RingHandle } from "../interface.js";
import { checkHandle } from "../shapes.js";
import { unwatchHandle, watchHandle } from "./leaks.js";
import type { GpuView } from "./memory.js";

export { onLeak } from "./leaks.js";

/** What a handle is of, apart from its memory. */
export interface RingLayout {
  readonly degree: number;
  readonly basis: readonly number[];
  readonly form: Form;
  readonly batch: number;
}

/** Canonical residues [batch, limb, N]; owns one reference to the memory of its view. */
export class WebGpuRingHandle implements RingHandle {
  readonly kind = "ring";
  readonly degree: number;
  readonly basis: readonly number[];
  readonly form: Form;
  readonly batch: number;
  #view: GpuView | undefined;

  constructor(
    readonly owner: object,
    { degree, basis, form, batch }: RingLayout,
    view: GpuView,
  ) {
    this.degree = degree;
    this.basis = basis;
    this.form = form;
    this.batch = batch;
    this.#view = view;
    watchHandle(this, view.memory, `ring handle [${batch}, ${basis.length}, ${degree}]`);
  }

  get disposed(): boolean {
    return this.#view === undefined;
  }

  /** Where the residues lie. Throws LifetimeError for a disposed handle or one of other kernels. */
  view(owner: object): GpuView {
    return checkHandle(this.#view, this.owner, owner);
  }

  /** Work already recorded keeps what it needs; the memory is overwritten once nobody refers to it. */
  dispose(): void {
    if (this.#view === undefined) return;
    unwatchHandle(this);
    this.#view.memory.release();
    this.#view = undefined;
  }
}
