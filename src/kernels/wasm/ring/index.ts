/** Drivers of the ring kernels: what `assembly/ring` computes, recorded as commands. */
export { WasmRingKernels } from "./ring.js";
