/**
 * Timing with the `benchmark` package. What is compared runs in turns of short rounds, so that a slow spell of the machine
 * hits both sides; the samples of all rounds are pooled.
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
}

export interface Rounds {
  readonly rounds: number;
  /** Longest time of one side in one round, apart from its last call. */
  readonly seconds: number;
}

/** Times all works in turns. They are warm: the caller has run each of them before. */
export async function inTurns(works: readonly Work[], { rounds, seconds }: Rounds): Promise<Timing[]> {
  const samples = works.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, work] of works.entries()) samples[i]!.push(...(await sample(work, seconds)));
  }
  return works.map(({ items }, i) => {
    const [low, middle, high] = quartiles(samples[i]!) as [number, number, number];
    return { ms: (1000 * middle) / items, spread: (high - low) / middle, samples: samples[i]!.length };
  });
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
