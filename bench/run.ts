/**
 * npm run bench -- --suite kernels|inference [--growth] [--json FILE] [--plot FILE.svg] [--backend NAME] [--adapter NAME] [--minutes M]
 *
 * Measures the built package. Prints a table; --json writes the same rows for scripts; --growth adds the growth curves,
 * which --plot draws. A suite stops starting cases when its minutes are over and says what it left out.
 */
import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { openEngines } from "./backends.js";
import { type Case, runCase } from "./case.js";
import { describeRun } from "./machine.js";
import { plotGrowth } from "./plot.js";
import { checkAdapters, type Report, type Row } from "./row.js";
import { growthCases } from "./suites/growth.js";
import { inferenceCases } from "./suites/inference.js";
import { kernelCases } from "./suites/kernels.js";
import { describeParams, printRows } from "./table.js";

const SUITES: Readonly<Record<string, () => Case[] | Promise<Case[]>>> = { kernels: kernelCases, inference: inferenceCases };

interface Options {
  readonly suite: string;
  readonly growth?: boolean;
  readonly json?: string;
  readonly plot?: string;
  readonly backend?: string[];
  readonly adapter?: string;
  readonly minutes: string;
}

const options = new Command("bench")
  .addOption(new Option("--suite <name>", "what to measure").choices(Object.keys(SUITES)).default("kernels"))
  .option("--growth", "growth curves too")
  .option("--json <file>", "write the rows as JSON")
  .option("--plot <file>", "write the growth curves as SVG")
  .option("--backend <names...>", "only these backends")
  .option("--adapter <name>", "part of the name of the GPU adapter")
  .option("--minutes <m>", "start no new case after this time", "7")
  .parse()
  .opts<Options>();

const engines = await openEngines({ only: options.backend, adapter: options.adapter });
const head = describeRun(engines);
process.stderr.write(`${head.machine}; Node ${head.node}; adapter: ${head.adapter}; commit ${head.commit}\n`);

const rows: Row[] = [];
const leftOut: string[] = [];
const tooSlow: string[] = [];
const end = performance.now() + 60_000 * Number(options.minutes);
try {
  const cases = [...(await SUITES[options.suite]!()), ...(options.growth ? growthCases() : [])];
  for (const [i, test] of cases.entries()) {
    const label = `${test.name}, ${describeParams(test.params)}`;
    if (performance.now() > end) {
      leftOut.push(label);
      continue;
    }
    process.stderr.write(`${i + 1}/${cases.length} ${label}\n`);
    const found = await runCase(options.suite, test, engines, { rounds: 3, seconds: 0.3 });
    const missing = engines
      .map((engine) => engine.describe().backend)
      .filter((name) => !found.some((row) => row.backend === name));
    tooSlow.push(...missing.map((name) => `${label} on ${name}`));
    rows.push(...found);
  }
} finally {
  for (const engine of engines) await engine.close();
}

checkAdapters(rows);
const report: Report = { ...head, rows };
process.stdout.write(`${printRows(rows)}\n`);
if (leftOut.length > 0) process.stdout.write(`Left out for lack of time: ${leftOut.join("; ")}\n`);
if (tooSlow.length > 0) process.stdout.write(`Not measured, because it would take minutes: ${tooSlow.join("; ")}\n`);
if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
if (options.plot) await writeFile(options.plot, plotGrowth(report));
