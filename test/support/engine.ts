/** The engine of tests that look at schemes and applications, and not at kernels. */
import { Engine } from "../../src/engine/index.js";
import type { BackendName } from "../../src/kernels/interface.js";

/** WebAssembly, as for most users; `WEBHE_TEST_BACKEND=bigint npx vitest run ...` names another. */
const BACKEND = (process.env.WEBHE_TEST_BACKEND ?? "wasm") as BackendName;

export const openTestEngine = (): Promise<Engine> => Engine.create({ backend: BACKEND });
