/**
 * What several threads of this machine do together that share no work, no memory and no messages: speed-ups of ours are held against it.
 * Virtual cores may be halves of a core, or somebody else's for a while, and all of them share the memory.
 */
import { Worker } from "node:worker_threads";
import { quartiles } from "./measure.js";

/** How many times as much the threads do as one of them. */
export interface Ceilings {
  readonly threads: number;
  /** Multiplications in registers. */
  readonly arithmetic: number;
  /** Copying half a MiB to and fro, and 64 MiB. */
  readonly cache: number;
  readonly memory: number;
}

const KINDS = ["arithmetic", "cache", "memory"] as const;
const ROUNDS = 9;

/** Each message names a kind and a time; the answer is how much was done in a millisecond. */
const WORKER = `
const { parentPort, workerData: gate } = require("node:worker_threads");
const copying = (bytes) => {
  const [a, b] = [new Float64Array(bytes / 8).fill(1), new Float64Array(bytes / 8).fill(2)];
  return () => { b.set(a); a.set(b); };
};
const multiply = () => {
  let [a, b, c, d] = [1, 2, 3, 4];
  for (let i = 0; i < 50000; i++) {
    a = (Math.imul(a, 69069) + 1) | 0; b = (Math.imul(b, 69069) + 3) | 0;
    c = (Math.imul(c, 69069) + 5) | 0; d = (Math.imul(d, 69069) + 7) | 0;
  }
  return a + b + c + d;
};
const works = { arithmetic: multiply, cache: copying(2 ** 18), memory: copying(2 ** 25) };
for (const work of Object.values(works)) for (let i = 0; i < 20; i++) work();
parentPort.on("message", ({ kind, ms, together }) => {
  Atomics.add(gate, 0, 1);
  while (Atomics.load(gate, 0) < together);
  const start = performance.now();
  let done = 0;
  do { works[kind](); done++; } while (performance.now() - start < ms);
  parentPort.postMessage(done / (performance.now() - start));
});
parentPort.postMessage(0);
`;

/** Measures the machine; takes some seconds. */
export async function measureCeilings(threads: number, ms = 40): Promise<Ceilings> {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const workers = Array.from({ length: threads }, () => new Worker(WORKER, { eval: true, workerData: gate }));
  const answer = (worker: Worker) =>
    new Promise<number>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
  const rate = async (kind: string, some: readonly Worker[]) => {
    Atomics.store(gate, 0, 0);
    const answers = some.map(answer);
    for (const worker of some) worker.postMessage({ kind, ms, together: some.length });
    return (await Promise.all(answers)).reduce((sum, done) => sum + done);
  };
  try {
    await Promise.all(workers.map(answer));
    const found: Record<string, number> = {};
    for (const kind of KINDS) {
      const ratios: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const alone = await rate(kind, workers.slice(0, 1));
        ratios.push((await rate(kind, workers)) / alone);
      }
      found[kind] = quartiles(ratios)[1]!;
    }
    return { threads, ...(found as Record<(typeof KINDS)[number], number>) };
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** The figures in a line. */
export function describeCeilings({ threads, arithmetic, cache, memory }: Ceilings): string {
  const [a, c, m] = [arithmetic, cache, memory].map((x) => x.toFixed(2));
  return `${threads} threads that share nothing do ${a} times the multiplications of one on this machine, ${c} times the copying in its cache, ${m} times in memory.`;
}
