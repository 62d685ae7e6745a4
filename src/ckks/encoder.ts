/** Between vectors of real slots and polynomials that rest in a backend. */
import type { HostKernels, HostOptions, RingHandle, RingKernels } from "../kernels/interface.js";
import { Embedding } from "../math/embedding.js";

export class CkksEncoder {
  readonly #embedding: Embedding;

  constructor(
    private readonly ring: RingKernels,
    private readonly host: HostKernels,
  ) {
    this.#embedding = new Embedding(ring.degree);
  }

  /** Encodes one vector an item and uploads them in NTT form. Throws EncodingError naming the slot. */
  async encode(
    vectors: readonly ArrayLike<number>[],
    basis: readonly number[],
    scale: number,
    options?: HostOptions,
  ): Promise<RingHandle> {
    const coefficients = await this.encodeCoefficients(vectors, basis, scale, options);
    try {
      return this.ring.ntt(coefficients);
    } finally {
      coefficients.dispose();
    }
  }

  /** The same in coefficient form. */
  async encodeCoefficients(
    vectors: readonly ArrayLike<number>[],
    basis: readonly number[],
    scale: number,
    options?: HostOptions,
  ): Promise<RingHandle> {
    const residues = await this.host.encode(vectors, { embedding: this.#embedding, scale, basis }, options);
    try {
      return this.ring.upload(residues, { basis, form: "coefficient", batch: vectors.length });
    } finally {
      residues.fill(0);
    }
  }

  /** Reads polynomials in NTT form and decodes them: the real parts of N/2 slots an item. */
  async decode(values: RingHandle, scale: number, options?: HostOptions): Promise<Float64Array[]> {
    const coefficients = this.ring.intt(values);
    try {
      const residues = await this.ring.read(coefficients, options);
      try {
        const slots = await this.host.decode(residues, { embedding: this.#embedding, scale, basis: values.basis }, options);
        return slots.map(({ re }) => re);
      } finally {
        residues.fill(0);
      }
    } finally {
      coefficients.dispose();
    }
  }
}
