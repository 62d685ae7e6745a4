/**
 * What runs in the workers. `entry.node.ts` and `entry.browser.ts` are their beginnings, which build/kernels.ts bundles;
 * `service.ts` is what the caller's thread sees of them, and `interpreter.ts` carries programs out, for the caller's thread too. Else the
 * rest of the backend takes only types from here: the code travels as text.
 */
export { type Bench, carryOut, type Kernel } from "./interpreter.js";
export type { Order, Outcome, Reply, Service, Setup } from "./service.js";
