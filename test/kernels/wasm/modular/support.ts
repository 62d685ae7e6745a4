/** Modular kernels on a runtime of the test's own thread, which counts the blocks that are still owned. No test runner in here. */
import type { ModulusDeclaration } from "../../../../src/kernels/interface.js";
import { WasmModularKernels } from "../../../../src/kernels/wasm/modular/modular.js";
import type { Block, Runtime } from "../../../../src/kernels/wasm/runtime.js";
import { extraKernels } from "../../../../src/kernels/wasm/worker/openssl.js";
import { directRuntime } from "../../../support/direct-runtime.js";

export interface TestRuntime extends Runtime {
  /** Blocks that somebody owns. */
  live(): number;
  /** Names of the kernels recorded so far. */
  readonly recorded: string[];
}

/** The drivers cut work by `threads`; it runs on one all the same. */
export async function testRuntime(threads = 1): Promise<TestRuntime> {
  const direct = await directRuntime();
  const extras = extraKernels(direct.memory);
  const recorded: string[] = [];
  let live = 0;
  const owned = (inner: Block): Block => {
    let owners = 1;
    live++;
    const block: Block = {
      bytes: inner.bytes,
      get address() {
        if (owners === 0) throw new Error("a block used after its release");
        return inner.address;
      },
      retain() {
        owners++;
        return block;
      },
      release() {
        if (owners === 0) throw new Error("a block released twice");
        if (--owners === 0) live--;
      },
    };
    return block;
  };
  return {
    threads,
    recorded,
    live: () => live,
    allocate: (bytes) => owned(direct.allocate(bytes)),
    allocateResult: (bytes) => owned(direct.allocateResult(bytes)),
    write: (block, data, byteOffset) => direct.write(block, data, byteOffset),
    record(kernel, tasks, args, chunk) {
      recorded.push(kernel);
      const extra = extras[kernel];
      if (extra === undefined) return direct.record(kernel, tasks, args, chunk);
      const words = direct.allocate(4 * args.length);
      direct.write(words, Uint32Array.from(args));
      extra(words.address, 0, tasks);
    },
    read: (block, byteOffset, bytes, options) => direct.read(block, byteOffset, bytes, options),
    flush: () => direct.flush(),
  };
}

export async function testKernels(
  declaration: ModulusDeclaration,
  { threads = 1, openssl = false } = {},
): Promise<{ k: WasmModularKernels; runtime: TestRuntime }> {
  const runtime = await testRuntime(threads);
  return { k: WasmModularKernels.create(runtime, declaration, { openssl }), runtime };
}
