/** The backends that are compared with bigint, opened for a test file and closed after it. */
import { afterAll, beforeAll } from "vitest";
import { BigintBackend } from "../../src/kernels/bigint/index.js";
import type { KernelBackend } from "../../src/kernels/interface.js";
import { WasmBackend } from "../../src/kernels/wasm/index.js";
import { WebGpuBackend } from "../../src/kernels/webgpu/index.js";

/** A backend under the name by which a failure calls it. */
export interface NamedBackend {
  readonly label: string;
  readonly backend: KernelBackend;
}

const OPEN: Readonly<Record<string, () => Promise<KernelBackend>>> = {
  webgpu: () => WebGpuBackend.create(),
  "wasm on one thread": () => WasmBackend.create({ threads: 1 }),
  "wasm on two threads": () => WasmBackend.create({ threads: 2 }),
  "wasm without shared memory": () => WasmBackend.create({ shared: false }),
};

/** The specification and everything that must equal it. Call it at the top of a file. */
export function useBackends(): { bigint(): KernelBackend; others(): readonly NamedBackend[] } {
  let bigint: KernelBackend | undefined;
  const others: NamedBackend[] = [];
  beforeAll(async () => {
    bigint = await BigintBackend.create();
    for (const [label, open] of Object.entries(OPEN)) others.push({ label, backend: await open() });
  });
  afterAll(async () => {
    await bigint?.close();
    for (const { backend } of others) await backend.close();
  });
  return { bigint: () => bigint!, others: () => others };
}
