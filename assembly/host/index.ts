/** Kernels of the host family: encoding, decoding and sampling, the same bytes as src/kernels/host.ts. */
export { decodeItems, decodeCompose, decodeSlots } from "./decode";
export { encodeItems, encodeResidues, encodeSlots } from "./encode";
export { sampleGaussian, sampleTernary, sampleUniform } from "./sample";
