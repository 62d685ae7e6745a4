/** The engine: which backend runs, why, and for how long. Schemes and applications take an engine as their first argument. */

export { paced } from "../kernels/pace.js";
export type { BackendAttempt, BackendChoice } from "./choose.js";
export { chunkSize, inChunks, type WorkOptions } from "./chunks.js";
export { Engine, type EngineDescription, type EngineOptions } from "./engine.js";
export { FixedBasePowers, powersOf } from "./fixed-base.js";
export { inversesOf } from "./inverses.js";
export { type EngineLike, kernelsOf } from "./kernels-of.js";
export { type AdapterProbe, probeGpu, probeWasm, type WasmProbe } from "./probe.js";
export { heedSignal } from "./signal.js";
