/**
 * Costs of ElGamal on WebAssembly, one thread: the table of docs/elgamal.md. No peer and no target, so it is no suite.
 * Run it with: npm run build && npx tsx bench/elgamal.ts
 */
import type * as ElGamalDoor from "../src/elgamal/index.js";
import { builtFolder } from "../test/support/built.js";
import { Engine } from "./package-under-test.js";

const { ElGamal, generateElGamalKey } = (await import(`${builtFolder()}/elgamal.js`)) as typeof ElGamalDoor;

const BATCH = 256;
const ROUNDS = 9;

const engine = await Engine.create({ backend: "wasm", threads: 1 });

/** The shortest of some runs, in milliseconds an item, with all work that they recorded done: what else runs on a machine only adds to it. */
async function cost(items: number, work: () => Promise<unknown>): Promise<number> {
  const run = async () => {
    await work();
    await engine.kernels.flush();
  };
  await run();
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    await run();
    times.push((performance.now() - start) / items);
  }
  return Math.min(...times);
}

console.log(
  `Node ${process.version}, WebAssembly on ${engine.describe().threads} thread, batches of ${BATCH}, the shortest of ${ROUNDS} runs`,
);
console.log("operation, group, ms, a second");
for (const group of ["ffdhe2048", "ffdhe3072"] as const) {
  const key = await generateElGamalKey({ group });
  const elgamal = await ElGamal.create(engine, key);
  const values = Array.from({ length: BATCH }, (_, i) => i + 1);
  const counts = await elgamal.encryptCounts(values, { bound: 2 ** 20 });
  const wide = await elgamal.encryptCounts(
    values.map((v) => v * 60_000),
    { bound: 2 ** 24 },
  );
  const factors = await elgamal.encryptFactors(values);
  const sections = new Map((await elgamal.exportSections(counts)).map(({ tag, bytes }) => [tag, bytes]));
  /** Records many times and waits once: what a call costs by itself would hide such small work. */
  const repeated = async (make: () => { dispose(): void }) => {
    for (let i = 0; i < 20; i++) make().dispose();
  };
  const measured: readonly (readonly [string, number, () => Promise<unknown>])[] = [
    ["encrypt a count", BATCH, async () => (await elgamal.encryptCounts(values)).dispose()],
    ["encrypt a factor", BATCH, async () => (await elgamal.encryptFactors(values)).dispose()],
    ["add, or multiply", 20 * BATCH, () => repeated(() => elgamal.add(counts, counts))],
    ["sum, a term", 20 * BATCH, () => repeated(() => elgamal.sum(counts))],
    ["multiply a count by 1000", BATCH, async () => (await elgamal.multiplyPlain(counts, 1000)).dispose()],
    ["re-randomise", BATCH, async () => (await elgamal.rerandomise(counts)).dispose()],
    ["decrypt a factor", BATCH, () => elgamal.decryptFactors(factors)],
    ["decrypt a count up to 256", BATCH, () => elgamal.decryptCounts(counts)],
    ["decrypt a count up to 2^24", BATCH, () => elgamal.decryptCounts(wide)],
    ["read from a file, checks included", BATCH, async () => (await elgamal.importSections(sections)).dispose()],
  ];
  for (const [name, items, run] of measured) {
    const ms = await cost(items, run);
    console.log(`${name}, ${group}, ${ms.toPrecision(3)}, ${(1000 / ms).toPrecision(3)}`);
  }
  elgamal.dispose();
  key.dispose();
}
await engine.close();
