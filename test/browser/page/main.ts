/**
 * The page that runs in a real browser: the same tables and the same prediction as the tests in Node, on the backend that
 * the test opens. It hands back digests of bytes; the test in Node compares them with its own.
 */
import { Engine, type EngineDescription, type EngineOptions } from "../../../src/engine/index.js";
import type { ModulusDeclaration } from "../../../src/kernels/interface.js";
import { hostDigests } from "../../support/host-digests.js";
import type { RingFill, RingSetting } from "../../support/ring-cases.js";
import { encodingDigests, modularDigests, ringDigests } from "./digests.js";
import { type MadeKey, makeKey, readKey } from "./keys.js";
import { type PredictionCase, type PredictionDigests, predictionDigests } from "./prediction.js";

/** What the test calls by name in the page. Arguments and results are plain data; a modulus crosses as decimal digits. */
export interface TestPage {
  /** Opens an engine for the calls below, and closes the one before. */
  open(options: EngineOptions): Promise<EngineDescription>;
  /** Class and message of the error with which `open` refuses. */
  refusal(options: EngineOptions): Promise<readonly [name: string, message: string]>;
  close(): Promise<void>;
  host(): Record<string, string>;
  ring(setting: RingSetting, fill: RingFill): Promise<Record<string, string>>;
  encodings(setting: RingSetting): Promise<Record<string, string>>;
  modular(n: string, power: ModulusDeclaration["power"]): Promise<Record<string, string>>;
  /** Makes a key of so many bits in the page, and reads one from its modulus. */
  makeKey(bits: number): Promise<MadeKey>;
  readKey(n: string): Promise<MadeKey>;
  predict(test: PredictionCase): Promise<PredictionDigests>;
}

let engine: Engine | undefined;

function opened(): Engine {
  if (!engine) throw new Error("no engine is open");
  return engine;
}

const page: TestPage = {
  async open(options) {
    await engine?.close();
    engine = await Engine.create(options);
    return engine.describe();
  },
  async refusal(options) {
    try {
      await (await Engine.create(options)).close();
      return ["none", "it opened"];
    } catch (error) {
      return error instanceof Error ? [error.name, error.message] : ["no error", String(error)];
    }
  },
  close: async () => engine?.close(),
  host: hostDigests,
  ring: (setting, fill) => ringDigests(opened().kernels, setting, fill),
  encodings: (setting) => encodingDigests(opened().kernels, setting),
  modular: (n, power) => modularDigests(opened().kernels, { n: BigInt(n), power }),
  makeKey,
  readKey,
  predict: (test) => predictionDigests(opened(), test),
};

(globalThis as typeof globalThis & { webhe?: TestPage }).webhe = page;
