import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pack, type Stranger, stranger } from "./stranger.js";

const program = `
import { Engine } from "webhe";
import { InferenceClient, InferenceServer, LinearModel, planInference } from "webhe/inference";
import * as aggregation from "webhe/aggregation";
import { Ckks } from "webhe/ckks";
import { Paillier } from "webhe/paillier";

const engine = await Engine.create({ backend: process.argv[2] });
const model = LinearModel.fromJSON(JSON.stringify({
  format: "linear-model/1", type: "LogisticRegression", feature_names: ["a", "b"], classes: [0, 1], coef: [[0.5, -0.25]], intercept: [0.125],
}));
const plan = planInference(model, { scheme: "ckks", batch: 4 });
const client = await InferenceClient.create(engine, plan.card);
const server = await InferenceServer.create(engine, model, plan);
const response = await server.predict(await client.encrypt([[1, 2], [-3, 4]]), client.evaluationKeys);
const decision = (await client.decrypt(response)).map((row) => row.decision[0]);
const { backend } = engine.describe();
await engine.close();
console.log(JSON.stringify({ backend, decision, doors: [typeof Ckks, typeof Paillier, typeof aggregation] }));
`;

const refusal = `
import { BackendUnavailableError, Engine } from "webhe";
try {
  await Engine.create({ backend: "webgpu" });
} catch (error) {
  console.log(JSON.stringify({ known: error instanceof BackendUnavailableError, message: error.message }));
}
`;

let packed: Awaited<ReturnType<typeof pack>>;
beforeAll(async () => {
  packed = await pack();
});
afterAll(() => packed?.dispose());

describe.each([
  ["with webgpu", [] as string[]],
  ["without webgpu", ["--omit=optional"]],
])("a project %s", (_name, flags) => {
  let project: Stranger;
  beforeAll(async () => {
    project = await stranger([packed.tarball], flags);
    await project.write("program.mjs", program);
    await project.write("refusal.mjs", refusal);
  }, 300_000);
  afterAll(() => project?.dispose());

  it("has Dawn or not, as it asked", () => {
    expect(existsSync(join(project.folder, "node_modules/webgpu"))).toBe(flags.length === 0);
  });

  it.each(["bigint", "auto"])("encrypts, predicts and decrypts with backend %s", async (backend) => {
    const { code, stdout, stderr } = await project.node("program.mjs", backend);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const { decision, doors } = JSON.parse(stdout) as { decision: number[]; doors: string[] };
    expect(doors).toEqual(["function", "function", "object"]);
    expect(decision[0]).toBeCloseTo(0.125, 3);
    expect(decision[1]).toBeCloseTo(-2.375, 3);
  });

  it("runs the command", async () => {
    const { code, stdout } = await project.node("node_modules/webhe/dist/cli.js", "doctor", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toBeTypeOf("object");
  });

  if (flags.length > 0) {
    it("says that webgpu is missing when it is asked for by name", async () => {
      const { stdout } = await project.node("refusal.mjs");
      const { known, message } = JSON.parse(stdout) as { known: boolean; message: string };
      expect(known).toBe(true);
      expect(message).toMatch(/webgpu/);
      expect(message).not.toContain("\n");
    });
  }
});
