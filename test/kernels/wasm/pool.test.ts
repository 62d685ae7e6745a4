import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { spawn } from "#workers";
import { type KernelModule, loadKernels } from "../../../src/kernels/wasm/features.js";
import { type Layout, layOut } from "../../../src/kernels/wasm/machine.js";
import { Pool } from "../../../src/kernels/wasm/pool.js";
import { Program } from "../../../src/kernels/wasm/program.js";
import { MOST_BYTES, takeMemory } from "../../../src/kernels/wasm/shared-memory.js";

const THREADS = 3;

let kernels: KernelModule;
let layout: Layout;
let pool: Pool;

beforeEach(async () => {
  kernels = await loadKernels(true);
  layout = layOut(kernels, THREADS);
  pool = await Pool.create(kernels, layout, takeMemory(layout.end + 2 ** 20, MOST_BYTES), spawn);
});
afterEach(() => pool.close(false));

const HERE = () => layout.end;
const THERE = () => layout.end + 65536;
const PROGRAM = () => layout.end + 2 * 65536;

/** Copies 64 KiB from HERE to THERE. */
async function copy(tasks: number): Promise<Uint8Array> {
  const program = new Program(THREADS);
  program.add(pool.kernels.get("copy") as number, tasks, [THERE(), HERE(), 65536 / tasks, 65536 / tasks, tasks]);
  const words = program.words();
  pool.write(PROGRAM(), new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  const { done, left } = pool.run(PROGRAM(), words.byteLength, program.participants);
  await done;
  await left;
  return pool.read(THERE(), 65536);
}

const filled = (bytes: Uint8Array, value: number) => bytes.every((byte) => byte === value);

describe("a pool", () => {
  it("runs programs, whatever threads take part", async () => {
    for (const [i, tasks] of [1, 64, 2, 1, 16, 64, 3, 64].entries()) {
      if (65536 % tasks !== 0) continue;
      pool.write(HERE(), new Uint8Array(65536).fill(i + 1));
      expect(filled(await copy(tasks), i + 1)).toBe(true);
    }
  });

  it("grows, and its threads see the new end", async () => {
    expect(pool.reach(layout.end + 2 ** 26)).toBe(true);
    expect(pool.reach(MOST_BYTES + 65536)).toBe(false);
    const far = layout.end + 2 ** 26 - 65536;
    pool.write(HERE(), new Uint8Array(65536).fill(9));
    const program = new Program(THREADS);
    program.add(pool.kernels.get("copy") as number, 1, [far, HERE(), 65536, 65536, 1]);
    const words = program.words();
    pool.write(far - 4096, new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    await pool.run(far - 4096, words.byteLength, 1).done;
    expect(filled(await pool.read(far, 65536), 9)).toBe(true);
  });

  it("moves to a new memory that holds the same where it is told, and nothing elsewhere", async () => {
    pool.write(HERE(), new Uint8Array(65536).fill(1));
    pool.write(THERE(), new Uint8Array(65536).fill(2));
    const spans = [
      { start: layout.control, end: layout.wipe },
      { start: HERE(), end: THERE() },
    ];
    let asked = 0;
    await pool.renew(layout.end + 2 ** 20, spans, () => {
      asked++;
      return layout.end + 2 ** 20;
    });
    expect(asked).toBe(1);
    expect(filled(await pool.read(THERE(), 65536), 0)).toBe(true);
    expect(filled(await copy(64), 1)).toBe(true);
  });

  it("stays in its memory where other work has come up", async () => {
    pool.write(HERE(), new Uint8Array(65536).fill(1));
    pool.write(THERE(), new Uint8Array(65536).fill(2));
    const spans = [{ start: HERE(), end: THERE() }];
    await pool.renew(layout.end + 2 ** 20, spans, () => {
      pool.write(HERE(), new Uint8Array(65536).fill(3));
      return undefined;
    });
    expect(filled(await pool.read(THERE(), 65536), 2)).toBe(true);
    expect(filled(await copy(64), 3)).toBe(true);
  });
});
