/** What a benchmark says: one row a case and backend. Scripts read these files, so names and units are fixed. */
import type { Ceilings } from "./ceilings.js";
import type { Rates } from "./effort.js";
import type { Memory } from "./memory.js";
import type { Goal } from "./target.js";

/** Everything that is ever measured; no other name is used. */
export const ROW_NAMES = [
  "ntt",
  "intt",
  "product",
  "power",
  "encode",
  "decode",
  "encrypt",
  "decrypt",
  "add",
  "multiply",
  "multiply plain",
  "relinearise",
  "rescale",
  "multiply + relinearise + rescale",
  "rotate",
  "matrix-vector",
  "dot",
  "sum",
  "inference",
  "aggregation",
  "keygen",
] as const;
export type RowName = (typeof ROW_NAMES)[number];

/** What applies to a case. Sizes are plain numbers: N is 8192 and not 13. */
export interface RowParams {
  readonly N?: number;
  /** log2 Q for CKKS, bits of the modulus for integers. */
  readonly modulusBits?: number;
  /** log2 Q of the peer, where it is another one. */
  readonly peerModulusBits?: number;
  readonly specialBits?: number;
  readonly levels?: number;
  readonly limbs?: number;
  readonly scaleBits?: number;
  /** Measured: -log2 of the largest error. */
  readonly precisionBits?: number;
  readonly keyBits?: number;
  readonly exponentBits?: number;
  /** Items in one call; the times are per item. */
  readonly batch?: number;
  /** Values in a ciphertext, where the times are per value and not per ciphertext. */
  readonly values?: number;
  readonly features?: number;
  readonly outputs?: number;
  /** Evaluation keys where they rest, in MiB, and SEAL's by its formula. */
  readonly keyMiB?: number;
  readonly peerKeyMiB?: number;
  readonly variant?: string;
  /** Counted over one call, not timed: dispatches and bytes that crossed between host and device. */
  readonly dispatches?: number;
  readonly bytesUploaded?: number;
  readonly bytesRead?: number;
  /** Of the time, what the device says that it worked: milliseconds per operation, by its own clock. */
  readonly deviceMs?: number;
  /** From the time and what the operation costs at least (effort.ts): operands and results, and 32-bit multiplies of the shaders. */
  readonly gigabytesPerSecond?: number;
  readonly gigamultipliesPerSecond?: number;
  /** The multiplies as a share of what the adapter was measured to do in the same run. */
  readonly multiplyShare?: number;
}

export interface Row {
  readonly suite: string;
  readonly name: RowName;
  readonly params: RowParams;
  readonly backend: string;
  readonly isSoftware: boolean;
  readonly threads: number;
  /** Milliseconds per operation: the median over pooled samples. */
  readonly ms: number;
  readonly opsPerSecond: number;
  /** Distance of the quartiles divided by the median. */
  readonly spread: number;
  readonly peer: string | null;
  readonly peerMs: number | null;
  /** peerMs / ms: above 1 we are faster. */
  readonly ratio: number | null;
  /** The same for each bit of modulus: (peerMs / peerModulusBits) / (ms / modulusBits). */
  readonly ratioPerBit: number | null;
  /** Time on one thread divided by this row's, of the same backend in the same run; null on one thread. */
  readonly speedup: number | null;
  /** What the row has to reach, and whether it does; null where nothing was promised. */
  readonly target: Goal | null;
}

export interface Report {
  readonly machine: string;
  readonly node: string;
  readonly commit: string;
  readonly date: string;
  readonly adapter: string;
  /** What the GPU was measured to do at best, in the suites that ask for it. */
  readonly rates?: Rates;
  /** What threads of the machine that share nothing do together, before and after the run. */
  readonly ceilings?: readonly Ceilings[];
  readonly memory: Memory;
  readonly rows: readonly Row[];
}

/** Refuses a report that sets a software GPU beside a hardware one: the two say nothing about each other. */
export function checkAdapters(rows: readonly Row[]): void {
  const natures = new Set(rows.filter((row) => row.backend === "webgpu").map((row) => row.isSoftware));
  if (natures.size > 1) throw new Error("a report holds either software or hardware GPU rows, got both; run them apart");
}
