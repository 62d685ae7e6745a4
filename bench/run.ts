/**
 * npm run bench -- --suite kernels|inference|cpu|ckks|paillier|gpu [--growth] [--only NAME...] [--json FILE] [--plot FILE.svg]
 *                  [--backend NAME...] [--threads N...] [--adapter NAME] [--minutes M] [--rounds R] [--no-peer]
 *
 * Measures the built package. Prints a table; --json writes the same rows for scripts; --growth adds the growth curves,
 * which --plot draws. A suite stops starting cases when its minutes are over and says what it left out.
 */
import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import type { WebGpuBackend } from "../src/kernels/webgpu/backend.js";
import { openEngines } from "./backends.js";
import { type Case, runCase } from "./case.js";
import { type Ceilings, describeCeilings, measureCeilings } from "./ceilings.js";
import type { Rates } from "./effort.js";
import { describeRun } from "./machine.js";
import { describeMemory, type Memory, MemoryWatch } from "./memory.js";
import { describeRates, probe } from "./probes.js";
import { checkAdapters, type Report, type Row } from "./row.js";
import { cpuCases } from "./suites/cpu.js";
import { evaluationCases } from "./suites/evaluation.js";
import { gpuCases } from "./suites/gpu.js";
import { growthCases } from "./suites/growth.js";
import { inferenceCases } from "./suites/inference.js";
import { kernelCases } from "./suites/kernels.js";
import { paillierSuite } from "./suites/paillier-suite.js";
import { describeParams, printRows, printVerdict } from "./table.js";

interface Suite {
  readonly cases: () => Case[];
  /** What it runs on unless said otherwise. */
  readonly backends?: readonly string[];
  readonly threads?: readonly number[];
  /** Whether the table tells dispatches and bytes too. */
  readonly counts?: boolean;
  /** Whether to measure what the GPU does at best, before anything else. */
  readonly probes?: boolean;
}

const SUITES: Readonly<Record<string, Suite>> = {
  kernels: { cases: kernelCases },
  inference: { cases: inferenceCases },
  cpu: { cases: cpuCases, backends: ["wasm"], threads: [1, 2], counts: false },
  gpu: { cases: gpuCases, backends: ["webgpu", "wasm"], counts: false, probes: true },
  ckks: { cases: evaluationCases, backends: ["wasm"], threads: [1, 2], counts: false },
  paillier: { cases: paillierSuite, backends: ["wasm"], threads: [1, 2], counts: false },
  growth: { cases: () => [], backends: ["wasm", "bigint"], threads: [1, 2] },
};

interface Options {
  readonly suite: string;
  readonly growth?: boolean;
  readonly only?: string[];
  readonly json?: string;
  readonly plot?: string;
  readonly backend?: string[];
  readonly threads?: string[];
  readonly adapter?: string;
  readonly minutes: string;
  readonly rounds: string;
  readonly peer: boolean;
}

const options = new Command("bench")
  .addOption(new Option("--suite <name>", "what to measure").choices(Object.keys(SUITES)).default("kernels"))
  .option("--growth", "growth curves too")
  .option("--only <names...>", "only operations of these names")
  .option("--json <file>", "write the rows as JSON")
  .option("--plot <file>", "write the growth curves as SVG")
  .option("--backend <names...>", "only these backends")
  .option("--threads <numbers...>", "measure WebAssembly on each of these numbers of threads")
  .option("--adapter <name>", "part of the name of the GPU adapter")
  .option("--minutes <m>", "start no new case after this time", "7")
  .option("--rounds <r>", "short rounds of each side of a case", "5")
  .option("--no-peer", "without the peers, for a second run with other settings")
  .parse()
  .opts<Options>();

const suite = SUITES[options.suite]!;
const rounds = { rounds: Number(options.rounds), seconds: 0.2 };
const engines = await openEngines({
  only: options.backend ?? suite.backends,
  adapter: options.adapter,
  threads: options.threads?.map(Number) ?? suite.threads,
});
const head = describeRun(engines);
process.stderr.write(`${head.machine}; Node ${head.node}; adapter: ${head.adapter}; commit ${head.commit}\n`);

const rows: Row[] = [];
const leftOut: string[] = [];
const tooSlow: string[] = [];
const failed: string[] = [];
let rates: Rates | undefined;
const ceilings: Ceilings[] = [];
const mostThreads = Math.max(
  1,
  ...engines.map((engine) => engine.describe()).map(({ backend, threads }) => (backend === "wasm" ? threads : 1)),
);
/** Before and after everything else: a shared machine is another one after some minutes. */
const lookAtMachine = async () => {
  if (mostThreads > 1) ceilings.push(await measureCeilings(mostThreads));
};
const end = performance.now() + 60_000 * Number(options.minutes);
const watch = new MemoryWatch(engines);
let memory: Memory;
try {
  const gpu = engines.map((engine) => engine.kernels).find(({ name }) => name === "webgpu");
  if (suite.probes && gpu !== undefined) {
    rates = await probe(gpu as WebGpuBackend);
    process.stderr.write(`${describeRates(rates)}\n`);
  }
  await lookAtMachine();
  const withGrowth = options.growth || options.suite === "growth";
  const cases = [...suite.cases(), ...(withGrowth ? growthCases() : [])]
    .filter(({ name }) => options.only === undefined || options.only.includes(name))
    .map((test) => (options.peer ? test : { ...test, peer: undefined }));
  for (const [i, test] of cases.entries()) {
    const label = `${test.name}, ${describeParams(test.params)}`;
    if (performance.now() > end) {
      leftOut.push(label);
      continue;
    }
    process.stderr.write(`${i + 1}/${cases.length} ${label}\n`);
    const found = await runCase(options.suite, test, engines, rounds, rates).catch((error: unknown) => {
      // Said at once, and the next case gets its turn: on hardware not seen before most cases may still work.
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      failed.push(label);
      return undefined;
    });
    if (found === undefined) continue;
    const missing = [...new Set(engines.map((engine) => engine.describe().backend))].filter(
      (name) => !found.some((row) => row.backend === name),
    );
    tooSlow.push(...missing.map((name) => `${label} on ${name}`));
    rows.push(...found);
    watch.look();
    // What stops the run in the middle loses nothing of what was measured.
    if (options.json) await writeFile(options.json, `${JSON.stringify({ ...head, rates, rows }, null, 2)}\n`);
  }
  memory = await watch.report(sizesOf(rows));
  await lookAtMachine();
} finally {
  for (const engine of engines) await engine.close();
}

checkAdapters(rows);
const report: Report = { ...head, ...(rates && { rates }), ...(ceilings.length > 0 && { ceilings }), memory, rows };
if (rates) process.stdout.write(`${describeRates(rates)}\n`);
process.stdout.write(`${printRows(rows, { counts: suite.counts })}\n`);
const verdict = printVerdict(rows);
if (verdict !== undefined) process.stdout.write(`${verdict}\n`);
process.stdout.write(`${describeMemory(memory)}\n`);
for (const [i, found] of ceilings.entries())
  process.stdout.write(`${i === 0 ? "Before" : "After"} the run: ${describeCeilings(found)}\n`);
if (leftOut.length > 0) process.stdout.write(`Left out for lack of time: ${leftOut.join("; ")}\n`);
if (tooSlow.length > 0)
  process.stdout.write(`Not measured, because it does not apply there or would take minutes: ${tooSlow.join("; ")}\n`);
if (failed.length > 0) {
  process.stdout.write(`Failed, as said on standard error: ${failed.join("; ")}\n`);
  process.exitCode = 1;
}
if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
if (options.plot) {
  // Loaded for those who draw: it brings a document object model.
  const { plotGrowth } = await import("./plot.js");
  await writeFile(options.plot, plotGrowth(report));
}

/** The different [N, limbs] of the ciphertexts that rows are about. */
function sizesOf(rows: readonly Row[]): (readonly [number, number])[] {
  const sizes = new Map(
    rows.flatMap(({ params: { N, limbs } }) =>
      N === undefined || limbs === undefined ? [] : [[`${N}/${limbs}`, [N, limbs] as const] as const],
    ),
  );
  return [...sizes.values()];
}
