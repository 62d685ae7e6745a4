/**
 * Modular kernels on big integers. Numbers rest in Montgomery form, lazily below 2m; `read` brings them to [0, m).
 * The arithmetic is in shaders/limbs, its dispatches in modular-device.ts; here is the contract.
 */
import { fromLimbs, toLimbs } from "../../math/limbs.js";
import type { FixedBaseTable, ModularHandle, ModularKernels, ModulusDeclaration, ReadOptions } from "../interface.js";
import * as shapes from "../shapes.js";
import type { GpuContext } from "./context.js";
import type { GpuMemory } from "./memory.js";
import { ModularDevice, type ModularOptions, NONE, type Numbers } from "./modular-device.js";
import { GpuFixedBaseTable, GpuModularHandle } from "./modular-handle.js";
import { exponentDigits, longestExponent, windowBits } from "./modular-windows.js";

/** Bytes of window tables in one go; a batch whose tables are larger is taken in parts. */
const TABLE_BYTES = { hardware: 2 ** 28, software: 2 ** 27 } as const;

/**
 * Windows of a fixed-base table. Every entry of a row is read for each product, so that no address depends on the
 * exponent; beyond 5 bits the reading costs more than the products it saves. A software adapter takes 4: there the
 * building of the table weighs more.
 */
const FIXED_BASE_BITS = { hardware: 5, software: 4 } as const;

/**
 * Kernels modulo n^power on this device. Rejects with ParameterError for an even or too small n, with LimitError for a
 * modulus over 8192 bits or beyond the adapter, and as {@link GpuContext.pipeline} does.
 */
export async function createModularKernels(
  context: GpuContext,
  declaration: ModulusDeclaration,
  options: ModularOptions = {},
): Promise<ModularKernels> {
  const modulus = shapes.checkModulus(declaration);
  return new GpuModularKernels(modulus, await ModularDevice.create(context, modulus, options));
}

class GpuModularKernels implements ModularKernels {
  constructor(
    readonly modulus: bigint,
    private readonly device: ModularDevice,
  ) {}

  upload(values: readonly bigint[]): ModularHandle {
    shapes.checkIntegers(values, this.modulus);
    const plain = this.#plain(values);
    return this.#using(plain.memory, () =>
      this.#make(values.length, "numbers", (out) => this.device.multiply(out, values.length, plain, this.device.square)),
    );
  }

  async read(a: ModularHandle, options: ReadOptions = {}): Promise<bigint[]> {
    const { batch } = a;
    const { limbs, limbBits } = this.device.geometry;
    const out = this.device.allocate(batch, "canonical numbers");
    try {
      this.device.multiply(out, batch, this.#numbers(a), this.device.unit);
      const bytes = await this.device.context.read(out, options);
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, batch * limbs);
      const values = Array.from({ length: batch }, (_, i) => {
        const value = fromLimbs(words, limbBits, limbs, i * limbs);
        return value < this.modulus ? value : value - this.modulus;
      });
      words.fill(0);
      return values;
    } finally {
      out.release();
    }
  }

  multiply(a: ModularHandle, b: ModularHandle): ModularHandle {
    const [x, y] = [this.#numbers(a), this.#numbers(b)];
    shapes.checkBroadcast(a.batch, b.batch);
    return this.#make(a.batch, "products", (out) => this.device.multiply(out, a.batch, x, y));
  }

  /** A binary tree: as many levels as the longest group asks for, one dispatch each. */
  products(a: ModularHandle, groups: readonly (readonly number[])[]): ModularHandle {
    const x = this.#numbers(a);
    shapes.checkIndexGroups(groups, a.batch);
    let { lists, product } = this.#level(x, groups);
    while (lists.some((list) => list.length > 1)) {
      const below = product;
      ({ lists, product } = this.#using(below.memory, () => this.#level(below, lists)));
    }
    return new GpuModularHandle(this, this.modulus, groups.length, product.memory);
  }

  /** Multiplies neighbours of each list; gives the products and their lists. An empty list gives a 1. */
  #level(x: Numbers, lists: readonly (readonly number[])[]): { readonly lists: number[][]; readonly product: Numbers } {
    const width = lists.some((list) => list.length > 1) ? 2 : 1;
    const pairs = lists.map((list) => Math.max(1, Math.ceil(list.length / 2)));
    const batch = pairs.reduce((sum, count) => sum + count, 0);
    const indices = new Uint32Array(batch * width).fill(NONE);
    let next = 0;
    const products = lists.map((list, g) => {
      indices.set(list, next * width);
      const first = next;
      next += pairs[g];
      return Array.from({ length: pairs[g] }, (_, i) => first + i);
    });
    const memory = this.device.allocate(batch, "product tree");
    this.device.products(memory, 0, x, indices, width);
    return { lists: products, product: { memory, start: 0, batch } };
  }

  power(a: ModularHandle, exponents: bigint | readonly bigint[]): ModularHandle {
    const x = this.#numbers(a);
    const batch = shapes.checkExponents(exponents, a.batch);
    const list = typeof exponents === "bigint" ? [exponents] : exponents;
    const bits = longestExponent(list);
    if (bits === 0) return this.#ones(batch);
    const width = windowBits(bits);
    const windows = Math.ceil(bits / width);
    const digits = this.#digits(list, width, windows, false);
    const size = 2 ** width;
    const { context, geometry } = this.device;
    const most = context.isSoftware ? TABLE_BYTES.software : TABLE_BYTES.hardware;
    const tableBytes = Math.min(most, context.limits.maxStorageBufferBindingSize);
    // Parts of one size: a last one of a few rows would leave the device empty.
    const parts = Math.ceil(a.batch / Math.max(1, Math.floor(tableBytes / (size * geometry.bytes))));
    const part = Math.ceil(a.batch / parts);
    const record = (out: GpuMemory) => {
      for (let row = 0; row < a.batch; row += part) {
        const count = Math.min(part, a.batch - row);
        const table = this.device.windowTable({ memory: x.memory, start: x.start + row, batch: count }, size);
        for (let item = row; item < batch; item += a.batch) {
          this.device.power({
            out,
            table,
            digits,
            digitStride: list.length === 1 ? 0 : windows,
            start: item,
            // All items at once where all rows are there.
            count: count === a.batch ? batch : count,
            rows: a.batch,
            rowStart: row,
            rowsPerWindow: 0,
            squarings: width,
            windows,
          });
          if (count === a.batch) break;
        }
        table.memory.release();
      }
    };
    return this.#using(digits, () => this.#make(batch, "powers", record));
  }

  /** All powers side by side, those of exponent 0 left out, then one product tree for each result. */
  multiPower(a: ModularHandle, exponents: readonly (readonly bigint[])[], groups: number): ModularHandle {
    this.#numbers(a);
    const terms = shapes.checkGroups(a.batch, groups);
    shapes.checkExponentRows(exponents, terms);
    const bases: number[][] = [];
    const powers: bigint[] = [];
    const lists: number[][] = [];
    for (let g = 0; g < groups; g++) {
      for (const row of exponents) {
        const list: number[] = [];
        row.forEach((e, k) => {
          if (e === 0n) return;
          list.push(bases.push([g * terms + k]) - 1);
          powers.push(e);
        });
        lists.push(list);
      }
    }
    if (bases.length === 0) return this.#ones(lists.length);
    const gathered = this.products(a, bases);
    try {
      const raised = this.power(gathered, powers);
      try {
        return this.products(raised, lists);
      } finally {
        raised.dispose();
      }
    } finally {
      gathered.dispose();
    }
  }

  /** The powers base^(2^(w i)) come from the host, some 30 us a squaring at 6144 bits; their multiples from the device. */
  fixedBase(base: bigint, exponentBits: number): FixedBaseTable {
    shapes.checkIntegers([base], this.modulus);
    shapes.checkCount("exponent bits", exponentBits, 1, 8192);
    const width = this.device.context.isSoftware ? FIXED_BASE_BITS.software : FIXED_BASE_BITS.hardware;
    const bases = [base];
    while (bases.length * width < exponentBits) {
      let next = bases[bases.length - 1];
      for (let s = 0; s < width; s++) next = (next * next) % this.modulus;
      bases.push(next);
    }
    const rows = this.upload(bases) as GpuModularHandle;
    try {
      const table = this.device.windowTable(rows.numbers(this), 2 ** width);
      return new GpuFixedBaseTable(this, base, exponentBits, width, table);
    } finally {
      rows.dispose();
    }
  }

  fixedBasePower(table: FixedBaseTable, exponents: readonly bigint[]): ModularHandle {
    const known = table instanceof GpuFixedBaseTable && table.owner === this ? table : undefined;
    shapes.checkFixedBase(known !== undefined, exponents, table.exponentBits);
    const { windowBits: width, table: rows } = known as GpuFixedBaseTable;
    const windows = Math.ceil(table.exponentBits / width);
    const digits = this.#digits(exponents, width, windows, true);
    const record = (out: GpuMemory) =>
      this.device.power({
        out,
        table: rows,
        digits,
        digitStride: windows,
        start: 0,
        count: exponents.length,
        rows: 1,
        rowStart: 0,
        rowsPerWindow: 1,
        squarings: 0,
        windows,
      });
    return this.#using(digits, () => this.#make(exponents.length, "fixed-base powers", record));
  }

  slice(a: ModularHandle, start: number, count: number): ModularHandle {
    const x = this.#numbers(a);
    shapes.checkSlice(start, count, a.batch);
    return new GpuModularHandle(this, this.modulus, count, x.memory.retain(), x.start + start);
  }

  /** One copy for each run of neighbours that share a memory. */
  concat(parts: readonly ModularHandle[]): ModularHandle {
    shapes.checkCount("parts", parts.length, 1);
    const numbers = parts.map((part) => this.#numbers(part));
    const batch = numbers.reduce((sum, x) => sum + x.batch, 0);
    return this.#make(batch, "joined numbers", (out) => {
      for (let i = 0, at = 0; i < numbers.length; ) {
        const { memory } = numbers[i];
        const indices: number[] = [];
        for (; i < numbers.length && numbers[i].memory === memory; i++) {
          for (let k = 0; k < numbers[i].batch; k++) indices.push(numbers[i].start + k);
        }
        this.device.products(out, at, { memory, start: 0, batch: 0 }, Uint32Array.from(indices), 1);
        at += indices.length;
      }
    });
  }

  #numbers(a: ModularHandle): Numbers {
    return shapes.checkKind(a, GpuModularHandle).numbers(this);
  }

  /** Fills new memory by `record`; gives it back where that throws. */
  #make(batch: number, what: string, record: (out: GpuMemory) => void): ModularHandle {
    const out = this.device.allocate(batch, what);
    try {
      record(out);
    } catch (error) {
      out.release();
      throw error;
    }
    return new GpuModularHandle(this, this.modulus, batch, out);
  }

  /** Gives memory back after the work that it was made for is recorded, or has thrown. */
  #using<T>(memory: GpuMemory, record: () => T): T {
    try {
      return record();
    } finally {
      memory.release();
    }
  }

  #ones(batch: number): ModularHandle {
    const none = new Uint32Array(batch).fill(NONE);
    return this.#make(batch, "ones", (out) => this.device.products(out, 0, this.device.unit, none, 1));
  }

  /** Uploads values as they are, not in Montgomery form. */
  #plain(values: readonly bigint[]): Numbers {
    const { limbs, limbBits } = this.device.geometry;
    const words = new Uint32Array(values.length * limbs);
    for (const [i, value] of values.entries()) toLimbs(value, limbBits, limbs, words, i * limbs);
    const memory = this.device.context.upload(words, "plain numbers");
    words.fill(0);
    return { memory, start: 0, batch: values.length };
  }

  /** Uploads exponents as digits; they may be secret, so nothing of them stays on the host. */
  #digits(exponents: readonly bigint[], width: number, windows: number, ascending: boolean): GpuMemory {
    const digits = exponentDigits(exponents, width, windows, ascending);
    const memory = this.device.context.upload(digits, "exponent digits");
    digits.fill(0);
    return memory;
  }
}
