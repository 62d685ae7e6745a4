/**
 * Finishes the declarations that tsc wrote. Those that no public door reaches are removed, so that the package promises
 * only what it means to promise: internal modules name GPU and Node types, which a stranger's project need not have.
 * Those that name Symbol.dispose or Symbol.asyncDispose ask for the library that declares them, so that a project on
 * plain ES2022 still compiles.
 */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const declarations = join(root, "dist/types");
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  exports: Record<string, string | { types?: string }>;
};

const doors = Object.values(exports).flatMap((door) => (typeof door === "object" && door.types ? [join(root, door.types)] : []));
const reached = new Set<string>();

function reach(file: string): void {
  if (reached.has(file) || !existsSync(file)) return;
  reached.add(file);
  for (const [, specifier] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)) {
    reach(resolve(dirname(file), specifier!.replace(/\.js$/, ".d.ts")));
  }
}

function prune(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) prune(path);
    else if (!reached.has(path)) rmSync(path);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

doors.forEach(reach);
if (existsSync(declarations)) prune(declarations);
for (const file of reached) {
  const content = readFileSync(file, "utf8");
  if (/Symbol\.(asyncD|d)ispose/.test(content)) writeFileSync(file, `/// <reference lib="esnext.disposable" />\n${content}`);
}
