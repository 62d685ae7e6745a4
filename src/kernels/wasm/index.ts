/**
 * The WebAssembly backend. `backend.ts` is the whole; `runtime.ts` is what kernels' drivers (ring/, modular/, host/) see of
 * it, and `context.ts` what they run on; `pool.ts` and `local.ts` are the machines beneath, with and without shared memory;
 * worker/ is what runs in the workers. The kernels are in assembly/. docs/wasm-runtime.md tells how it works.
 */
export { WasmBackend, type WasmOptions } from "./backend.js";
