import { describe, expect, it } from "vitest";
import { count, runCase } from "../../bench/case.js";
import { describeCeilings, measureCeilings } from "../../bench/ceilings.js";
import { inTurns, quartiles, timesFaster } from "../../bench/measure.js";
import { describeMemory } from "../../bench/memory.js";
import { plotGrowth } from "../../bench/plot.js";
import { checkAdapters, type Report, type Row } from "../../bench/row.js";
import { printRows, printVerdict } from "../../bench/table.js";
import { Engine } from "../../src/index.js";

const row = (change: Partial<Row>): Row => ({
  suite: "kernels",
  name: "ntt",
  params: { N: 8192, limbs: 5, batch: 4 },
  backend: "webgpu",
  isSoftware: true,
  threads: 1,
  ms: 2,
  opsPerSecond: 500,
  spread: 0.1,
  peer: null,
  peerMs: null,
  ratio: null,
  ratioPerBit: null,
  speedup: null,
  target: null,
  ...change,
});

describe("measuring", () => {
  it("interpolates quartiles", () => {
    expect(quartiles([4, 1, 3, 2, 5])).toEqual([2, 3, 4]);
    expect(quartiles([1, 2])).toEqual([1.25, 1.5, 1.75]);
  });

  it("lets the works take turns and pools their samples", async () => {
    const order: string[] = [];
    const work = (name: string) => ({ items: 2, run: () => void (order.at(-1) !== name && order.push(name)) });
    const timings = await inTurns([work("a"), work("b")], { rounds: 3, seconds: 0.02 });
    expect(order).toEqual(["a", "b", "a", "b", "a", "b"]);
    for (const { ms, samples, rounds } of timings) {
      expect(ms).toBeGreaterThan(0);
      expect(samples).toBeGreaterThanOrEqual(3);
      expect(rounds).toHaveLength(3);
    }
  });

  it("takes ratios round by round, so that a slow spell hits both sides", () => {
    const timing = (rounds: number[]) => ({ ms: quartiles(rounds)[1]!, spread: 0, samples: rounds.length, rounds });
    // The machine is slower in later rounds, and `b` twice as fast in each but the last.
    const [a, b] = [timing([4, 6, 10, 20, 30]), timing([2, 3, 5, 10, 60])];
    expect(timesFaster(a, b)).toBe(2);
    expect(timesFaster(b, a)).toBe(0.5);
  });

  it("knows what threads do that share nothing", async () => {
    const found = await measureCeilings(2, 1);
    for (const kind of ["arithmetic", "cache", "memory"] as const) expect(found[kind]).toBeGreaterThan(0);
    expect(describeCeilings({ ...found, threads: 2, cache: 1.5 })).toMatch(/^2 threads .* 1.50 times the copying in its cache/);
  });

  it("passes on the error of a work that fails, at once or later", async () => {
    let calls = 0;
    const failing = { items: 1, run: () => (++calls > 3 ? Promise.reject(new Error("lost")) : undefined) };
    await expect(inTurns([failing], { rounds: 1, seconds: 0.05 })).rejects.toThrow("lost");
    const throwing = {
      items: 1,
      run: () => {
        throw new Error("thrown");
      },
    };
    await expect(inTurns([throwing], { rounds: 1, seconds: 0.05 })).rejects.toThrow("thrown");
  });

  it("makes one row a backend, with the ratio to the peer and what was counted", async () => {
    const engine = await Engine.create({ backend: "bigint" });
    const backend = engine.kernels;
    const k = await backend.ring(8, [97]);
    const closed: string[] = [];
    const rows = await runCase(
      "kernels",
      {
        name: "ntt",
        params: { N: 8 },
        prepare: async () => ({
          items: 1,
          params: { batch: 1 },
          run: async () => {
            await k.read(k.upload(new Uint32Array(8), { basis: [97], form: "ntt", batch: 1 }));
          },
          close: () => closed.push("ours"),
        }),
        peer: { label: "nobody 1.0", prepare: () => ({ items: 1, run: () => undefined, close: () => closed.push("peer") }) },
      },
      [engine],
      { rounds: 1, seconds: 0.02 },
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      backend: "bigint",
      peer: "nobody 1.0",
      params: { N: 8, batch: 1, bytesUploaded: 32, bytesRead: 32 },
    });
    expect(rows[0]!.ratio).toBe(rows[0]!.peerMs! / rows[0]!.ms);
    expect(rows[0]!.opsPerSecond).toBe(1000 / rows[0]!.ms);
    expect(closed).toEqual(["ours", "peer"]);
    expect(await count(backend, { items: 1, run: () => undefined })).toEqual({ dispatches: 0, bytesUploaded: 0, bytesRead: 0 });
    await engine.close();
  });
});

describe("a report", () => {
  it("never holds software and hardware GPU rows together", () => {
    expect(() => checkAdapters([row({}), row({ backend: "bigint", isSoftware: false })])).not.toThrow();
    expect(() => checkAdapters([row({}), row({ isSoftware: false })])).toThrow("software or hardware");
  });

  it("prints a table that says which rows come from a software GPU", () => {
    const lines = printRows([row({}), row({ backend: "bigint", isSoftware: false, peer: "p 1", peerMs: 4, ratio: 2 })]).split(
      "\n",
    );
    expect(lines).toHaveLength(4);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines[2]).toContain("webgpu (software GPU)");
    expect(lines[3]).toMatch(/p 1 .* 4\.00 .* 2\.00/);
  });

  const memory = { peakRssBytes: 3 * 2 ** 20, reachedBytes: {}, ciphertexts: [] };

  it("says which targets are met, and shows their columns only where there are some", () => {
    expect(printRows([row({})]).split("\n")[0]).not.toMatch(/target|per bit|speed-up/);
    const judged = [
      row({ backend: "wasm", isSoftware: false, ratio: 4, target: { ratio: 3, met: true } }),
      row({ backend: "wasm", isSoftware: false, threads: 2, speedup: 1.5, target: { speedup: 1.8, met: false } }),
    ];
    const [head, , first, second] = printRows(judged, { counts: false }).split("\n");
    expect(head).not.toContain("dispatches");
    expect(printRows(judged)).toContain("dispatches");
    expect(head).toMatch(/speed-up \| target/);
    expect(first).toMatch(/wasm, 1 thread .*ratio >= 3 +\| PASS/);
    expect(second).toMatch(/wasm, 2 threads .* 1\.50 \| speed-up >= 1.8 \| short/);
    expect(printVerdict(judged)).toBe("1 of 2 targets met\nShort: ntt (N=8192, 5 limbs, batch 4, wasm, 2 threads)");
    expect(printVerdict([row({})])).toBeUndefined();
  });

  it("tells the memory of ciphertexts, of engines and of the process", () => {
    expect(describeMemory(memory)).toBe("Peak resident set of the process, peers included: 3 MiB.");
    const more = { reachedBytes: { 1: 2 ** 21, 2: 2 ** 22 }, ciphertexts: [{ N: 8192, limbs: 5, bytes: 2 ** 19 }] };
    expect(describeMemory({ ...memory, ...more }).split("\n")).toEqual([
      "A ciphertext in memory: N=8192, 5 limbs: 0.50 MiB.",
      "WebAssembly memory at its largest, by threads: 1: 2 MiB; 2: 4 MiB.",
      "Peak resident set of the process, peers included: 3 MiB.",
    ]);
  });

  it("draws a panel for each parameter that grows, and refuses to draw nothing", () => {
    const head = { machine: "a <machine>", node: "v20", commit: "abc", date: "2026-01-01T00:00:00Z", adapter: "none", memory };
    const growth = [1, 2, 4].map((batch) => row({ params: { batch, variant: "growth with batch" }, ms: 8 / batch }));
    const more = [1024, 2048].map((N) => row({ params: { N, variant: "growth with N" } }));
    const svg = plotGrowth({ ...head, rows: [...growth, ...more] } satisfies Report);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg.match(/<svg /g)).toHaveLength(3);
    expect(svg).toContain("a &lt;machine>");
    const threads = [1, 2].map((count) =>
      row({ backend: "wasm", isSoftware: false, threads: count, params: { variant: "growth with threads" } }),
    );
    expect(plotGrowth({ ...head, rows: threads }).match(/wasm/g)).toHaveLength(1);
    const lines = threads.map((one) => ({ ...one, params: { N: 8192, variant: "growth with N" } }));
    expect(plotGrowth({ ...head, rows: lines })).toMatch(/wasm, 1 thread<.*wasm, 2 threads</s);
    expect(() => plotGrowth({ ...head, rows: [row({})] })).toThrow("--growth");
  });
});
