/** Runs once before all tests, in the main process: its workers inherit the environment. */
import { ensureSoftwareGpu } from "./software-gpu.js";

export default function setup(): void {
  ensureSoftwareGpu();
}
