import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { ParameterError } from "../../errors.js";
import { packageRoot } from "../package.js";
import type { CommonOptions } from "../session.js";

/** Options of `webhe bench`. */
export interface BenchOptions extends CommonOptions {
  readonly suite: string;
  readonly json?: string;
}

/** Runs the benchmarks of a clone: they are no part of the package, and their peers are development dependencies. */
export async function bench({ suite, json, backend, adapter, threads }: BenchOptions): Promise<void> {
  const root = packageRoot();
  const harness = join(root, "bench/run.ts");
  if (!existsSync(harness) || !isInstalled(root, "tsx") || !isInstalled(root, "benchmark")) {
    throw new ParameterError({
      what: "benchmarks",
      expected: "a clone of the repository with its development dependencies",
      got: "the package alone",
      remedy: 'clone the repository and run "npm ci && npm run build", then "npm run bench"',
    });
  }
  const args = ["--import", "tsx", harness, "--suite", suite];
  if (json !== undefined) args.push("--json", resolve(json));
  if (backend !== "auto") args.push("--backend", backend);
  if (adapter !== undefined) args.push("--adapter", adapter);
  if (threads !== undefined) args.push("--threads", `${threads}`);
  const code = await new Promise<number | null>((done, failed) => {
    spawn(process.execPath, args, { cwd: root, stdio: "inherit" }).on("error", failed).on("close", done);
  });
  if (code !== 0) {
    throw new ParameterError({ what: "benchmarks", expected: "exit code 0", got: String(code), remedy: "read the lines above" });
  }
}

function isInstalled(root: string, name: string): boolean {
  try {
    createRequire(join(root, "package.json")).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}
