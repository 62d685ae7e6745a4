/** A Runtime without threads: commands run at once on the caller's thread. For tests of kernels and of their drivers. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Block, Runtime } from "../../src/kernels/wasm/runtime.js";

type Kernel = (args: number, first: number, count: number) => void;
interface Exports {
  setScratch(address: number): void;
  heapBase(): number;
  SCRATCH_BYTES: WebAssembly.Global;
  [kernel: string]: unknown;
}

/** Compiles an entry file of assembly/ apart from the rest: while others write theirs. */
function compileEntry(entry: string): Uint8Array<ArrayBuffer> {
  const out = join(mkdtempSync(join(tmpdir(), "kernels-")), "kernels.wasm");
  const flags = ["-O3", "--converge", "--noAssert", "--runtime", "stub", "--enable", "simd", "--importMemory"];
  const pages = ["--initialMemory", "16", "--maximumMemory", "65536"];
  execFileSync("npx", ["asc", entry, "--outFile", out, ...flags, ...pages], { stdio: ["ignore", "inherit", "inherit"] });
  return new Uint8Array(readFileSync(out));
}

/** `entry` names a file of assembly/ to compile alone, whose exports must include those of scratch.ts; else the built module. */
export async function directRuntime(
  entry?: string,
): Promise<Runtime & { readonly memory: WebAssembly.Memory; exports: Exports }> {
  const bytes = entry
    ? compileEntry(entry)
    : Uint8Array.from(Buffer.from((await import("../../src/kernels/wasm/generated.js")).localKernels, "base64"));
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory, abort: () => {} } });
  const exports = instance.exports as unknown as Exports;
  let top = (exports.heapBase() + 63) & ~63;

  const allocate = (size: number): Block => {
    const address = top;
    top = address + ((size + 63) & ~63);
    if (top > memory.buffer.byteLength) memory.grow(Math.ceil((top - memory.buffer.byteLength) / 65536));
    // Memory is undefined until written: something that is not zero, so that nobody relies on it.
    new Uint8Array(memory.buffer, address, size).fill(0xa5);
    const block: Block = { bytes: size, address, retain: () => block, release: () => {} };
    return block;
  };
  exports.setScratch(allocate(exports.SCRATCH_BYTES.value).address);

  return {
    threads: 1,
    memory,
    exports,
    allocate,
    allocateResult: allocate,
    write(block, data, byteOffset = 0) {
      if (byteOffset < 0 || byteOffset + data.byteLength > block.bytes) throw new RangeError("a write outside its block");
      new Uint8Array(memory.buffer, block.address + byteOffset, data.byteLength).set(
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      );
    },
    record(kernel, tasks, args) {
      const words = allocate(4 * args.length);
      new Uint32Array(memory.buffer, words.address, args.length).set(args);
      const run = exports[kernel] as Kernel | undefined;
      if (typeof run !== "function") throw new TypeError(`no kernel ${kernel}`);
      // Task by task, as a thread may meet them.
      const half = tasks >> 1;
      if (half > 0) run(words.address, 0, half);
      run(words.address, half, tasks - half);
    },
    async read(block, byteOffset, bytes) {
      return new Uint8Array(memory.buffer, block.address + byteOffset, bytes).slice();
    },
    async flush() {},
  };
}
