/** What the structure tests look at: the files that belong to the repository, and the imports of the source files. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAst } from "vite";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** All files that git tracks or would add, as paths from the root; a file deleted but not yet committed is left out. */
export function repositoryFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  return listed.split("\n").filter((path) => path !== "" && existsSync(join(root, path)));
}

export function filesUnder(folder: string, extension: string): string[] {
  return repositoryFiles().filter((path) => path.startsWith(`${folder}/`) && path.endsWith(extension));
}

export function text(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** One import of one file: static, dynamic, re-export or `import("...")` in a type. */
export interface Import {
  /** The importing file, as a path from the root. */
  readonly from: string;
  /** The imported file as a path from the root, or the bare specifier of a package. */
  readonly to: string;
  /** Whether only types cross, so that nothing is loaded at run time. */
  readonly typeOnly: boolean;
}

/** Reads the imports of TypeScript source. `file` is its path from the root. */
export function importsOf(file: string, source: string): Import[] {
  const found: Import[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, source: from } = node as { type?: string; source?: { type?: string; value?: unknown } };
    if (type !== undefined && from?.type === "Literal" && typeof from.value === "string") {
      const kind = node as { importKind?: string; exportKind?: string };
      const typeOnly = type === "TSImportType" || kind.importKind === "type" || kind.exportKind === "type";
      found.push({ from: file, to: target(file, from.value), typeOnly });
    }
    Object.values(node).forEach(visit);
  };
  visit(parseAst(source, { lang: "ts" }).body);
  return found;
}

/** Package imports that stand for files of our own. */
const ownSpecifiers: Record<string, string> = {
  "#gpu": "src/kernels/webgpu/provider.node.ts",
  "#primes": "src/engine/primes.node.ts",
  "#sha256": "src/wire/sha256.node.ts",
  "#workers": "src/kernels/wasm/spawn.node.ts",
};

function target(file: string, specifier: string): string {
  if (specifier in ownSpecifiers) return ownSpecifiers[specifier]!;
  if (!specifier.startsWith(".")) return specifier;
  const path = relative(root, resolve(root, dirname(file), specifier.replace(/\?.*$/, "")));
  return path.replace(/\.js$/, ".ts");
}
