/**
 * The back door for the benchmarks: kernels below the schemes, built to dist/internal.js.
 * package.json does not export it, nothing promises that it stays, and applications have no reason to open it.
 */
export { BigintBackend } from "./kernels/bigint/index.js";
export type { KernelBackend, ModularHandle, ModularKernels, RingHandle, RingKernels, WorkCounters } from "./kernels/interface.js";
export { nttPrimes } from "./math/primes.js";
