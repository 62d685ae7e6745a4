/** The rules of the house as functions over imports, so that a test can hold them against the source and against counterexamples. */
import { dirname } from "node:path";
import type { Import } from "./repository.js";

/** Which rooms each room of src/ may import from. docs/architecture.md draws the same table. */
export const allowed: Record<string, readonly string[]> = {
  errors: [],
  math: ["errors"],
  wire: ["errors", "math"],
  kernels: ["errors", "math"],
  engine: ["errors", "math", "wire", "kernels"],
  paillier: ["errors", "math", "wire", "kernels", "engine"],
  ckks: ["errors", "math", "wire", "kernels", "engine"],
  elgamal: ["errors", "math", "wire", "kernels", "engine"],
  host: ["errors", "math", "wire", "kernels", "engine", "paillier", "ckks"],
  cli: ["errors", "math", "wire", "kernels", "engine", "paillier", "ckks", "host"],
  index: ["errors", "kernels", "engine"],
  internal: ["errors", "math", "wire", "kernels", "engine", "paillier", "ckks", "host"],
};

/** From these rooms only the contract is visible: the engine hands them a backend. */
const seeOnlyTheContract = new Set(["paillier", "ckks", "elgamal", "host", "cli", "index"]);
const contract = "src/kernels/interface.ts";

/** The room of a file of src/: its first folder, or its own name at the top. */
export function room(path: string): string {
  return path.split("/")[1]!.replace(/\.ts$/, "");
}

/** The imports that point the wrong way, each as a sentence. */
export function layerViolations(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    if (!to.startsWith("src/"))
      return to.startsWith("shaders/") || !to.includes("/") || !to.startsWith("..") ? [] : [`${from} leaves the project: ${to}`];
    const [here, there] = [room(from), room(to)];
    if (!(here in allowed)) return [`${from} is in a room that the layer table does not know`];
    if (here === there) return [];
    if (!allowed[here]!.includes(there)) return [`${from} imports ${to}: ${here} may not see ${there}`];
    if (there === "kernels" && seeOnlyTheContract.has(here) && to !== contract)
      return [`${from} imports ${to}: only ${contract} is visible there`];
    return [];
  });
}

/** Import cycles between files that load each other at run time; each as a path that returns to its start. */
export function fileCycles(imports: readonly Import[]): string[] {
  return cycles(imports.filter(({ to, typeOnly }) => to.startsWith("src/") && !typeOnly).map(({ from, to }) => [from, to]));
}

/** Cycles between folders, types included. A folder and the folders inside it count as one direction: doors re-export their rooms. */
export function folderCycles(imports: readonly Import[]): string[] {
  const inside = (a: string, b: string) => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
  const edges = imports
    .filter(({ to }) => to.startsWith("src/"))
    .map(({ from, to }) => [dirname(from), dirname(to)] as const)
    .filter(([from, to]) => !inside(from, to));
  return cycles(edges);
}

function cycles(edges: readonly (readonly [string, string])[]): string[] {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (node: string, path: readonly string[]): void => {
    const seen = path.indexOf(node);
    if (seen >= 0) {
      found.push([...path.slice(seen), node].join(" -> "));
      return;
    }
    if (done.has(node)) return;
    for (const to of next.get(node) ?? []) walk(to, [...path, node]);
    done.add(node);
  };
  for (const node of next.keys()) walk(node, []);
  return found;
}
