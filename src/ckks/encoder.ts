/** Between vectors of slots and polynomials that rest in a backend. */
import type { DecodeOptions, HostOptions, RingHandle, RingKernels, SlotValues } from "../kernels/interface.js";
import type { ComplexSlots } from "../math/embedding.js";

export class CkksEncoder {
  constructor(private readonly ring: RingKernels) {}

  /** Encodes one vector of real or complex slots an item, in NTT form. Throws EncodingError naming the slot. */
  async encode(
    vectors: readonly SlotValues[],
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

  /** Decodes polynomials in NTT form: N/2 complex slots an item, or their real parts alone. */
  async decode(values: RingHandle, scale: number, options?: DecodeOptions): Promise<ComplexSlots[]> {
    const coefficients = this.ring.intt(values);
    try {
      return await this.ring.decode(coefficients, scale, options);
    } finally {
      coefficients.dispose();
    }
  }
}
