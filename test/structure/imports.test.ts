import { describe, expect, it } from "vitest";
import { fileCycles, folderCycles, layerViolations } from "./layers.js";
import { filesUnder, importsOf, text } from "./repository.js";

const imports = filesUnder("src", ".ts").flatMap((file) => importsOf(file, text(file)));

describe("the source", () => {
  it("has imports to look at", () => {
    expect(imports.length).toBeGreaterThan(20);
  });

  it("has no import that points upward", () => {
    expect(layerViolations(imports)).toEqual([]);
  });

  it("has no cycle between files", () => {
    expect(fileCycles(imports)).toEqual([]);
  });

  it("has no cycle between folders", () => {
    expect(folderCycles(imports)).toEqual([]);
  });
});

describe("the parser of imports", () => {
  it.each([
    ["a value", `import { a } from "../math/ntt.js";`, "src/math/ntt.ts", false],
    ["a type", `import type { A } from "./a.js";`, "src/ckks/a.ts", true],
    ["a re-export", `export * from "../paillier/index.js";`, "src/paillier/index.ts", false],
    ["a type in place", `let a: import("../host/b.js").B;`, "src/host/b.ts", true],
    ["a dynamic import", `const a = await import("../kernels/webgpu/index.js");`, "src/kernels/webgpu/index.ts", false],
    ["a package", `import { z } from "zod";`, "zod", false],
    ["a package import", `import { requestAdapter } from "#gpu";`, "src/kernels/webgpu/provider.node.ts", false],
  ])("reads %s", (_name, source, to, typeOnly) => {
    expect(importsOf("src/ckks/keys.ts", source)).toEqual([{ from: "src/ckks/keys.ts", to, typeOnly }]);
  });
});

describe("the rules", () => {
  const one = (from: string, to: string, typeOnly = false) => [{ from, to, typeOnly }];

  it.each([
    ["src/math/ntt.ts", "src/kernels/interface.ts"],
    ["src/kernels/bigint/ring.ts", "src/wire/container.ts"],
    ["src/wire/container.ts", "src/kernels/interface.ts"],
    ["src/engine/engine.ts", "src/ckks/index.ts"],
    ["src/paillier/keys.ts", "src/ckks/keys.ts"],
    ["src/ckks/keys.ts", "src/paillier/keys.ts"],
    ["src/elgamal/keys.ts", "src/paillier/keys.ts"],
    ["src/paillier/keys.ts", "src/elgamal/keys.ts"],
    ["src/elgamal/masks.ts", "src/kernels/bigint/index.ts"],
    ["src/ckks/keys.ts", "src/kernels/webgpu/backend.ts"],
    ["src/host/inference/client.ts", "src/cli/main.ts"],
    ["src/host/inference/client.ts", "src/kernels/bigint/index.ts"],
    ["src/somewhere/new.ts", "src/errors.ts"],
  ])("refuse %s importing %s", (from, to) => {
    expect(layerViolations(one(from, to))).toHaveLength(1);
    expect(layerViolations(one(from, to, true))).toHaveLength(1);
  });

  it.each([
    ["src/ckks/keys.ts", "src/kernels/interface.ts"],
    ["src/ckks/keys.ts", "src/math/ntt.ts"],
    ["src/host/inference/client.ts", "src/ckks/index.ts"],
    ["src/kernels/webgpu/ring.ts", "src/kernels/shapes.ts"],
    ["src/wire/hash.ts", "@noble/hashes/sha2.js"],
  ])("admit %s importing %s", (from, to) => {
    expect(layerViolations(one(from, to))).toEqual([]);
  });

  it("see a cycle of three files", () => {
    const ring = [
      ...one("src/math/a.ts", "src/math/b.ts"),
      ...one("src/math/b.ts", "src/math/c.ts"),
      ...one("src/math/c.ts", "src/math/a.ts"),
    ];
    expect(fileCycles(ring)).toHaveLength(1);
    expect(fileCycles(ring.slice(1))).toEqual([]);
  });

  it("see a cycle between sibling folders, and not between a door and its rooms", () => {
    const siblings = [
      ...one("src/host/inference/a.ts", "src/host/aggregation/b.ts"),
      ...one("src/host/aggregation/c.ts", "src/host/inference/d.ts", true),
    ];
    expect(folderCycles(siblings)).toHaveLength(1);
    const door = [
      ...one("src/kernels/index.ts", "src/kernels/bigint/index.ts"),
      ...one("src/kernels/bigint/ring.ts", "src/kernels/interface.ts", true),
    ];
    expect(folderCycles(door)).toEqual([]);
  });
});
