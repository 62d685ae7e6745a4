/**
 * Timing with the `benchmark` package. What is compared runs in turns of short rounds, and ratios are taken round by round, so that a
 * slow spell of the machine hits both sides.
 */
import Benchmark from "benchmark";
import type { KernelBackend } from "../src/kernels/interface.js";
import type { WebGpuBackend } from "../src/kernels/webgpu/backend.js";

export interface Work {
  /** One call; `items` operations are done when it settles. */
  readonly run: () => unknown;
  readonly items: number;
}

export interface Timing {
  /** Milliseconds per operation, the median of the samples. */
  readonly ms: number;
  /** (third quartile - first quartile) / median. */
  readonly spread: number;
  readonly samples: number;
  /** Milliseconds per operation in each round, the medians of its samples. */
  readonly rounds: readonly number[];
}

export interface Rounds {
  readonly rounds: number;
  /** Longest time of one side in one round, apart from its last call. */
  readonly seconds: number;
}

/** A pause before each side of a round: an engine that has nothing to do wipes its memory then, which would disturb the next side. */
const PAUSE_MS = 100;

/** Times all works in turns. They are warm: the caller has run each of them before. */
export async function inTurns(works: readonly Work[], { rounds, seconds }: Rounds): Promise<Timing[]> {
  const samples = works.map((): number[][] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, work] of works.entries()) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      samples[i]!.push(await sample(work, seconds));
    }
  }
  return works.map(({ items }, i) => {
    const all = samples[i]!.flat();
    const [low, middle, high] = quartiles(all) as [number, number, number];
    const inMs = (time: number) => (1000 * time) / items;
    return {
      ms: inMs(middle),
      spread: (high - low) / middle,
      samples: all.length,
      rounds: samples[i]!.map((round) => inMs(median(round))),
    };
  });
}

/** How many times as fast `b` is as `a`: the median of the ratios of rounds that were next to each other. */
export function timesFaster(a: Timing, b: Timing): number {
  return median(a.rounds.map((ms, round) => ms / b.rounds[round]!));
}

/** One round of one work: seconds per call, one figure for each of benchmark's cycles. */
function sample({ run }: Work, seconds: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    let failure: unknown;
    const bench = new Benchmark({
      defer: true,
      minSamples: 1,
      maxTime: seconds,
      minTime: 0.01,
      initCount: 1,
      fn: (deferred: Benchmark.Deferred) => {
        new Promise((settle) => settle(run())).then(
          () => deferred.resolve(),
          (error: unknown) => {
            failure = error;
            bench.abort();
            deferred.resolve();
          },
        );
      },
      onComplete: () => (failure === undefined ? resolve(bench.stats.sample) : reject(failure)),
      onAbort: () => reject(failure),
    });
    bench.run({ async: true });
  });
}

const median = (values: readonly number[]): number => quartiles(values)[1]!;

/** The three quartiles, by linear interpolation. */
export function quartiles(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return [0.25, 0.5, 0.75].map((share) => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.ceil(position);
    return sorted[below]! + (sorted[above]! - sorted[below]!) * (position - below);
  });
}

/**
 * What a GPU itself says that one call took, for an operation; nothing where there is no such clock, or the GPU is none. The call records all
 * its work before it waits for anything.
 */
export async function onDevice(backend: KernelBackend, { items, run }: Work): Promise<{ readonly deviceMs?: number }> {
  if (backend.name !== "webgpu" || backend.describe().isSoftware) return {};
  // Pools and caches are warm then, as in what is timed.
  await run();
  let running: unknown;
  const nanoseconds = await (backend as WebGpuBackend).context.measure(() => {
    running = run();
  });
  await running;
  return nanoseconds === undefined ? {} : { deviceMs: nanoseconds / 1e6 / items };
}
