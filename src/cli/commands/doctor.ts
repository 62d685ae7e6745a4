import { type EngineDescription, probeGpu } from "../../engine/index.js";
import { packageVersion } from "../package.js";
import { type CommonOptions, openEngine } from "../session.js";

/** Options of `webhe doctor`. */
export interface DoctorOptions extends CommonOptions {
  readonly json?: boolean;
}

export async function doctor(options: DoctorOptions): Promise<void> {
  const { preferred, outcome, log } = await probeGpu(options.adapter);
  const engine = await openEngine(options);
  const description = engine.describe();
  await engine.close();
  const report = {
    webhe: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    gpu: { adapter: preferred?.name ?? null, isSoftware: preferred?.isSoftware ?? null, outcome, log },
    wish: options.backend,
    engine: description,
  };
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : words(report, description));
}

function words(
  report: { webhe: string; node: string; platform: string; wish: string; gpu: { outcome: string; log: string } },
  d: EngineDescription,
): string {
  const lines = [
    `webhe       ${report.webhe}, Node ${report.node}, ${report.platform}`,
    `GPU         ${report.gpu.outcome}`,
    ...report.gpu.log
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => `            drivers say: ${line}`),
    `backend     ${d.backend}, adapter ${d.adapter}${d.isSoftware ? " (software)" : ""}, ${d.threads} ${d.threads === 1 ? "thread" : "threads"}`,
    `because     ${d.reason} (asked for: ${report.wish})`,
    ...d.tried.map(({ backend, outcome }) => `not         ${backend}: ${outcome}`),
    ...Object.entries(d.limits).map(([name, value]) => `limit       ${name} = ${value}`),
  ];
  return `${lines.join("\n")}\n`;
}
