/**
 * The page that runs in a real browser: the same tables and the same prediction as the tests in Node, through `navigator.gpu`.
 * It hands back digests of bytes; the test in Node compares them with its own.
 */
import { Engine, type EngineDescription } from "../../../src/engine/index.js";
import type { ModulusDeclaration } from "../../../src/kernels/interface.js";
import { hostDigests } from "../../support/host-digests.js";
import type { RingFill, RingSetting } from "../../support/ring-cases.js";
import { modularDigests, ringDigests } from "./digests.js";
import { type PredictionCase, type PredictionDigests, predictionDigests } from "./prediction.js";

/** What the test calls by name in the page. Arguments and results are plain data; a modulus crosses as decimal digits. */
export interface TestPage {
  describe(): Promise<EngineDescription>;
  host(): Record<string, string>;
  ring(setting: RingSetting, fill: RingFill): Promise<Record<string, string>>;
  modular(n: string, power: ModulusDeclaration["power"]): Promise<Record<string, string>>;
  predict(test: PredictionCase): Promise<PredictionDigests>;
}

const engine = Engine.create({ backend: "webgpu" });

const page: TestPage = {
  describe: async () => (await engine).describe(),
  host: hostDigests,
  ring: async (setting, fill) => ringDigests((await engine).kernels, setting, fill),
  modular: async (n, power) => modularDigests((await engine).kernels, { n: BigInt(n), power }),
  predict: async (test) => predictionDigests(await engine, test),
};

(globalThis as typeof globalThis & { webhe?: TestPage }).webhe = page;
