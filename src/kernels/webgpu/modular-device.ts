/** The dispatches of big-integer kernels for one modulus: shaders, constants and the words of their uniforms. */
import { type MontgomeryConstants, montgomeryConstants, toLimbs } from "../../math/limbs.js";
import type { GpuContext } from "./context.js";
import type { GpuMemory } from "./memory.js";
import { type Geometry, planGeometry } from "./modular-geometry.js";
import { HARDWARE_BUDGET, type Slice, SOFTWARE_BUDGET, slices } from "./modular-slices.js";
import type { GpuPipeline } from "./pipelines.js";

/** Numbers at rest: items of a memory from `start` on, in Montgomery form, lazily below 2m, limbs at most 2^LIMB_BITS. */
export interface Numbers {
  readonly memory: GpuMemory;
  readonly start: number;
  readonly batch: number;
}

/** An index that stands for the number 1 in {@link ModularDevice.products}. */
export const NONE = 0xffffffff;

/** Rows of window tables: table[row][j] = base of the row to the power j, j < size. */
export interface WindowTable {
  readonly memory: GpuMemory;
  readonly size: number;
}

/** One run of modular_power over items [start, start + count) of `out`; see shaders/entry/modular_power.wgsl. */
export interface PowerRun {
  readonly out: GpuMemory;
  readonly table: WindowTable;
  readonly digits: GpuMemory;
  readonly digitStride: number;
  readonly start: number;
  readonly count: number;
  readonly rows: number;
  readonly rowStart: number;
  readonly rowsPerWindow: number;
  readonly squarings: number;
  readonly windows: number;
}

/** What tests choose. */
export interface ModularOptions {
  /** Lays numbers out as for a software or a hardware adapter, whatever this one is. */
  readonly isSoftware?: boolean;
  /** Limb multiply-adds of a dispatch, instead of the adapter's budget. */
  readonly budget?: number;
}

type Entry = "modular_multiply" | "modular_products" | "modular_table" | "modular_power";
const ENTRIES: readonly Entry[] = ["modular_multiply", "modular_products", "modular_table", "modular_power"];

/** The constants of a modulus that nobody uses any more go back to the pool. */
const forgotten = new FinalizationRegistry<GpuMemory>((numbers) => numbers.release());

export class ModularDevice {
  private constructor(
    readonly context: GpuContext,
    readonly geometry: Geometry,
    readonly constants: MontgomeryConstants,
    private readonly pipelines: Readonly<Record<Entry, GpuPipeline>>,
    private readonly numbers: GpuMemory,
    private readonly budget: number,
  ) {}

  /**
   * Compiles and uploads what the modulus needs.
   * Rejects with LimitError where the adapter is too small, before any work.
   */
  static async create(context: GpuContext, modulus: bigint, options: ModularOptions = {}): Promise<ModularDevice> {
    const { isSoftware = context.isSoftware, budget = isSoftware ? SOFTWARE_BUDGET : HARDWARE_BUDGET } = options;
    const geometry = planGeometry(modulus, context.limits, isSoftware);
    const { limbBits, limbs, blocks, lanes, numbers, foldBlocks } = geometry;
    const shader = { LIMB_BITS: limbBits, BLOCKS: blocks, LANES: lanes, NUMBERS: numbers, FOLD_BLOCKS: foldBlocks };
    const pipelines = await Promise.all(
      ENTRIES.map(async (entry) => [entry, await context.pipeline({ entry, constants: shader })] as const),
    );
    const constants = montgomeryConstants(modulus, limbBits, limbs);
    const items = [modulus, constants.inverse, constants.one, constants.square, 1n];
    const words = new Uint32Array(items.length * limbs);
    for (const [i, value] of items.entries()) toLimbs(value, limbBits, limbs, words, i * limbs);
    const memory = context.upload(words, "modular constants");
    const compiled = Object.fromEntries(pipelines) as Record<Entry, GpuPipeline>;
    const device = new ModularDevice(context, geometry, constants, compiled, memory, budget);
    forgotten.register(device, memory, device);
    return device;
  }

  /** R^2 mod m: a product with it takes a number to Montgomery form. */
  get square(): Numbers {
    return { memory: this.numbers, start: 3, batch: 1 };
  }

  /** The plain number 1: a product with it takes a number out of Montgomery form, to at most m. */
  get unit(): Numbers {
    return { memory: this.numbers, start: 4, batch: 1 };
  }

  allocate(batch: number, what: string): GpuMemory {
    return this.context.allocate(batch * this.geometry.bytes, what);
  }

  /** out[i] = x[i mod x.batch] y[i mod y.batch] / R for i < batch. */
  multiply(out: GpuMemory, batch: number, x: Numbers, y: Numbers): void {
    this.#dispatch("modular_multiply", batch, 1, 1, [this.numbers, x.memory, y.memory, out], ({ start, end }) => [
      start,
      end,
      x.start,
      x.batch,
      y.start,
      y.batch,
    ]);
  }

  /** out[outStart + g] = the product of x over indices[g * width ...], for indices.length / width groups. */
  products(out: GpuMemory, outStart: number, x: Numbers, indices: Uint32Array, width: number): void {
    const list = this.context.upload(indices, "product indices");
    const groups = indices.length / width;
    this.#dispatch("modular_products", groups, 1, width, [this.numbers, x.memory, list, out], ({ start, end }) => [
      start,
      end,
      x.start,
      outStart,
      width,
    ]);
    list.release();
  }

  /** The rows of powers below `size` of x; their owner releases the memory. */
  windowTable(x: Numbers, size: number): WindowTable {
    const memory = this.allocate(x.batch * size, "window table");
    this.#dispatch("modular_table", x.batch, size - 1, 1, [this.numbers, x.memory, memory], ({ start, end, from, to }) => [
      start,
      end,
      x.start,
      size,
      from + 1,
      to + 1,
    ]);
    return { memory, size };
  }

  power(run: PowerRun): void {
    const bindings = [this.numbers, run.table.memory, run.digits, run.out];
    this.#dispatch("modular_power", run.count, run.windows, run.squarings + 1, bindings, ({ start, end, from, to }) => [
      run.start + start,
      run.start + end,
      run.rows,
      run.rowStart,
      run.rowsPerWindow,
      run.table.size,
      run.squarings,
      from,
      to,
      run.digitStride,
    ]);
  }

  /** Records the slices of one kernel. Each of several goes to the queue by itself: a watchdog times whole submissions. */
  #dispatch(
    entry: Entry,
    items: number,
    steps: number,
    productsPerStep: number,
    bindings: readonly GpuMemory[],
    uniforms: (slice: Slice) => number[],
  ): void {
    const { limbs, numbers } = this.geometry;
    const all = [...slices(items, steps, { limbs, numbers, productsPerStep, budget: this.budget })];
    for (const slice of all) {
      this.context.record(this.pipelines[entry], bindings, uniforms(slice), slice.groups);
      if (all.length > 1) this.context.submit();
    }
  }

  dispose(): void {
    forgotten.unregister(this);
    this.numbers.release();
  }
}
