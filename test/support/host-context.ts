/** A RingContext without ring kernels: prime records that hold the prime alone. For tests of the host kernels. */
import type { RingHandle } from "../../src/kernels/interface.js";
import type { RingContext } from "../../src/kernels/wasm/host/context.js";
import type { Block, Runtime } from "../../src/kernels/wasm/runtime.js";
import type { directRuntime } from "./direct-runtime.js";

interface Stub {
  readonly handle: RingHandle;
  readonly block: Block;
}

/** Handles of this context, and residues to and from them. */
export interface HostContext extends RingContext {
  upload(residues: Uint32Array, basis: readonly number[]): Promise<RingHandle>;
  read(handle: RingHandle): Promise<Uint32Array>;
}

/** Contexts of any degree on one runtime. */
export function hostContext(runtime: Runtime, degree: number): HostContext {
  const bases = new Map<string, Block>();
  const stubs = new Map<RingHandle, Stub>();
  const context: HostContext = {
    runtime,
    degree,
    basisBlock(basis) {
      let block = bases.get(basis.join());
      if (!block) {
        const records = basis.map((q) => {
          const record = runtime.allocate(64);
          runtime.write(
            record,
            Uint32Array.from({ length: 16 }, (_, i) => (i === 0 ? q : 0)),
          );
          return record.address;
        });
        block = runtime.allocate(4 * basis.length);
        runtime.write(block, Uint32Array.from(records));
        bases.set(basis.join(), block);
      }
      return block;
    },
    make(basis, form, batch) {
      const block = runtime.allocate(4 * degree * basis.length * batch);
      const state = { disposed: false };
      const handle: RingHandle = {
        kind: "ring",
        degree,
        basis,
        form,
        batch,
        get disposed() {
          return state.disposed;
        },
        dispose() {
          state.disposed = true;
        },
      };
      stubs.set(handle, { handle, block });
      return { handle, block };
    },
    locate(handle) {
      return { block: (stubs.get(handle) as Stub).block, byteOffset: 0 };
    },
    async upload(residues, basis) {
      const { handle, block } = context.make(basis, "coefficient", residues.length / basis.length / degree);
      runtime.write(block, residues);
      return handle;
    },
    async read(handle) {
      const { block } = stubs.get(handle) as Stub;
      return new Uint32Array((await runtime.read(block, 0, block.bytes)).buffer);
    },
  };
  return context;
}

/** Whether the scratch of a direct runtime holds nothing but what it was filled with at first, and zeros. */
export function hasWipedScratch({ memory, exports }: Awaited<ReturnType<typeof directRuntime>>): boolean {
  const bytes = new Uint8Array(memory.buffer, (exports.heapBase() + 63) & ~63, exports.SCRATCH_BYTES.value);
  let other = 0;
  for (const byte of bytes) other |= byte === 0xa5 ? 0 : byte;
  return other === 0;
}

/** A runtime that carries out everything twice from the start, as after the death of a worker: commands must bear it. */
export function repeating(runtime: Runtime): Runtime {
  let commands: Parameters<Runtime["record"]>[] = [];
  const finish = () => {
    for (const command of [...commands, ...commands]) runtime.record(...command);
    commands = [];
  };
  return {
    ...runtime,
    record: (...command) => {
      commands.push(command);
    },
    read: (...range) => {
      finish();
      return runtime.read(...range);
    },
    flush: async () => finish(),
  };
}
