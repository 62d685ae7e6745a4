import { type EngineDescription, probeGpu, probeWasm } from "../../engine/index.js";
import { packageVersion } from "../package.js";
import { type CommonOptions, openEngine } from "../session.js";

/** Options of `webhe doctor`. */
export interface DoctorOptions extends CommonOptions {
  readonly json?: boolean;
}

export async function doctor(options: DoctorOptions): Promise<void> {
  const engine = await openEngine(options);
  const description = engine.describe();
  await engine.close();
  const { preferred, outcome, log } = await probeGpu(options.adapter);
  const wasm = await probeWasm(options.threads);
  const report = {
    webhe: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    gpu: { adapter: preferred?.name ?? null, isSoftware: preferred?.isSoftware ?? null, outcome, log },
    wasm: { threads: wasm.description?.threads ?? null, limits: wasm.description?.limits ?? null, outcome: wasm.outcome },
    wish: options.backend,
    engine: description,
  };
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : words(report, description));
}

interface Report {
  readonly webhe: string;
  readonly node: string;
  readonly platform: string;
  readonly wish: string;
  readonly gpu: { readonly outcome: string; readonly log: string };
  readonly wasm: { readonly outcome: string };
}

function words({ webhe, node, platform, wish, gpu, wasm }: Report, d: EngineDescription): string {
  const lines = [
    `webhe       ${webhe}, Node ${node}, ${platform}`,
    `GPU         ${gpu.outcome}`,
    ...gpu.log
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => `            drivers say: ${line}`),
    `WebAssembly ${wasm.outcome}`,
    `backend     ${d.backend}, adapter ${d.adapter}${d.isSoftware ? " (software)" : ""}, ${d.threads} ${d.threads === 1 ? "thread" : "threads"}`,
    `because     ${d.reason} (asked for: ${wish})`,
    ...(d.note === undefined ? [] : [`note        ${d.note}`]),
    ...d.tried.map(({ backend, outcome }) => `not         ${backend}: ${outcome}`),
    ...Object.entries(d.limits).map(([name, value]) => `limit       ${name} = ${value}`),
  ];
  return `${lines.join("\n")}\n`;
}
