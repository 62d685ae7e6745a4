/** Drivers of the modular kernels: what `assembly/modular` computes, recorded as commands. */
export { WasmModularKernels } from "./modular.js";
