/** Files in and out: inputs bounded and read whole, outputs written whole or not at all. */
import { randomBytes } from "node:crypto";
import { access, link, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LimitError, ParameterError, show, WireError } from "../errors.js";

/** Bound on any input file. Each format has its own, lower bounds. */
const MAX_BYTES = 2 ** 31 - 1;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "no permission",
  EPERM: "no permission",
  EISDIR: "a folder",
  ENOTDIR: "a file where a folder should be",
  ENOSPC: "a full disk",
  EROFS: "a read-only file system",
};

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "unknown error";
  return REASONS[code] ?? code;
}

/** Reads a file. `what` names it in messages, for example `"--card"`. Throws ParameterError or LimitError. */
export async function readInput(path: string, what: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) {
      throw new LimitError({
        what: named(what, path),
        expected: `at most ${MAX_BYTES} bytes`,
        got: `${size}`,
        remedy: "split it",
      });
    }
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof LimitError) throw cause;
    throw new ParameterError(
      { what: named(what, path), expected: "a readable file", got: reasonOf(cause), remedy: "check the path" },
      { cause },
    );
  }
}

/** Reads a file as UTF-8 text. Throws WireError for other bytes. */
export async function readText(path: string, what: string): Promise<string> {
  const bytes = await readInput(path, what);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new WireError(
      { what: named(what, path), expected: "text in UTF-8", got: "other bytes", remedy: "pass another file" },
      { cause },
    );
  }
}

/** Checks, before long work, that an output can be written: its folder exists, and it is no folder itself. Throws ParameterError. */
export async function checkOutput(path: string): Promise<void> {
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (folder === undefined || !folder.isDirectory()) throw badOutput(path, "no such folder", "make the folder first");
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory()) throw badOutput(path, "a folder", "name a file");
}

/** Writes a file whole, replacing an existing one: a temporary file beside it takes its name at the end. Throws ParameterError. */
export async function writeOutput(path: string, data: Uint8Array | string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeWhole(temporary, data, 0o666);
    await rename(temporary, path);
  } catch (cause) {
    await unlink(temporary).catch(() => {});
    throw badOutput(path, reasonOf(cause), "check folder, permissions and space", cause);
  }
}

/** A file of {@link writeNewFiles}. */
export interface NewFile {
  readonly name: string;
  readonly data: Uint8Array;
  readonly mode: number;
}

/** Throws ParameterError where one of the files is there already. */
export async function checkAbsent(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const there = await access(join(folder, name)).then(
      () => true,
      () => false,
    );
    if (there)
      throw badOutput(join(folder, name), "a file that exists", "choose another folder, or remove the old keys yourself");
  }
}

/** Writes files that must not exist yet, all of them or none. Makes the folder where it is missing. Throws ParameterError. */
export async function writeNewFiles(folder: string, files: readonly NewFile[]): Promise<void> {
  const temporaries: string[] = [];
  const written: string[] = [];
  let current = folder;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const { name, data, mode } of files) {
      current = join(folder, name);
      const temporary = temporaryName(current);
      temporaries.push(temporary);
      await writeWhole(temporary, data, mode);
    }
    for (const [i, { name }] of files.entries()) {
      current = join(folder, name);
      // A link, not a rename: it fails where the name is taken, even by a file made a moment ago.
      await link(temporaries[i]!, current);
      written.push(current);
    }
  } catch (cause) {
    for (const path of written) await unlink(path).catch(() => {});
    const exists = (cause as NodeJS.ErrnoException).code === "EEXIST";
    const remedy = exists ? "choose another folder, or remove the old keys yourself" : "check folder, permissions and space";
    throw badOutput(current, exists ? "a file that exists" : reasonOf(cause), remedy, cause);
  } finally {
    for (const path of temporaries) await unlink(path).catch(() => {});
  }
}

async function writeWhole(path: string, data: Uint8Array | string, mode: number): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
}

function named(what: string, path: string): string {
  return `${what} ${show(path)}`;
}

function badOutput(path: string, got: string, remedy: string, cause?: unknown): ParameterError {
  return new ParameterError({ what: named("--out", path), expected: "a place to write", got, remedy }, { cause });
}
