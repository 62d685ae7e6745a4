/**
 * What the kernels of this backend run on: memory that lies in WebAssembly, and commands that threads carry out in
 * the order of their recording. Drivers (ring/, modular/, host/) see no thread, no message and no memory object.
 */
import type { PackedReadOptions } from "../interface.js";

/** A range of WebAssembly memory, aligned to 64 bytes; its contents are undefined until written. */
export interface Block {
  readonly bytes: number;
  /** Valid until the next turn of the event loop: memory moves when it shrinks. Read it when recording, never keep it. */
  readonly address: number;
  /** One more owner. */
  retain(): Block;
  /** One owner less; with the last, the memory is used again once what was recorded before has been carried out. */
  release(): void;
}

export interface Runtime {
  /** Threads that share the tasks of a command. */
  readonly threads: number;
  /** Memory with one owner. Throws LimitError where WebAssembly can hold no more, LifetimeError after close. */
  allocate(bytes: number): Block;
  /**
   * The same for what commands alone write, and {@link write} never. It may be memory that recorded commands still use, of a
   * result that was released since: they come first.
   */
  allocateResult(bytes: number): Block;
  /** Copies `data` into a block before what is recorded after this call; never into a block that recorded work reads or writes. */
  write(block: Block, data: ArrayBufferView, byteOffset?: number): void;
  /**
   * Records one command: `kernel` is the name of an export of assembly/index.ts, or of a kernel of the workers' own;
   * `args` are u32 words. Its tasks are shared among threads in runs of `chunk` (a fair share where not given); every
   * command sees all that the earlier ones wrote. `workBytes` tells of work beyond what results say, as bytes of results that
   * would take as long.
   */
  record(kernel: string, tasks: number, args: readonly number[], chunk?: number, workBytes?: number): void;
  /**
   * Carries out what is recorded and copies bytes out, to `into` where it is given. Rejects with the signal's reason, or
   * DeviceLostError.
   */
  read(block: Block, byteOffset: number, bytes: number, options?: PackedReadOptions): Promise<Uint8Array>;
  /** Starts and awaits all recorded work. */
  flush(): Promise<void>;
}
