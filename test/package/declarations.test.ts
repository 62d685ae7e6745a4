import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../support/built.js";
import { pack, type Stranger, stranger } from "./stranger.js";

let project: Stranger;
let packed: Awaited<ReturnType<typeof pack>>;

/** Every door, and the first calls that a newcomer makes, so that the doors fit one another by type. */
const program = `
import { BackendUnavailableError, Engine, type EngineDescription, WebheError } from "webhe";
import * as aggregation from "webhe/aggregation";
import * as ckks from "webhe/ckks";
import * as inference from "webhe/inference";
import * as paillier from "webhe/paillier";

export async function main(text: string, rows: number[][], device: unknown): Promise<string> {
  const engine = await Engine.create({ backend: "auto", device });
  const description: EngineDescription = engine.describe();
  const model = inference.LinearModel.fromJSON(text);
  const plan = inference.planInference(model, { scheme: "ckks", batch: rows.length });
  const client = await inference.InferenceClient.create(engine, plan.card);
  const server = await inference.InferenceServer.create(engine, model, plan);
  const request: Uint8Array = await client.encrypt(rows);
  const response: Uint8Array = await server.predict(request, client.evaluationKeys);
  const result = await client.decrypt(response);
  await engine.close();
  return [description.reason, typeof result, typeof aggregation, typeof ckks, typeof paillier].join();
}

export const known = (error: unknown): string => (error instanceof BackendUnavailableError || error instanceof WebheError ? error.remedy : "");
`;

/** Must be refused: a test of types that accepts everything tests nothing. */
const wrong = `
import { Engine } from "webhe";
export const engine = Engine.create({ backend: "abacus" });
`;

const compilers = {
  "TypeScript 5.9": () => join(project.folder, "node_modules/typescript/bin/tsc"),
  "TypeScript 7": () => join(projectRoot, "node_modules/typescript/bin/tsc"),
};

const libraries = {
  "a browser (es2022, dom)": { lib: ["es2022", "dom"], types: [] },
  "a page with the newest libraries": { lib: ["esnext", "dom", "dom.iterable"], types: [] },
  "Node (es2022, no dom)": { lib: ["es2022"], types: ["node"], typeRoots: [join(projectRoot, "node_modules/@types")] },
};

const resolutions = { bundler: { module: "esnext", moduleResolution: "bundler" }, nodenext: { module: "nodenext" } };

/** Compiles one file under options of its own; what the compiler says, or nothing. */
async function compile(tsc: string, file: string, options: object): Promise<{ code: number; stdout: string }> {
  const name = `${file}.${Object.values(options)
    .flat()
    .join("-")
    .replaceAll(/[^\w-]/g, "")}.json`;
  const compilerOptions = { noEmit: true, strict: true, skipLibCheck: false, target: "es2022", ...options };
  await project.write(name, JSON.stringify({ compilerOptions, files: [file] }));
  return project.node(tsc, "--project", name);
}

beforeAll(async () => {
  packed = await pack();
  project = await stranger([packed.tarball, "typescript@5.9.3"], ["--omit=optional"]);
  await project.write("program.ts", program);
  await project.write("wrong.ts", wrong);
}, 300_000);
afterAll(async () => {
  await project?.dispose();
  await packed?.dispose();
});

describe.each(Object.entries(compilers))("%s", (_compiler, tsc) => {
  describe.each(Object.entries(libraries))("for %s", (_library, library) => {
    it.each(Object.entries(resolutions))("accepts the declarations under %s resolution", async (_name, resolution) => {
      const { code, stdout } = await compile(tsc(), "program.ts", { ...library, ...resolution });
      expect(stdout).toBe("");
      expect(code).toBe(0);
    });
  });

  it("refuses a wrong call", async () => {
    const { code, stdout } = await compile(tsc(), "wrong.ts", {
      ...libraries["a browser (es2022, dom)"],
      ...resolutions.nodenext,
    });
    expect(code).not.toBe(0);
    expect(stdout).toContain("abacus");
  });
});
