/** Ring values on the device, with the lifetime rules of the contract. */
import { LifetimeError } from "../../errors.js";
import type { Form, RingHandle } from "../interface.js";
import type { GpuMemory, GpuView } from "./memory.js";

type LeakListener = (description: string) => void;
const listeners = new Set<LeakListener>();

/** Tells of handles that were collected without `dispose()`, for tests. Returns what ends it. */
export function onLeak(listener: LeakListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The memory of a forgotten handle goes back all the same; forgetting is a fault, but no leak of the device. */
const forgotten = new FinalizationRegistry<{ readonly memory: GpuMemory; readonly description: string }>(
  ({ memory, description }) => {
    memory.release();
    for (const listener of listeners) listener(description);
  },
);

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
    forgotten.register(this, { memory: view.memory, description: `ring handle [${batch}, ${basis.length}, ${degree}]` }, this);
  }

  get disposed(): boolean {
    return this.#view === undefined;
  }

  /** Where the residues lie. Throws LifetimeError for a disposed handle or one of other kernels. */
  view(owner: object): GpuView {
    if (this.#view === undefined) {
      throw new LifetimeError({
        what: "handle",
        expected: "a live handle",
        got: "a disposed one",
        remedy: "dispose of it after its last use",
      });
    }
    if (owner !== this.owner) {
      throw new LifetimeError({
        what: "handle",
        expected: "a handle of these kernels",
        got: "one of other kernels",
        remedy: "read it there and upload it here",
      });
    }
    return this.#view;
  }

  /** Work already recorded keeps what it needs; the memory is overwritten once nobody refers to it. */
  dispose(): void {
    if (this.#view === undefined) return;
    forgotten.unregister(this);
    this.#view.memory.release();
    this.#view = undefined;
  }
}
