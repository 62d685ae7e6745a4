/** A case of a suite: one thing measured on every backend, in turns, beside the peer that does the same work. */
import type { Engine } from "../src/index.js";
import type { KernelBackend } from "../src/kernels/interface.js";
import { inTurns, type Rounds, type Work } from "./measure.js";
import { ROW_NAMES, type Row, type RowName, type RowParams } from "./row.js";

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
}

/** Runs one case on all engines and its peer, and returns one row an engine. */
export async function runCase(suite: string, test: Case, engines: readonly Engine[], rounds: Rounds): Promise<Row[]> {
  if (!ROW_NAMES.includes(test.name)) throw new Error(`"${test.name}" is not a name of a row`);
  const ours: { backend: KernelBackend; prepared: Prepared; counted: RowParams }[] = [];
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
    const peerMs = peer ? timings.at(-1)!.ms : null;
    return ours.map(({ backend, prepared, counted }, i) => {
      const { ms, spread } = timings[i]!;
      const { backend: name, isSoftware, threads } = backend.describe();
      return {
        suite,
        name: test.name,
        params: { ...test.params, ...prepared.params, ...counted },
        backend: name,
        isSoftware,
        threads,
        ms,
        opsPerSecond: 1000 / ms,
        spread,
        peer: test.peer?.label ?? null,
        peerMs,
        ratio: peerMs === null ? null : peerMs / ms,
      };
    });
  } finally {
    for (const { prepared } of ours) await prepared.close?.();
    await peer?.close?.();
  }
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
