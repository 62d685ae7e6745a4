/** Long runs on the WebAssembly backend, and what they leave behind. The short tests and the long ones differ in counts alone. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { spawn } from "#workers";
import { WasmBackend, type WasmOptions } from "../../src/kernels/wasm/index.js";
import type { Spawn } from "../../src/kernels/wasm/spawn.js";
import { testModulus } from "./modular-cases.js";
import { testRandom } from "./random.js";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Resident bytes of the process once garbage is collected. */
async function resident(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().rss;
}

export interface Soak {
  /** Resident bytes after the first part of the run, and at its end. */
  readonly early: number;
  readonly late: number;
  readonly liveBlocks: number;
  readonly liveWorkers: number;
}

const BASIS = [1073643521, 1073479681];

/** One backend, `count` operations of all kinds; every value is disposed of. */
export async function soakOperations(count: number, options: WasmOptions): Promise<Soak> {
  const backend = await WasmBackend.create(options);
  const ring = await backend.ring(4096, BASIS);
  const modular = await backend.modular(testModulus(1024, 2));
  const random = testRandom("soak");
  const residues = random.residues(4 * 2 * 4096, BASIS[1]);
  const values = Array.from({ length: 8 }, () => random.bigBelow(modular.modulus));
  let [early, constants] = [0, 0];
  for (let i = 0; i < count; i += 10) {
    const a = ring.upload(residues, { basis: BASIS, form: "coefficient", batch: 4 });
    const steps = [ring.ntt(a)];
    steps.push(ring.multiply(steps[0], steps[0]));
    steps.push(ring.add(steps[1], steps[0]));
    steps.push(ring.rescale(steps[2], 1));
    steps.push(ring.intt(steps[3]));
    const x = modular.upload(values);
    const y = modular.multiply(x, x);
    const z = modular.products(y, [[0, 1, 2, 3, 4, 5, 6, 7]]);
    // Some values are read, some are left as they are, and nothing is awaited for most.
    const readings = i % 50 === 0 ? [ring.read(steps[4]), modular.read(z)] : [];
    for (const handle of [a, ...steps, x, y, z]) handle.dispose();
    await Promise.all(readings);
    // The first round leaves the constants that the later ones use.
    if (i === 0) constants = backend.context.usage().liveBlocks;
    if (i % 200 === 0) await backend.flush();
    if (i >= count / 4 && early === 0) early = await resident();
  }
  await backend.flush();
  const late = await resident();
  const { liveBlocks } = backend.context.usage();
  await backend.close();
  return { early, late, liveBlocks: liveBlocks - constants, liveWorkers: 0 };
}

/** `count` backends, one after the other: created, used, closed. */
export async function soakCycles(count: number, options: WasmOptions): Promise<Soak> {
  let liveWorkers = 0;
  const counted: Spawn = (onDeath) => {
    const worker = spawn(onDeath);
    liveWorkers++;
    const terminate = async () => {
      await worker.terminate();
      liveWorkers--;
    };
    return { ...worker, terminate };
  };
  let early = 0;
  for (let i = 0; i < count; i++) {
    const backend = await WasmBackend.create({ ...options, spawn: counted });
    const { context } = backend;
    const [a, b] = [context.allocate(2 ** 16), context.allocate(2 ** 16)];
    context.write(a, new Uint8Array(2 ** 16).fill(i));
    context.record("copy", 4, [b.address, a.address, 2 ** 14, 2 ** 14, 4]);
    const read = await context.read(b, 0, 2 ** 16);
    if (read.some((byte) => byte !== i % 256)) throw new Error(`cycle ${i} read something else`);
    await backend.close();
    if (i >= count / 4 && early === 0) early = await resident();
  }
  return { early, late: await resident(), liveBlocks: 0, liveWorkers };
}
