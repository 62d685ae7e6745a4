/** Drivers of the host kernels: what the ring kernels of this backend encode, decode and sample with. */
export type { RingContext } from "./context.js";
export { decode } from "./decode.js";
export { encode } from "./encode.js";
export { sampleGaussian, sampleTernary, sampleUniform } from "./sample.js";
