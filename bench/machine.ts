/** Where and on what a report was made. */
import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import type { Engine } from "../src/index.js";
import type { Report } from "./row.js";

export function describeRun(engines: readonly Engine[]): Omit<Report, "rows" | "memory"> {
  const processors = cpus();
  const gpu = engines.map((engine) => engine.describe()).find(({ backend }) => backend === "webgpu");
  return {
    machine: `${processors[0]?.model.trim() ?? "unknown processor"}, ${processors.length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`,
    node: process.version,
    commit: commit(),
    date: new Date().toISOString(),
    adapter: gpu === undefined ? "none" : `${gpu.adapter}${gpu.isSoftware ? " (software)" : ""}`,
  };
}

function commit(): string {
  // A copy without its history is told where it comes from.
  if (process.env.WEBHE_COMMIT) return process.env.WEBHE_COMMIT;
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return `${git("rev-parse", "--short=12", "HEAD")}${git("status", "--porcelain") === "" ? "" : " with changes"}`;
  } catch {
    return "unknown";
  }
}
