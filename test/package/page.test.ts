import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, createLogger } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pack, type Stranger, stranger } from "./stranger.js";

let project: Stranger;
let packed: Awaited<ReturnType<typeof pack>>;
let code: string;
const remarks: string[] = [];

beforeAll(async () => {
  packed = await pack();
  project = await stranger([packed.tarball], ["--omit=optional"]);
  await project.write("index.html", `<!doctype html><script type="module" src="/main.js"></script>`);
  await project.write(
    "main.js",
    ["webhe", "webhe/ckks", "webhe/paillier", "webhe/inference", "webhe/aggregation"]
      .map((door, i) => `import * as door${i} from "${door}"; globalThis.door${i} = door${i};`)
      .join("\n"),
  );
  const logger = createLogger("info");
  for (const level of ["info", "warn", "warnOnce", "error"] as const) logger[level] = (text: string) => void remarks.push(text);
  const result = await build({ root: project.folder, configFile: false, customLogger: logger, build: { minify: false } });
  if (!("output" in result)) throw new Error("expected one build");
  code = result.output.map((file) => (file.type === "chunk" ? file.code : "")).join("\n");
  expect(await readFile(join(project.folder, "dist/index.html"), "utf8")).toContain("<script");
}, 300_000);
afterAll(async () => {
  await project?.dispose();
  await packed?.dispose();
});

describe("a page built from the package", () => {
  it("holds the kernels with their shaders", () => {
    expect(code).toContain("@compute");
    expect(code).toContain("navigator");
  });

  it("holds no import of Node, and no stub in the place of one", () => {
    expect(code).not.toMatch(/["'`]node:[a-z]/);
    expect(code).not.toContain("__vite-browser-external");
    expect(remarks.filter((text) => text.includes("externalized"))).toEqual([]);
  });

  it("holds nothing of Dawn", () => {
    expect(code).not.toMatch(/dawn\.node|(from|import\(|require\()\s*["'`]webgpu["'`]/);
  });
});
