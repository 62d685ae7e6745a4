/**
 * npm run demo: three public data sets, encrypted, predicted on ciphertexts, decrypted, and held against scikit-learn.
 *
 *     npm run demo                       on the backend that suits this machine
 *     npm run demo -- --backend bigint   on the backend named
 *     npm run demo -- --threads 1        on so many threads of WebAssembly
 *
 * Prints a table and exits with 1 where a label differs or a decision strays further than promised.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse } from "csv-parse/sync";
import { Engine, type EngineOptions } from "webhe";
import { InferenceClient, InferenceServer, LinearModel, type Prediction, planInference } from "webhe/inference";

interface Run {
  readonly data: string;
  readonly scheme: "ckks" | "paillier";
  readonly key: "secret" | "public";
}

const RUNS: readonly Run[] = [
  { data: "breast-cancer", scheme: "ckks", key: "secret" },
  { data: "breast-cancer", scheme: "ckks", key: "public" },
  { data: "digits", scheme: "ckks", key: "secret" },
  { data: "digits", scheme: "ckks", key: "public" },
  { data: "diabetes", scheme: "ckks", key: "secret" },
  { data: "diabetes", scheme: "ckks", key: "public" },
  { data: "breast-cancer", scheme: "paillier", key: "public" },
];

/** Largest |decision difference| that is accepted, relative to max(1, |decision|). */
const TOLERANCE = { ckks: 1e-3, paillier: 1e-9 } as const;

const HEAD = [
  "data set",
  "rows",
  "scheme",
  "backend",
  "labels",
  "max |diff|",
  "keys",
  "encrypt",
  "predict",
  "decrypt",
  "up",
  "down",
];

const { values } = parseArgs({ options: { backend: { type: "string", default: "auto" }, threads: { type: "string" } } });
const engine = await Engine.create({
  backend: values.backend as EngineOptions["backend"],
  threads: values.threads === undefined ? undefined : Number(values.threads),
});
const { backend: name, adapter, threads: used, reason, note } = engine.describe();
process.stdout.write(`backend ${name}, adapter ${adapter}, threads ${used}: ${reason}${note ? `; ${note}` : ""}\n\n`);

const lines: string[][] = [HEAD];
let isRight = true;
try {
  for (const run of RUNS) {
    process.stderr.write(`${run.data}, ${run.scheme} ...\n`);
    const { line, ok } = await measure(run);
    lines.push(line);
    isRight &&= ok;
  }
} finally {
  await engine.close();
}
process.stdout.write(`${table(lines)}\n\n`);
process.stdout.write(
  isRight
    ? "Every label is scikit-learn's, and every decision within tolerance.\n"
    : "A label differs from scikit-learn's, or a decision strays too far.\n",
);
process.exitCode = isRight ? 0 : 1;

/** One row of the table: client and server with nothing between them but bytes. */
async function measure({ data, scheme, key }: Run): Promise<{ line: string[]; ok: boolean }> {
  const model = LinearModel.fromJSON(file(`${data}.model.json`));
  const rows = csv(`${data}.csv`)
    .slice(1)
    .map((cells) => cells.map(Number));
  const plan = planInference(model, { scheme, batch: rows.length });
  const seconds: string[] = [];
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    seconds.push(`${((performance.now() - start) / 1000).toFixed(2)} s`);
    return result;
  };
  const client = await timed(() => InferenceClient.create(engine, plan.card));
  const server = await InferenceServer.create(engine, model, plan);
  try {
    const request = await timed(() => client.encrypt(rows, { key }));
    const response = await timed(() => server.predict(request, client.evaluationKeys));
    const predictions = await timed(() => client.decrypt(response));
    const { labels, difference, ok } = compare(data, predictions, TOLERANCE[scheme]);
    const named = scheme === "paillier" ? "Paillier 3072" : `CKKS, ${key} key`;
    const where = adapter === "none" ? name : `${name}, ${adapter}`;
    return { line: [data, `${rows.length}`, named, where, labels, difference, ...seconds, bytes(request), bytes(response)], ok };
  } finally {
    server.dispose();
    client.dispose();
  }
}

/** Holds predictions against the numbers that scikit-learn gave. */
function compare(data: string, predictions: readonly Prediction[], tolerance: number) {
  const [head, ...expected] = csv(`${data}.expected.csv`);
  const label = head!.indexOf("prediction");
  const isRegression = !head!.includes("decision_0");
  let equal = 0;
  let worst = 0;
  let isNear = expected.length === predictions.length;
  for (const [r, { decision, prediction }] of predictions.entries()) {
    const cells = expected[r]!;
    if (String(prediction) === cells[label]) equal++;
    for (const [o, d] of decision.entries()) {
      const exact = Number(cells[isRegression ? label : head!.indexOf(`decision_${o}`)]);
      const difference = Math.abs(d - exact);
      worst = Math.max(worst, difference);
      isNear &&= difference <= tolerance * Math.max(1, Math.abs(exact));
    }
  }
  const labels = isRegression ? "none" : `${equal}/${expected.length}`;
  return { labels, difference: worst.toExponential(1), ok: isNear && (isRegression || equal === expected.length) };
}

function file(path: string): string {
  return readFileSync(new URL(`../data/${path}`, import.meta.url), "utf8");
}

function csv(path: string): string[][] {
  return parse(file(path)) as string[][];
}

function bytes({ length }: Uint8Array): string {
  return length < 1e6 ? `${(length / 1e3).toFixed(0)} kB` : `${(length / 1e6).toFixed(2)} MB`;
}

function table(cells: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, c) => Math.max(...cells.map((line) => line[c]!.length)));
  const isText = (c: number) => c === 0 || c === 2 || c === 3;
  return cells
    .map((line) =>
      line
        .map((cell, c) => (isText(c) ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
