/**
 * npm run conformance -- [--backend webgpu] [--adapter NAME] [--json FILE] [--minutes M] [--quick]
 *
 * Whether a backend of this machine computes what the specification computes, bit for bit: the table of operations of the tests
 * at all sizes, and encrypted predictions end to end. One line a setting; exit code 1 where anything differs.
 */
import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import type { KernelBackend } from "../src/kernels/interface.js";
import { openEngines } from "./backends.js";
import { conform, type Outcome, type Reference } from "./conformance/check.js";
import { labelOf, predict, predictions } from "./conformance/end-to-end.js";
import { settings } from "./conformance/settings.js";
import { describeRun } from "./machine.js";
import { Engine } from "./package-under-test.js";

interface Options {
  readonly backend: string;
  readonly adapter?: string;
  readonly json?: string;
  readonly minutes: string;
  readonly quick?: boolean;
}

const options = new Command("conformance")
  .addOption(new Option("--backend <name>", "the backend to check").choices(["webgpu", "wasm", "bigint"]).default("webgpu"))
  .option("--adapter <name>", "part of the name of the GPU adapter")
  .option("--json <file>", "write the outcome as JSON")
  .option("--minutes <m>", "start no new setting after this time", "7")
  .option("--quick", "small sizes only")
  .parse()
  .opts<Options>();

const minutes = Number(options.minutes);
if (!(minutes > 0)) {
  process.stderr.write(`--minutes: expected a number above 0, got ${options.minutes}; leave it out for 7\n`);
  process.exit(2);
}

const [engine] = await openEngines({ only: [options.backend], adapter: options.adapter });
const head = describeRun([engine!]);
const { backend, adapter, isSoftware } = engine!.describe();
process.stdout.write(`${backend}, ${adapter}; ${head.machine}; Node ${head.node}; commit ${head.commit}\n`);
const [bigint, wasm] = [await Engine.create({ backend: "bigint" }), await Engine.create({ backend: "wasm" })];
const references: Readonly<Record<Reference, KernelBackend>> = {
  bigint: bigint.kernels,
  wasm: wasm.kernels,
  committed: bigint.kernels,
};

const outcomes: (Outcome & { readonly seconds: number })[] = [];
const leftOut: string[] = [];
const end = performance.now() + 60_000 * minutes;

const count = () => ({
  equal: outcomes.reduce((sum, outcome) => sum + outcome.equal, 0),
  different: outcomes.reduce((sum, outcome) => sum + outcome.different.length, 0),
});

async function save(): Promise<void> {
  if (options.json === undefined) return;
  // Dawn's description of an adapter ends with the version of its driver.
  const driver = adapter.match(/\d+(?:\.\d+)+/g)?.at(-1) ?? "unknown";
  const report = { ...head, backend, adapter, driver, isSoftware, ...count(), leftOut, settings: outcomes };
  await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

async function check(label: string, run: () => Promise<Outcome>): Promise<void> {
  if (performance.now() > end) {
    leftOut.push(label);
    return;
  }
  const start = performance.now();
  const outcome = { ...(await run()), seconds: Math.round(performance.now() - start) / 1000 };
  outcomes.push(outcome);
  // At once: whoever stops the program in the middle still has what it found.
  await save();
  const verdict = outcome.different.length === 0 ? "equal" : `DIFFERENT: ${outcome.different.join("; ")}`;
  process.stdout.write(`${label}: ${outcome.equal} ${verdict} (${outcome.reference}, ${outcome.seconds.toFixed(1)} s)\n`);
}

for (const prediction of predictions(options.quick ?? false))
  await check(labelOf(prediction), () => predict(engine!, prediction));
for (const setting of settings(options.quick ?? false))
  await check(setting.label, () => conform(setting, engine!.kernels, references));

await save();
const { equal, different } = count();
if (leftOut.length > 0) process.stdout.write(`Left out for lack of time: ${leftOut.join("; ")}\n`);
process.stdout.write(`${equal} equal, ${different} different\n`);
process.exitCode = different > 0 ? 1 : 0;
for (const one of [engine!, bigint, wasm]) await one.close();
