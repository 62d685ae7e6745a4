/**
 * Ring operations that a backend without kernels of its own for them makes of others: packing, encoding and sampling on the caller's
 * thread with an upload, and products of ciphertexts from products of polynomials. The specification of both.
 */
import { packedBytes, packResidues, unpackResidues } from "../math/bitpack.js";
import type { ComplexSlots } from "../math/embedding.js";
import { Embedding } from "../math/embedding.js";
import {
  decodeBatch,
  encodeBatch,
  type SampleSource,
  type SlotValues,
  sampleGaussianBatch,
  sampleTernaryBatch,
  sampleUniformBatch,
} from "./host.js";
import type {
  DecodeOptions,
  EncodePlan,
  HostOptions,
  PackedReadOptions,
  ReadOptions,
  RingHandle,
  RingShape,
} from "./interface.js";
import { checkForm, checkInto, checkTensor } from "./shapes.js";

/** Runs f on handles that are needed for nothing else. */
function using<T>(handles: readonly RingHandle[], f: () => T): T {
  try {
    return f();
  } finally {
    for (const handle of handles) handle.dispose();
  }
}

export abstract class ComposedRingKernels {
  #embedding: Embedding | undefined;

  abstract readonly degree: number;
  abstract upload(residues: Uint32Array, shape: RingShape): RingHandle;
  abstract read(a: RingHandle, options?: ReadOptions): Promise<Uint32Array>;
  abstract add(a: RingHandle, b: RingHandle): RingHandle;
  abstract multiply(a: RingHandle, b: RingHandle): RingHandle;
  abstract slice(a: RingHandle, start: number, count: number): RingHandle;
  abstract concat(parts: readonly RingHandle[]): RingHandle;

  async uploadPacked(bytes: Uint8Array, shape: RingShape, what: string): Promise<RingHandle> {
    return this.upload(unpackResidues(bytes, { ...shape, degree: this.degree }, what), shape);
  }

  async readPacked(a: RingHandle, { into, ...options }: PackedReadOptions = {}): Promise<Uint8Array> {
    if (into !== undefined) checkInto(into, packedBytes(a));
    const packed = packResidues(await this.read(a, options), a);
    into?.set(packed);
    return into ?? packed;
  }

  async encode(items: readonly SlotValues[], { scale, basis }: EncodePlan, options?: HostOptions): Promise<RingHandle> {
    const residues = await encodeBatch(items, { embedding: this.#embed(), scale, basis }, options);
    return this.#uploadSecret(residues, basis, items.length);
  }

  async decode(a: RingHandle, scale: number, options: DecodeOptions = {}): Promise<ComplexSlots[]> {
    checkForm(a, "coefficient");
    const residues = await this.read(a, options);
    try {
      const slots = await decodeBatch(residues, { embedding: this.#embed(), scale, basis: a.basis }, options);
      return options.realOnly ? slots.map(({ re }) => ({ re, im: new Float64Array(0) })) : slots;
    } finally {
      residues.fill(0);
    }
  }

  async sampleUniform(source: SampleSource, shape: RingShape, options?: HostOptions): Promise<RingHandle> {
    return this.upload(await sampleUniformBatch(source, { ...shape, degree: this.degree }, options), shape);
  }

  async sampleTernary(source: SampleSource, shape: Omit<RingShape, "form">, options?: HostOptions): Promise<RingHandle> {
    const residues = await sampleTernaryBatch(source, { ...shape, degree: this.degree }, options);
    return this.#uploadSecret(residues, shape.basis, shape.batch);
  }

  async sampleGaussian(source: SampleSource, shape: Omit<RingShape, "form">, options?: HostOptions): Promise<RingHandle> {
    const residues = await sampleGaussianBatch(source, { ...shape, degree: this.degree }, options);
    return this.#uploadSecret(residues, shape.basis, shape.batch);
  }

  tensor(a: RingHandle, b: RingHandle): RingHandle {
    const [m, n] = checkTensor(a, b);
    const [a0, a1] = [this.slice(a, 0, m), this.slice(a, m, m)];
    const [b0, b1] = [this.slice(b, 0, n), this.slice(b, n, n)];
    return using([a0, a1, b0, b1], () => {
      const products = [this.multiply(a0, b0), this.multiply(a0, b1), this.multiply(a1, b0), this.multiply(a1, b1)];
      return using(products, () => {
        const [c0, left, right, c2] = products;
        const c1 = this.add(left, right);
        return using([c1], () => this.concat([c0, c1, c2]));
      });
    });
  }

  #embed(): Embedding {
    this.#embedding ??= new Embedding(this.degree);
    return this.#embedding;
  }

  #uploadSecret(residues: Uint32Array, basis: readonly number[], batch: number): RingHandle {
    try {
      return this.upload(residues, { basis, form: "coefficient", batch });
    } finally {
      residues.fill(0);
    }
  }
}
