import { isBuiltin } from "node:module";
import { describe, expect, it } from "vitest";
import { filesUnder, importsOf, text } from "./repository.js";

type Versions = Record<string, string>;
const manifest = JSON.parse(text("package.json")) as {
  version: string;
  dependencies: Versions;
  optionalDependencies: Versions;
  devDependencies: Versions;
};
const shipped = { ...manifest.dependencies, ...manifest.optionalDependencies };
const all = { ...shipped, ...manifest.devDependencies };

const packageOf = (specifier: string) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");

describe("dependencies", () => {
  it.each(Object.entries(all))("%s is pinned to one version", (_name, version) => {
    expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  });

  it.each(Object.entries(all))("%s is explained in docs/dependencies.md", (name, version) => {
    expect(text("docs/dependencies.md")).toContain(`| \`${name}\` | ${version} |`);
  });

  it("are all declared, and the source imports only shipped ones", () => {
    const specifiers = filesUnder("src", ".ts")
      .flatMap((file) => importsOf(file, text(file)))
      .map(({ to }) => to)
      .filter((to) => !to.startsWith("src/") && !to.startsWith("#") && !isBuiltin(to));
    expect([...new Set(specifiers.map(packageOf))].filter((name) => !(name in shipped))).toEqual([]);
  });

  it("keep webgpu optional", () => {
    expect(Object.keys(manifest.optionalDependencies)).toEqual(["webgpu"]);
  });

  it("leave no host in the lock file", () => {
    const lock = JSON.parse(text("package-lock.json")) as { version: string; packages: Record<string, { resolved?: string }> };
    const resolved = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined);
    expect(resolved.map(([path]) => path)).toEqual([]);
    expect(lock.version).toBe(manifest.version);
  });

  it("are in the lock file for every platform, so that npm ci finds what it looks for", () => {
    const { packages } = JSON.parse(text("package-lock.json")) as {
      packages: Record<string, { version?: string; dependencies?: Versions; optionalDependencies?: Versions }>;
    };
    // npm looks for a package beside the one that names it, then in every folder above.
    const found = (from: string, name: string): boolean => {
      const folder = from === "" ? "" : `${from}/`;
      if (`${folder}node_modules/${name}` in packages) return true;
      return from !== "" && found(from.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, ""), name);
    };
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }).filter((name) => !found(path, name)),
    );
    expect(missing).toEqual([]);
  });

  it("leave no host in .npmrc", () => {
    expect(text(".npmrc")).not.toMatch(/registry=|_auth|:\/\//);
  });
});
