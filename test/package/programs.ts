/** Programs that a stranger writes with the package. */
import { expect } from "vitest";
import type { Stranger } from "./stranger.js";

/** Every door, and the first calls that a newcomer makes, so that the doors fit one another by type. */
export const typedProgram = `
import { BackendUnavailableError, Engine, type EngineDescription, WebheError } from "webhe";
import * as aggregation from "webhe/aggregation";
import * as ckks from "webhe/ckks";
import * as elgamal from "webhe/elgamal";
import * as inference from "webhe/inference";
import * as paillier from "webhe/paillier";

export async function main(text: string, rows: number[][], device: unknown): Promise<string> {
  const engine = await Engine.create({ backend: "auto", threads: 2, device });
  const description: EngineDescription = engine.describe();
  const model = inference.LinearModel.fromJSON(text);
  const plan = inference.planInference(model, { scheme: "ckks", batch: rows.length });
  const client = await inference.InferenceClient.create(engine, plan.card);
  const server = await inference.InferenceServer.create(engine, model, plan);
  const request: Uint8Array = await client.encrypt(rows);
  const response: Uint8Array = await server.predict(request, client.evaluationKeys);
  const result = await client.decrypt(response);
  await engine.close();
  return [description.reason, description.note ?? "", typeof result, typeof aggregation, typeof ckks, typeof elgamal, typeof paillier].join();
}

export const known = (error: unknown): string => (error instanceof BackendUnavailableError || error instanceof WebheError ? error.remedy : "");
`;

/** Must be refused: a test of types that accepts everything tests nothing. */
export const wrongProgram = `
import { Engine } from "webhe";
export const engine = Engine.create({ backend: "abacus" });
`;

/** Encrypts, predicts and decrypts two rows with the backend named on the command line, and opens every door. */
export const program = `
import { Engine } from "webhe";
import { InferenceClient, InferenceServer, LinearModel, planInference } from "webhe/inference";
import * as aggregation from "webhe/aggregation";
import { Ckks } from "webhe/ckks";
import { ElGamal } from "webhe/elgamal";
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
console.log(JSON.stringify({ backend, decision, doors: [typeof Ckks, typeof ElGamal, typeof Paillier, typeof aggregation] }));
`;

/** What {@link pageProgram} leaves in the page. */
export interface Page {
  predict(): Promise<{ readonly backend: string; readonly threads: number; readonly decision: readonly number[] }>;
}

/** The same in a page, on WebAssembly. */
export const pageProgram = `
import { Engine } from "webhe";
import { InferenceClient, InferenceServer, LinearModel, planInference } from "webhe/inference";
import * as aggregation from "webhe/aggregation";
import * as ckks from "webhe/ckks";
import * as elgamal from "webhe/elgamal";
import * as paillier from "webhe/paillier";

globalThis.doors = { aggregation, ckks, elgamal, paillier };
globalThis.predict = async () => {
  const engine = await Engine.create({ backend: "wasm", threads: 2 });
  const model = LinearModel.from({ type: "LinearSVC", feature_names: ["a", "b"], classes: [0, 1], coef: [[0.5, -0.25]], intercept: [0.125] });
  const plan = planInference(model, { scheme: "ckks", batch: 4 });
  const client = await InferenceClient.create(engine, plan.card);
  const server = await InferenceServer.create(engine, model, plan);
  const response = await server.predict(await client.encrypt([[1, 2], [-3, 4]]), client.evaluationKeys);
  const decision = (await client.decrypt(response)).map((row) => row.decision[0]);
  const { backend, threads } = engine.describe();
  await engine.close();
  return { backend, threads, decision };
};
`;

/** Asks for WebGPU by name and prints what comes of it. */
export const refusal = `
import { BackendUnavailableError, Engine } from "webhe";
try {
  await Engine.create({ backend: "webgpu" });
} catch (error) {
  console.log(JSON.stringify({ known: error instanceof BackendUnavailableError, message: error.message }));
}
`;

/** Runs {@link program} as program.mjs and looks at the decisions: 0.125 + 0.5 a - 0.25 b. */
export async function expectPredictions(project: Stranger, backend: string): Promise<void> {
  const { code, stdout, stderr } = await project.node("program.mjs", backend);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const { backend: used, decision, doors } = JSON.parse(stdout) as { backend: string; decision: number[]; doors: string[] };
  if (backend === "auto") expect(["webgpu", "wasm"]).toContain(used);
  else expect(used).toBe(backend);
  expect(doors).toEqual(["function", "function", "function", "object"]);
  expect(decision[0]).toBeCloseTo(0.125, 3);
  expect(decision[1]).toBeCloseTo(-2.375, 3);
}

/** Runs the command that the package brings. */
export async function expectDoctor(project: Stranger): Promise<void> {
  const { code, stdout } = await project.node("node_modules/webhe/dist/cli.js", "doctor", "--json", "--threads", "2");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ wasm: { threads: 2 } });
}
