/** The rules of assembly/, which no compiler checks: no state between tasks, no heap, doors, and files of one idea. */
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { filesUnder, text } from "./repository.js";

const ceiling = 400;
const sources = filesUnder("assembly", ".ts");

/** scratch.ts keeps the address of its thread's memory. */
const KEEPS_STATE = "assembly/scratch.ts";

const withoutComments = (code: string) => code.replaceAll(/\/\*.*?\*\/|\/\/.*$/gms, "");
const keepsState = (code: string) => /^(export )?(let|var)\b/m.test(withoutComments(code));
const allocates = (code: string) =>
  /\bnew [A-Z]|\b(Static)?Array<|\bString\b|\bheap\.|\b__(new|alloc|pin)\b|\bmemory\.grow\b/.test(withoutComments(code));

describe("the kernels in AssemblyScript", () => {
  it.each(sources)("%s stays below the ceiling", (path) => {
    expect(text(path).split("\n").length).toBeLessThanOrEqual(ceiling + 1);
  });

  it.each([...new Set(sources.map(dirname))])("%s has a door", (folder) => {
    expect(text(`${folder}/index.ts`)).toMatch(/^\/\*\*/);
  });

  // Tasks run in any order on any thread, and a run that failed is repeated: what one leaves behind, no other may meet.
  it("keep no state between tasks", () => {
    expect(sources.filter((path) => keepsState(text(path)))).toEqual([KEEPS_STATE]);
  });

  // The host owns all memory: whatever a kernel took for itself would lie in the middle of it.
  it("take no memory but what they are given", () => {
    expect(sources.filter((path) => allocates(text(path)))).toEqual([]);
  });
});

describe("these rules", () => {
  it("see state and memory where there is some", () => {
    expect(keepsState("/** let */\nlet a: u32 = 0;")).toBe(true);
    expect(keepsState("// let\nexport function f(): void {\n  let a = 1;\n}")).toBe(false);
    for (const code of ["new Uint32Array(4)", "const a: Array<u32> = [];", "heap.alloc(4)"]) expect(allocates(code)).toBe(true);
    expect(allocates("// a new Array\nload<u32>(args)")).toBe(false);
  });
});
