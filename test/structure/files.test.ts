import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { filesUnder, repositoryFiles, text } from "./repository.js";

const ceiling = 400;
const sources = filesUnder("src", ".ts");
const shaders = filesUnder("shaders", ".wgsl");

/** Places that exist on one machine only, and the hosts of registries; spelled so that this file does not contain them. */
const privatePlaces = [
  ["", "work", ""],
  ["", "home", ""],
  ["", "Users", ""],
  ["", "root", ""],
].map((parts) => parts.join("/"));
const registryHosts = /registry\.(npmjs|yarnpkg)\.(org|com)|npm\.pkg\.github|verdaccio|artifactory/;

describe("files", () => {
  it.each([...sources, ...shaders])("%s stays below the ceiling", (path) => {
    expect(text(path).split("\n").length).toBeLessThanOrEqual(ceiling + 1);
  });

  it.each([...new Set(sources.map(dirname))].filter((folder) => folder !== "src" && folder !== "src/cli"))(
    "%s has a door",
    (folder) => {
      expect(sources).toContain(`${folder}/index.ts`);
      expect(text(`${folder}/index.ts`)).toMatch(/^\/\*\*/);
    },
  );

  it("binds resources and declares entry points only in shaders/entry", () => {
    const outside = shaders.filter((path) => !path.startsWith("shaders/entry/"));
    const binding = outside.filter((path) => /@(binding|group|compute)\b/.test(text(path).replaceAll(/\/\/.*$/gm, "")));
    expect(binding).toEqual([]);
  });

  it("name no machine and no registry", () => {
    const guilty = repositoryFiles()
      .filter((path) => !/\.(png|ico|bin|wasm|whe|key)$/.test(path))
      .flatMap((path) => {
        const content = text(path);
        const marks = privatePlaces.filter((place) => new RegExp(`(?<![\\w.*-])${place}\\w`).test(content));
        return [...marks, ...(registryHosts.test(content) && path !== "test/structure/files.test.ts" ? ["a registry"] : [])].map(
          (mark) => `${path}: ${mark}`,
        );
      });
    expect(guilty).toEqual([]);
  });
});
