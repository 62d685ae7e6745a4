/**
 * Where programs are carried out: `pool.ts` on several threads over one shared memory, `local.ts` on one thread with memory
 * of its own. Addresses are given out by the context, whose memory it is.
 */
import { DeviceLostError } from "../../errors.js";
import type { KernelModule } from "./features.js";
import { argumentsAt, Control, HEADER_WORDS } from "./program.js";
import type { Span } from "./ranges.js";
import { UNIT } from "./ranges.js";

export interface Run {
  /** The program is finished. Rejects with DeviceLostError. Never before an earlier run's. */
  readonly done: Promise<void>;
  /** No thread looks at the program any more; never rejects. */
  readonly left: Promise<void>;
}

/**
 * Where a program starts: on the workers; on the caller's thread alone, which pays for a short one; or on both together, where the caller
 * waits for it anyway. A machine that cannot use the caller's thread takes the workers.
 */
export type Start = "workers" | "here" | "together";

export interface Machine {
  readonly threads: number;
  /** Kernels by name: the numbers that programs use. */
  readonly kernels: ReadonlyMap<string, number>;
  /** Resolves with the reason when no more work can be done; never rejects. */
  readonly lost: Promise<string>;
  /** Makes memory reach up to `end`. False where it cannot. */
  reach(end: number): boolean;
  write(address: number, data: Uint8Array): void;
  /** Carries out a program that was written, after all earlier ones. */
  run(address: number, bytes: number, participants: number, start?: Start): Run;
  /**
   * Copies out what is there once all earlier runs are done, to `into` where it is given. Rejects with DeviceLostError, or the
   * signal's reason.
   */
  read(address: number, bytes: number, signal?: AbortSignal, into?: Uint8Array): Promise<Uint8Array>;
  /**
   * Replaces memory by one that reaches up to `end` and holds the same in `spans`, so that what was used beside them goes
   * back to the system. `commit` is called when the new memory is ready, and answers how far addresses are given out then,
   * or undefined where other work has come up: then memory stays what it was.
   */
  renew(end: number, spans: readonly Span[], commit: () => number | undefined): Promise<void>;
  /** Ends the threads. `isClean` says that all of memory is zero. */
  close(isClean: boolean): Promise<void>;
}

/** Where memory holds what the threads themselves need. */
export interface Layout {
  readonly control: number;
  /** Room for the program that wipes memory, which must not lie in what it wipes. */
  readonly wipe: number;
  readonly scratch: readonly number[];
  /** The scratch of the caller's thread. */
  readonly inlineScratch: number;
  /** The first address after all that. */
  readonly end: number;
}

/** Ranges of memory that one program clears at most, each by a command of four arguments. */
export const WIPE_SPANS = 64;

/** Room for a program that clears so many. */
const wipeBytes = (threads: number) => 4 * (HEADER_WORDS + WIPE_SPANS * (argumentsAt(0, threads) + 4));

export function layOut({ heapBase, scratchBytes }: KernelModule, threads: number): Layout {
  const control = Math.ceil(heapBase / UNIT) * UNIT;
  const wipe = control + Control.bytes;
  const first = wipe + Math.ceil(wipeBytes(threads) / UNIT) * UNIT;
  const scratch = Array.from({ length: threads }, (_, i) => first + i * scratchBytes);
  const inlineScratch = first + threads * scratchBytes;
  return { control, wipe, scratch, inlineScratch, end: inlineScratch + scratchBytes };
}

/** The number of every kernel: exports first, then what the workers add. */
export function numberKernels(names: readonly string[], extras: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...names, ...extras].map((name, index) => [name, index]));
}

export function lostError(reason: string): DeviceLostError {
  return new DeviceLostError({
    what: "WebAssembly workers",
    expected: "workers that finish their work",
    got: reason,
    remedy: "run the work again on a new engine",
  });
}

/** A promise with its two ends. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  resolve: (value: T) => void = () => {};
  reject: (error: unknown) => void = () => {};

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever awaits it sees the error; nobody need.
    this.promise.catch(() => undefined);
  }
}

/** The promise's value, or the signal's reason as soon as it is aborted. */
export function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
