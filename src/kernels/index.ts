/**
 * Kernels: everything that computes on many numbers. `interface.ts` is the contract, and all that schemes see of this
 * folder; `bigint/` is the specification and the last resort, `wasm/` and `webgpu/` are fast; `shapes.ts` holds the checks that all
 * backends make at the call, `host.ts` the specification of encoding, decoding and sampling.
 */
export type * from "./interface.js";
