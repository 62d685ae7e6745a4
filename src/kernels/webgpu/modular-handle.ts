/** Batches of integers on the device, and tables of a fixed base, as the contract shows them. */
import type { FixedBaseTable, ModularHandle } from "../interface.js";
import { checkHandle } from "../shapes.js";
import { unwatchHandle, watchHandle } from "./leaks.js";
import type { GpuMemory } from "./memory.js";
import type { Numbers, WindowTable } from "./modular-device.js";

/** Owns one reference to its memory. */
export class GpuModularHandle implements ModularHandle {
  readonly kind = "modular";
  #memory: GpuMemory | undefined;

  constructor(
    private readonly owner: object,
    readonly modulus: bigint,
    readonly batch: number,
    memory: GpuMemory,
    private readonly start = 0,
  ) {
    this.#memory = memory;
    watchHandle(this, memory, `modular handle [${batch}]`);
  }

  get disposed(): boolean {
    return this.#memory === undefined;
  }

  /** Where the numbers lie. Throws LifetimeError for a disposed handle or one of other kernels. */
  numbers(owner: object): Numbers {
    return { memory: checkHandle(this.#memory, this.owner, owner), start: this.start, batch: this.batch };
  }

  /** Work already recorded keeps what it needs; the memory is overwritten once nobody refers to it. */
  dispose(): void {
    if (this.#memory === undefined) return;
    unwatchHandle(this);
    this.#memory.release();
    this.#memory = undefined;
  }
}

/** table[i][j] = base^(j 2^(windowBits i)). */
export class GpuFixedBaseTable implements FixedBaseTable {
  #table: WindowTable | undefined;

  constructor(
    readonly owner: object,
    readonly base: bigint,
    readonly exponentBits: number,
    readonly windowBits: number,
    table: WindowTable,
  ) {
    this.#table = table;
    watchHandle(this, table.memory, `fixed-base table [${table.size}]`);
  }

  /** Throws LifetimeError after dispose(). */
  get table(): WindowTable {
    return checkHandle(this.#table, this.owner, this.owner);
  }

  dispose(): void {
    if (this.#table === undefined) return;
    unwatchHandle(this);
    this.#table.memory.release();
    this.#table = undefined;
  }
}
