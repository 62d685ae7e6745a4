/** The ring kernels of WebAssembly on the caller's thread, beside bigint's: what one computes, the other must compute. */
import { expect } from "vitest";
import { BigintBackend } from "../../src/kernels/bigint/index.js";
import type { RingHandle, RingKernels } from "../../src/kernels/interface.js";
import { WasmRingKernels } from "../../src/kernels/wasm/ring/ring.js";
import { directRuntime } from "./direct-runtime.js";

export interface RingPair {
  readonly wasm: WasmRingKernels;
  readonly bigint: RingKernels;
  /** Runs one computation on both and expects the same residues; returns them. */
  agree(compute: (k: RingKernels) => RingHandle, what?: string): Promise<Uint32Array>;
}

let runtime: ReturnType<typeof directRuntime> | undefined;

/** Kernels for one degree and these primes. All pairs of a file share one runtime, whose memory only grows. */
export async function ringPair(degree: number, primes: readonly number[]): Promise<RingPair> {
  runtime ??= directRuntime();
  const wasm = await WasmRingKernels.create(await runtime, degree, primes);
  const bigint = await (await BigintBackend.create()).ring(degree, primes);
  return {
    wasm,
    bigint,
    async agree(compute, what) {
      const expected = await bigint.read(compute(bigint));
      const got = await wasm.read(compute(wasm));
      expect(got.length).toBe(expected.length);
      // Not toEqual, which takes seconds for long arrays.
      const wrong = expected.findIndex((x, i) => x !== got[i]);
      expect({ wrong, word: got[wrong] }, what).toEqual({ wrong: -1, word: undefined });
      return expected;
    },
  };
}

/** Residues [batch, limb, N] made place by place. */
export function residuesOf(
  degree: number,
  basis: readonly number[],
  batch: number,
  make: (q: number, place: number, item: number) => number,
): Uint32Array {
  const rows = batch * basis.length;
  return Uint32Array.from({ length: rows * degree }, (_, i) => {
    const row = Math.floor(i / degree);
    return make(basis[row % basis.length], i % degree, Math.floor(row / basis.length));
  });
}
