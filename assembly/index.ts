/** Everything that the host calls: kernels (see arguments.ts), and what a thread is set up with. */
export * from "./host/index";
export { clear, copy } from "./memory";
export * from "./modular/index";
export * from "./ring/index";
export { heapBase, SCRATCH_BYTES, setScratch } from "./scratch";
