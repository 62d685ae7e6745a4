/**
 * The page that runs in a real browser: the same tables as the tests in Node, through `navigator.gpu`.
 * It hands back digests of bytes; the test in Node compares them with its own.
 */
import type { BackendDescription, ModulusDeclaration } from "../../../src/kernels/interface.js";
import { WebGpuBackend } from "../../../src/kernels/webgpu/index.js";
import { hostDigests } from "../../support/host-digests.js";
import type { RingFill, RingSetting } from "../../support/ring-cases.js";
import { modularDigests, ringDigests } from "./digests.js";

/** What the test calls by name in the page. Arguments and results are plain data; a modulus crosses as decimal digits. */
export interface TestPage {
  describe(): Promise<BackendDescription>;
  host(): Record<string, string>;
  ring(setting: RingSetting, fill: RingFill): Promise<Record<string, string>>;
  modular(n: string, power: ModulusDeclaration["power"]): Promise<Record<string, string>>;
}

const backend = WebGpuBackend.create({ forceSoftware: true });

const page: TestPage = {
  describe: async () => (await backend).describe(),
  host: hostDigests,
  ring: async (setting, fill) => ringDigests(await backend, setting, fill),
  modular: async (n, power) => modularDigests(await backend, { n: BigInt(n), power }),
};

(globalThis as typeof globalThis & { webhe?: TestPage }).webhe = page;
