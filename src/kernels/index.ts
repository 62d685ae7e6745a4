/**
 * Kernels: everything that computes on many numbers. `interface.ts` is the contract, and all that schemes see of this
 * folder; `bigint/` is the specification and the fallback, `webgpu/` the fast path; `shapes.ts` holds the checks that all
 * backends make at the call, `host.ts` what runs on the CPU whatever the backend.
 */
export type * from "./interface.js";
