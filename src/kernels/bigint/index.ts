/** The bigint backend: the specification of every kernel, and the fallback where nothing faster runs. */
export { BigintBackend } from "./backend.js";
