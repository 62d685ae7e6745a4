import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../support/built.js";
import { pack } from "./stranger.js";

let packed: Awaited<ReturnType<typeof pack>>;
let paths: string[];
const manifest = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  exports: Record<string, string | { types: string; default: string }>;
  imports: Record<string, Record<string, string>>;
  bin: Record<string, string>;
};

beforeAll(async () => {
  packed = await pack();
  paths = packed.files.map(({ path }) => path);
});
afterAll(() => packed?.dispose());

describe("the tarball", () => {
  it("holds the build, the licence and the read-me, and nothing else", () => {
    const others = paths.filter((path) => !path.startsWith("dist/"));
    expect(others.sort()).toEqual(["LICENSE", "README.md", "package.json"]);
    expect(paths.filter((path) => path.startsWith("dist/")).every((path) => /\.(js|d\.ts|wasm)$/.test(path))).toBe(true);
  });

  it("holds every file that exports, imports and bin name", () => {
    const named = [
      ...Object.values(manifest.exports).flatMap((door) => (typeof door === "string" ? [door] : [door.types, door.default])),
      ...Object.values(manifest.imports).flatMap((door) => Object.values(door)),
      ...Object.values(manifest.bin),
    ].map((path) => path.replace("./", ""));
    expect(named.filter((path) => !paths.includes(path))).toEqual([]);
  });

  it("puts types first in each door", () => {
    const doors = Object.values(manifest.exports).filter((door) => typeof door === "object");
    expect(doors).toHaveLength(6);
    for (const door of doors) expect(Object.keys(door)).toEqual(["types", "default"]);
  });

  it("can be run as a command", () => {
    expect(readFileSync(join(projectRoot, manifest.bin.webhe!), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it("names no GPU type, no Node type and no internal module in its declarations", () => {
    const declarations = paths.filter((path) => path.endsWith(".d.ts"));
    expect(declarations.length).toBeGreaterThan(5);
    for (const path of declarations) {
      const code = readFileSync(join(projectRoot, path), "utf8").replaceAll(/\/\*.*?\*\/|\/\/(?!\/).*$/gms, "");
      expect(code, path).not.toMatch(/\bGPU[A-Z]|\bNodeJS\b|\bBuffer\b|reference types=|(from|import)[ (]+["'](node:|#)/);
    }
  });
});
