/** A stranger's project: an empty folder outside the repository with the packed tarball installed in it. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { builtFolder, projectRoot } from "../support/built.js";

const run = promisify(execFile);

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Stranger {
  readonly folder: string;
  /** Writes a file, given its path in the project. */
  write(path: string, content: string): Promise<void>;
  /** Runs Node with these arguments in the project. */
  node(...args: string[]): Promise<Outcome>;
  dispose(): Promise<void>;
}

export interface PackedFile {
  readonly path: string;
}

/** Packs the built package into a folder of its own. The build is not repeated: other tests read dist/ at the same time. */
export async function pack(): Promise<{
  readonly tarball: string;
  readonly files: readonly PackedFile[];
  dispose(): Promise<void>;
}> {
  builtFolder();
  const folder = await mkdtemp(join(tmpdir(), "webhe-pack-"));
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: projectRoot });
  const [report] = JSON.parse(stdout) as [{ filename: string; files: PackedFile[] }];
  return { tarball: join(folder, report.filename), files: report.files, dispose: () => rm(folder, { recursive: true }) };
}

/** Creates an empty project and installs the given packages with npm, without running any install script. */
export async function stranger(packages: readonly string[], flags: readonly string[] = []): Promise<Stranger> {
  const folder = await mkdtemp(join(tmpdir(), "webhe-stranger-"));
  const write = (path: string, content: string) => writeFile(join(folder, path), content);
  await write("package.json", JSON.stringify({ name: "stranger", private: true, type: "module" }));
  await run("npm", ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", ...flags, ...packages], {
    cwd: folder,
  });
  return {
    folder,
    write,
    node: (...args) => outcome(folder, process.execPath, args),
    dispose: () => rm(folder, { recursive: true }),
  };
}

async function outcome(cwd: string, command: string, args: readonly string[]): Promise<Outcome> {
  // Settings of the test runner must not leak into the stranger's processes.
  const { NODE_OPTIONS: _options, VITEST: _vitest, ...env } = process.env;
  try {
    const { stdout, stderr } = await run(command, [...args], { cwd, env, maxBuffer: 2 ** 26 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}
