/** Runs once before all tests, in the main process: its workers inherit the environment. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { ensureSoftwareGpu } from "./software-gpu.js";

const root = new URL("../../", import.meta.url);
const generated = new URL("src/kernels/wasm/generated.ts", root);

/** What generated.ts is made from, as far as one works on it. */
const SOURCES = ["assembly/", "src/kernels/wasm/worker/"];

/** WebAssembly is compiled by the build, not by the test runner. */
function checkKernels(): void {
  if (!existsSync(generated)) throw new Error('src/kernels/wasm/generated.ts is missing: run "npm run kernels" first');
  const made = statSync(generated).mtimeMs;
  const files = SOURCES.flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" }).map((name) => new URL(folder + name, root)),
  );
  if (files.some((file) => statSync(file).mtimeMs > made))
    process.stderr.write('The kernels are older than their source: run "npm run kernels" to test what is there now.\n');
}

export default function setup(): void {
  checkKernels();
  ensureSoftwareGpu();
}
