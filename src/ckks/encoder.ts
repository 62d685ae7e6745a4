/** Between vectors of real slots and polynomials that rest in a backend. */
import type { HostOptions, RingHandle, RingKernels } from "../kernels/interface.js";

export class CkksEncoder {
  constructor(private readonly ring: RingKernels) {}

  /** Encodes one vector an item, in NTT form. Throws EncodingError naming the slot. */
  async encode(
    vectors: readonly ArrayLike<number>[],
    basis: readonly number[],
    scale: number,
    options?: HostOptions,
  ): Promise<RingHandle> {
    const coefficients = await this.ring.encode(vectors, { basis, scale }, options);
    try {
      return this.ring.ntt(coefficients);
    } finally {
      coefficients.dispose();
    }
  }

  /** Decodes polynomials in NTT form: the real parts of N/2 slots an item. */
  async decode(values: RingHandle, scale: number, options?: HostOptions): Promise<Float64Array[]> {
    const coefficients = this.ring.intt(values);
    try {
      const slots = await this.ring.decode(coefficients, scale, { ...options, realOnly: true });
      return slots.map(({ re }) => re);
    } finally {
      coefficients.dispose();
    }
  }
}
