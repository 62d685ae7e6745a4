/**
 * The back door for the benchmarks: what they need from below the schemes, built to dist/internal.js.
 * package.json does not export it, nothing promises that it stays, and applications have no reason to open it.
 */
export { WasmBackend } from "./kernels/wasm/index.js";
export { probeAdapters } from "./kernels/webgpu/index.js";
export { nttPrimes } from "./math/primes.js";
