/** A case of a suite: one thing measured on every backend, in turns, beside the peer that does the same work. */
import type { Engine } from "../src/index.js";
import type { KernelBackend } from "../src/kernels/interface.js";
import { type Effort, type Rates, ratesOf } from "./effort.js";
import { inTurns, type Rounds, type Timing, timesFaster, type Work } from "./measure.js";
import { ROW_NAMES, type Row, type RowName, type RowParams } from "./row.js";
import { judge, type Target } from "./target.js";

export interface Prepared extends Work {
  /** What is known only once the case is set up: the batch, measured precision. */
  readonly params?: RowParams;
  readonly close?: () => unknown;
}

export interface Peer {
  /** Name and version. */
  readonly label: string;
  readonly prepare: () => Prepared | Promise<Prepared>;
}

export interface Case {
  readonly name: RowName;
  readonly params: RowParams;
  /** Sets the case up on an engine and its backend; undefined where it does not apply there. */
  readonly prepare: (backend: KernelBackend, engine: Engine) => Promise<Prepared | undefined>;
  readonly peer?: Peer;
  readonly target?: Target;
  /** What one operation costs a GPU at least. */
  readonly effort?: Effort;
}

interface Ours {
  readonly backend: KernelBackend;
  readonly prepared: Prepared;
  readonly counted: RowParams;
}

/** Runs one case on all engines and its peer, and returns one row an engine. */
export async function runCase(
  suite: string,
  test: Case,
  engines: readonly Engine[],
  rounds: Rounds,
  rates?: Rates,
): Promise<Row[]> {
  if (!ROW_NAMES.includes(test.name)) throw new Error(`"${test.name}" is not a name of a row`);
  const ours: Ours[] = [];
  let peer: Prepared | undefined;
  try {
    for (const engine of engines) {
      const backend = engine.kernels;
      const prepared = await test.prepare(backend, engine);
      if (prepared !== undefined) ours.push({ backend, prepared, counted: await count(backend, prepared) });
    }
    if (ours.length === 0) return [];
    peer = await test.peer?.prepare();
    await peer?.run();
    const works = [...ours.map(({ prepared }) => prepared), ...(peer ? [peer] : [])];
    const timings = await inTurns(works, rounds);
    return rowsOf({ suite, test, rates }, ours, timings, peer);
  } finally {
    for (const { prepared } of ours) await prepared.close?.();
    await peer?.close?.();
  }
}

function rowsOf(
  { suite, test, rates }: { readonly suite: string; readonly test: Case; readonly rates: Rates | undefined },
  ours: readonly Ours[],
  timings: readonly Timing[],
  peer: Prepared | undefined,
): Row[] {
  const peerTiming = peer && timings.at(-1)!;
  const descriptions = ours.map(({ backend }) => backend.describe());
  return ours.map(({ prepared, counted }, i) => {
    const { ms, spread } = timings[i]!;
    const ratio = peerTiming ? timesFaster(peerTiming, timings[i]!) : null;
    const { backend, isSoftware, threads } = descriptions[i]!;
    const effort = backend === "webgpu" && test.effort ? ratesOf(test.effort, ms, rates) : {};
    const params: RowParams = { ...test.params, ...prepared.params, ...counted, ...effort };
    const single = descriptions.findIndex((other) => other.backend === backend && other.threads === 1);
    const bits = params.peerModulusBits !== undefined && params.modulusBits! / params.peerModulusBits;
    const figures = {
      threads,
      ms,
      ratio,
      ratioPerBit: ratio === null || !bits ? null : ratio * bits,
      speedup: threads === 1 || single < 0 ? null : timesFaster(timings[single]!, timings[i]!),
    };
    return {
      suite,
      name: test.name,
      params,
      backend,
      isSoftware,
      opsPerSecond: 1000 / ms,
      spread,
      peer: test.peer?.label ?? null,
      peerMs: peerTiming?.ms ?? null,
      ...figures,
      target: judge(test.target, figures),
    };
  });
}

/** What one call costs whatever the clock says. The first call is not counted: it may fill caches. */
export async function count(
  backend: KernelBackend,
  work: Work,
): Promise<Pick<RowParams, "dispatches" | "bytesUploaded" | "bytesRead">> {
  await work.run();
  const before = backend.counters();
  await work.run();
  const after = backend.counters();
  return {
    dispatches: after.dispatches - before.dispatches,
    bytesUploaded: after.bytesUploaded - before.bytesUploaded,
    bytesRead: after.bytesRead - before.bytesRead,
  };
}
