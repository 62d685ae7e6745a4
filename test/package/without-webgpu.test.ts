import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build, createLogger } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSite } from "../browser/browser.js";
import { projectRoot } from "../support/built.js";
import {
  expectDoctor,
  expectPredictions,
  type Page,
  pageProgram,
  program,
  refusal,
  typedProgram,
  wrongProgram,
} from "./programs.js";
import { pack, type Stranger, stranger } from "./stranger.js";

let packed: Awaited<ReturnType<typeof pack>>;
let project: Stranger;
beforeAll(async () => {
  packed = await pack();
  project = await stranger([packed.tarball, "typescript@5.9.3"], ["--omit=optional"]);
  await project.write("program.ts", typedProgram);
  await project.write("wrong.ts", wrongProgram);
  await project.write("program.mjs", program);
  await project.write("refusal.mjs", refusal);
}, 300_000);
afterAll(async () => {
  await project?.dispose();
  await packed?.dispose();
});

describe("a project without webgpu", () => {
  it("has no Dawn", () => {
    expect(existsSync(join(project.folder, "node_modules/webgpu"))).toBe(false);
  });

  it.each(["bigint", "wasm", "auto"])("encrypts, predicts and decrypts with backend %s", (backend) =>
    expectPredictions(project, backend),
  );

  it("says that webgpu is missing when it is asked for by name", async () => {
    const { stdout } = await project.node("refusal.mjs");
    const { known, message } = JSON.parse(stdout) as { known: boolean; message: string };
    expect(known).toBe(true);
    expect(message).toMatch(/webgpu/);
    expect(message).not.toContain("\n");
  });

  it("runs the command", () => expectDoctor(project));

  it("runs the programs of the read-me", async () => {
    const readme = readFileSync(join(projectRoot, "README.md"), "utf8");
    const programs = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text]) => text!);
    expect(programs).toHaveLength(3);
    for (const [i, text] of programs.entries()) {
      await project.write(`readme-${i}.mjs`, text);
      const { code, stdout, stderr } = await project.node(`readme-${i}.mjs`);
      expect(stderr).toBe("");
      expect(code).toBe(0);
      const sigmoids = /\[\s*0\.70\d+,\s*0\.4[12]\d+\s*\] about 1\d bits/;
      expect(stdout).toMatch([/^yes \[.*\]\nno \[/s, /^\{ load: 3\.2/, sigmoids][i]!);
    }
  });
});

const compilers = {
  "TypeScript 5.9": () => join(project.folder, "node_modules/typescript/bin/tsc"),
  "TypeScript 7": () => join(projectRoot, "node_modules/typescript/bin/tsc"),
};

/** Each kind of project with the resolution that it would use. */
const settings = {
  "a browser (es2022, dom)": { lib: ["es2022", "dom"], types: [], module: "esnext", moduleResolution: "bundler" },
  "a page with the newest libraries": {
    lib: ["esnext", "dom", "dom.iterable"],
    types: [],
    module: "esnext",
    moduleResolution: "bundler",
  },
  "Node (es2022, no dom)": {
    lib: ["es2022"],
    types: ["node"],
    typeRoots: [join(projectRoot, "node_modules/@types")],
    module: "nodenext",
  },
};

/** Compiles one file under options of its own; what the compiler says, or nothing. */
async function compile(tsc: string, file: string, options: object): Promise<{ code: number; stdout: string }> {
  const compilerOptions = { noEmit: true, strict: true, skipLibCheck: false, target: "es2022", ...options };
  await project.write("tsconfig.json", JSON.stringify({ compilerOptions, files: [file] }));
  return project.node(tsc, "--project", "tsconfig.json");
}

describe.each(Object.entries(compilers))("%s", (_compiler, tsc) => {
  it.each(Object.entries(settings))("accepts the declarations for %s", async (_name, options) => {
    const { code, stdout } = await compile(tsc(), "program.ts", options);
    expect(stdout).toBe("");
    expect(code).toBe(0);
  });

  it("refuses a wrong call", async () => {
    const { code, stdout } = await compile(tsc(), "wrong.ts", settings["a browser (es2022, dom)"]);
    expect(code).not.toBe(0);
    expect(stdout).toContain("abacus");
  });
});

/** How every WebAssembly module begins, in base64. */
const WEBASSEMBLY = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00]).toString("base64");

describe("a page built from the package", () => {
  let code: string;
  let first: string;
  const remarks: string[] = [];

  beforeAll(async () => {
    await project.write("index.html", `<!doctype html><script type="module" src="/main.js"></script>`);
    await project.write("main.js", pageProgram);
    const logger = createLogger("info");
    for (const level of ["info", "warn", "warnOnce", "error"] as const) logger[level] = (text: string) => void remarks.push(text);
    const result = await build({ root: project.folder, configFile: false, customLogger: logger, build: { minify: false } });
    if (!("output" in result)) throw new Error("expected one build");
    const chunks = result.output.filter((file) => file.type === "chunk");
    code = chunks.map((chunk) => chunk.code).join("\n");
    first = chunks.find((chunk) => chunk.isEntry)!.code;
  });

  it("holds the kernels with their shaders and their WebAssembly", () => {
    for (const part of ["@compute", "navigator", WEBASSEMBLY]) expect(code.includes(part), part).toBe(true);
  });

  it("fetches no kernels before an engine is opened", () => {
    for (const kernels of ["@compute", WEBASSEMBLY]) expect(first.includes(kernels), kernels).toBe(false);
  });

  it("holds no import of Node, and no stub in the place of one", () => {
    expect(code).not.toMatch(/["'`]node:[a-z]/);
    expect(code).not.toContain("__vite-browser-external");
    expect(remarks.filter((text) => text.includes("externalized"))).toEqual([]);
  });

  it.each([true, false])("encrypts, predicts and decrypts by WebAssembly; cross-origin isolated: %s", async (isolated) => {
    const open = await openSite(join(project.folder, "dist"), { isolated });
    try {
      await open.page.waitForFunction(() => "predict" in globalThis);
      const found = await open.page.evaluate(() => (globalThis as typeof globalThis & Page).predict());
      expect(found).toMatchObject({ backend: "wasm", threads: isolated ? 2 : 1 });
      expect(found.decision[0]).toBeCloseTo(0.125, 3);
      expect(found.decision[1]).toBeCloseTo(-2.375, 3);
      expect(open.complaints).toEqual([]);
    } finally {
      await open.close();
    }
  });

  it("holds nothing of Dawn", () => {
    expect(code).not.toMatch(/dawn\.node|(from|import\(|require\()\s*["'`]webgpu["'`]/);
  });
});
