/** Runs once before all tests, in the main process: its workers inherit the environment. */
import { existsSync } from "node:fs";
import { ensureSoftwareGpu } from "./software-gpu.js";

const KERNELS = new URL("../../src/kernels/wasm/generated.ts", import.meta.url);

export default function setup(): void {
  if (!existsSync(KERNELS)) throw new Error('src/kernels/wasm/generated.ts is missing: run "npm run kernels" first');
  ensureSoftwareGpu();
}
