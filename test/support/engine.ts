/** The engine of tests that look at schemes and applications, and not at kernels. */
import { Engine } from "../../src/engine/index.js";
import type { BackendName } from "../../src/kernels/interface.js";
import { chosenSeeds, SEED_SOURCE, type SeedOptions } from "../../src/math/random.js";

/** WebAssembly, as for most users; `WEBHE_TEST_BACKEND=bigint npx vitest run ...` names another. */
const BACKEND = (process.env.WEBHE_TEST_BACKEND ?? "wasm") as BackendName;

export const openTestEngine = (): Promise<Engine> => Engine.create({ backend: BACKEND });

let engine: Promise<Engine> | undefined;

/** One engine for all tests of a file. It ends with their process: idle workers do not keep it alive. */
export function sharedEngine(): Promise<Engine> {
  engine ??= openTestEngine();
  return engine;
}

/** Options under which every random draw follows from `seed`. */
export function seeded(seed: number): SeedOptions {
  return { [SEED_SOURCE]: chosenSeeds(new Uint8Array(32).fill(seed)) };
}
