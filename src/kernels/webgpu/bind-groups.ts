/**
 * Bind groups that are used again. Work that repeats itself gets the same buffers from the pool, and making a group costs more
 * than recording its dispatch.
 */
import { SLOT_BYTES } from "./uniforms.js";

/** A part of a buffer as a dispatch binds it. */
export interface BoundView {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** Groups that are kept, those used last. A group keeps no memory of a destroyed buffer. */
const KEEP = 1024;

interface BoundPipeline {
  readonly label: string;
  readonly layout: GPUBindGroupLayout;
  readonly bindings: readonly ("read" | "write" | "uniform")[];
}

export class BindGroups {
  readonly #names = new WeakMap<object, number>();
  readonly #groups = new Map<string, GPUBindGroup>();
  #next = 0;
  made = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly uniforms: GPUBuffer,
  ) {}

  /** The group of a pipeline with these views, in the order of their binding numbers without the uniforms. */
  get({ label, layout, bindings }: BoundPipeline, views: readonly BoundView[]): GPUBindGroup {
    let key = `${this.#name(layout)}`;
    for (const { buffer, offset, size } of views) key += ` ${this.#name(buffer)}/${offset}/${size}`;
    let group = this.#groups.get(key);
    if (group) this.#groups.delete(key);
    else {
      let next = 0;
      const resources = bindings.map((kind) =>
        kind === "uniform" ? { buffer: this.uniforms, size: SLOT_BYTES } : views[next++],
      );
      const entries = resources.map((resource, binding) => ({ binding, resource }));
      group = this.device.createBindGroup({ label, layout, entries });
      this.made++;
    }
    // Last in the order of insertion: used last.
    this.#groups.set(key, group);
    if (this.#groups.size > KEEP) {
      const [oldest] = this.#groups.keys();
      this.#groups.delete(oldest);
    }
    return group;
  }

  /** A number for an object that no other ever gets. */
  #name(object: object): number {
    let name = this.#names.get(object);
    if (name === undefined) {
      name = this.#next++;
      this.#names.set(object, name);
    }
    return name;
  }
}
