/**
 * The WebGPU backend: Dawn in Node, navigator.gpu in browsers. `backend.ts` is the whole; `context.ts` is the GPU as the
 * kernels see it; `ring*.ts` and `modular*.ts` are the kernels; the shaders are in shaders/.
 */
export { probeAdapters } from "#gpu";
export type { AdapterDescription, AdapterProbe } from "./adapters.js";
export { WebGpuBackend } from "./backend.js";
