/**
 * webhe: homomorphic computation on Paillier and CKKS ciphertexts in batches, on the GPU through WebGPU and on the CPU.
 *
 * This door holds the engine and the errors. The applications are `webhe/inference` and `webhe/aggregation`;
 * the schemes are `webhe/ckks` and `webhe/paillier`.
 */
export { type BackendAttempt, Engine, type EngineDescription, type EngineOptions } from "./engine/index.js";
export * from "./errors.js";
export type { BackendName } from "./kernels/interface.js";
