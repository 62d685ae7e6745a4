/**
 * Modular kernels in WebAssembly on big integers. Numbers rest as Montgomery residues in the digits of assembly/modular, and
 * come and go as hexadecimal text, which kernels read and write; here is the contract, and how work is cut into tasks.
 */
import { bitLength } from "../../../math/modular.js";
import type { FixedBaseTable, ModularHandle, ModularKernels, ModulusDeclaration, ReadOptions } from "../../interface.js";
import * as shapes from "../../shapes.js";
import type { View } from "../handles.js";
import type { Block, Runtime } from "../runtime.js";
import { modulusContext } from "./context.js";
import { WasmFixedBaseTable, WasmModularHandle } from "./handle.js";
import { textOf, valuesOf } from "./text.js";
import { fixedBaseWindow, longestExponent, powerWindow, tableEntries } from "./windows.js";

/** How modular kernels may work. */
export interface ModularOptions {
  /** Whether the workers have the kernel "opensslPower" (worker/openssl.ts). */
  readonly openssl?: boolean;
}

/** Moduli that OpenSSL's Diffie-Hellman takes, in bits, and the shortest exponent for which its own table pays. */
const OPENSSL = { least: 512, most: 8192, exponent: 256 } as const;

/** Bytes of a thread's scratch that belong to these kernels; what a part of a product of powers takes of it. */
const SCRATCH_BYTES = 2 ** 20;
const POWERS_BYTES = { fixed: 128, term: 24 } as const;

/** Bytes of a task of copying. */
const COPY_BYTES = 2 ** 16;

/** Factors of a task of a product, so that starting it costs little. */
const LEAST_FACTORS = 8;

/** Gives the constants of a modulus back once nobody can use them: a key's secret primes are among them. */
const forgotten = new FinalizationRegistry<readonly Block[]>((blocks) => {
  for (const block of blocks) block.release();
});

export class WasmModularKernels implements ModularKernels {
  readonly modulus: bigint;
  /** u32 words of an integer below m, and bytes of a resident element. */
  readonly #words: number;
  readonly #elementBytes: number;
  readonly #context: Block;
  /** The words of m, for OpenSSL; undefined where it cannot help. */
  readonly #plainModulus: Block | undefined;

  private constructor(
    private readonly runtime: Runtime,
    { n, power }: ModulusDeclaration,
    { openssl = false }: ModularOptions,
  ) {
    this.modulus = power === 2 ? n * n : n;
    const { bytes, words, elementBytes } = modulusContext(n, power);
    this.#words = words;
    this.#elementBytes = elementBytes;
    this.#context = runtime.allocate(bytes.length);
    const owned = [this.#context];
    forgotten.register(this, owned);
    runtime.write(this.#context, bytes);
    bytes.fill(0);
    const bits = bitLength(this.modulus);
    if (openssl && bits >= OPENSSL.least && bits <= OPENSSL.most) {
      this.#plainModulus = this.#integers([this.modulus], words);
      owned.push(this.#plainModulus);
    }
  }

  /** Throws ParameterError for an even or too small n, LimitError for a modulus over 8192 bits or memory that is not there. */
  static create(runtime: Runtime, declaration: ModulusDeclaration, options: ModularOptions = {}): WasmModularKernels {
    shapes.checkModulus(declaration);
    return new WasmModularKernels(runtime, declaration, options);
  }

  upload(values: readonly bigint[]): ModularHandle {
    shapes.checkIntegers(values, this.modulus);
    return this.#make(values.length, (out) => {
      this.#using(this.#text(values, this.#words), (text) =>
        this.runtime.record("modularUpload", values.length, [this.#context.address, out.address, text.address]),
      );
    });
  }

  async read(a: ModularHandle, options: ReadOptions = {}): Promise<bigint[]> {
    const x = this.#view(a);
    const bytes = a.batch * this.#words * 8;
    const text = this.runtime.allocate(bytes);
    try {
      this.runtime.record("modularRead", a.batch, [this.#context.address, text.address, this.#address(x)]);
      const copy = await this.runtime.read(text, 0, bytes, options);
      const values = await valuesOf(copy, this.#words, { signal: options.signal });
      copy.fill(0);
      return values;
    } finally {
      text.release();
    }
  }

  multiply(a: ModularHandle, b: ModularHandle): ModularHandle {
    const [x, y] = [this.#view(a), this.#view(b)];
    shapes.checkBroadcast(a.batch, b.batch);
    return this.#make(a.batch, (out) =>
      this.runtime.record("modularMultiply", a.batch, [
        ...[this.#context.address, out.address, this.#address(x), this.#address(y), b.batch],
      ]),
    );
  }

  /** Chains of products; where the groups are too few for all threads, each is cut into runs whose products are multiplied then. */
  products(a: ModularHandle, groups: readonly (readonly number[])[]): ModularHandle {
    const x = this.#view(a);
    shapes.checkIndexGroups(groups, a.batch);
    const factors = groups.reduce((sum, group) => sum + group.length, 0);
    const run =
      groups.length >= 2 * this.runtime.threads
        ? Number.POSITIVE_INFINITY
        : Math.max(LEAST_FACTORS, Math.ceil(factors / (4 * this.runtime.threads)));
    if (this.runtime.threads === 1 || groups.every((group) => group.length <= run)) return this.#chains(x, groups);
    const runs: (readonly number[])[] = [];
    const lists = groups.map((group) => {
      const list: number[] = [];
      for (let at = 0; at < group.length; at += run) list.push(runs.push(group.slice(at, at + run)) - 1);
      return list;
    });
    const partial = this.#chains(x, runs);
    try {
      return this.#chains(partial.view(this), lists);
    } finally {
      partial.dispose();
    }
  }

  power(a: ModularHandle, exponents: bigint | readonly bigint[]): ModularHandle {
    const x = this.#view(a);
    const batch = shapes.checkExponents(exponents, a.batch);
    const list = typeof exponents === "bigint" ? [exponents] : exponents;
    const bits = longestExponent(list);
    const words = Math.max(1, Math.ceil(bits / 32));
    return this.#make(batch, (out) =>
      this.#using(this.#integers(list, words), (block) => {
        const record = (flags: number, done: number) =>
          this.runtime.record("modularPower", batch, [
            ...[this.#context.address, out.address, this.#address(x), a.batch],
            ...[block.address, list.length === 1 ? 0 : 4 * (words + 1), bits, powerWindow(bits), flags, done],
          ]);
        const isShared = list.length === 1 && batch === a.batch;
        if (this.#plainModulus !== undefined && isShared && bits >= OPENSSL.exponent)
          this.#opensslPower(x, batch, this.#plainModulus, block, words, record);
        else record(0, 0);
      }),
    );
  }

  multiPower(a: ModularHandle, exponents: readonly (readonly bigint[])[], groups: number): ModularHandle {
    const x = this.#view(a);
    const terms = shapes.checkGroups(a.batch, groups);
    shapes.checkExponentRows(exponents, terms);
    // As many terms as the scratch holds make a part; more parts than that only to give every thread something to do.
    const most = Math.floor((SCRATCH_BYTES - POWERS_BYTES.fixed) / (this.#elementBytes + POWERS_BYTES.term)) - 2;
    const outputs = exponents.length;
    const wanted = Math.ceil(this.runtime.threads / (groups * outputs));
    const size = Math.ceil(terms / Math.max(Math.ceil(terms / most), Math.min(wanted, Math.floor(terms / LEAST_FACTORS)), 1));
    const parts = Math.ceil(terms / size);
    const list = exponents.flat();
    const words = Math.max(1, Math.ceil(longestExponent(list) / 32));
    const partial = this.#make(groups * outputs * parts, (out) =>
      this.#using(this.#integers(list, words), (integers) =>
        this.runtime.record("modularMultiPower", groups * outputs * parts, [
          ...[this.#context.address, out.address, this.#address(x)],
          ...[terms, outputs, parts, size, integers.address, words],
        ]),
      ),
    );
    if (parts === 1) return partial;
    try {
      const run = Array.from({ length: parts }, (_, part) => part);
      return this.#chains(
        partial.view(this),
        Array.from({ length: groups * outputs }, (_, i) => run.map((part) => i * parts + part)),
      );
    } finally {
      partial.dispose();
    }
  }

  fixedBase(base: bigint, exponentBits: number): FixedBaseTable {
    shapes.checkIntegers([base], this.modulus);
    shapes.checkCount("exponent bits", exponentBits, 1, 8192);
    const width = fixedBaseWindow(exponentBits, this.#elementBytes);
    const rows = Math.ceil(exponentBits / width);
    const first = this.upload([base]) as WasmModularHandle;
    const table = this.runtime.allocate(tableEntries(exponentBits, width) * this.#elementBytes);
    this.#using(this.runtime.allocate(rows * this.#elementBytes), ({ address }) => {
      const base = this.#address(first.view(this));
      this.runtime.record("modularFixedBases", 1, [this.#context.address, address, base, exponentBits, width]);
      this.runtime.record("modularFixedRows", rows, [this.#context.address, table.address, address, exponentBits, width]);
    });
    first.dispose();
    return new WasmFixedBaseTable(this, base, exponentBits, width, table);
  }

  fixedBasePower(table: FixedBaseTable, exponents: readonly bigint[]): ModularHandle {
    const known = table instanceof WasmFixedBaseTable && table.owner === this ? table : undefined;
    shapes.checkFixedBase(known !== undefined, exponents, table.exponentBits);
    const { block, width, exponentBits } = known as WasmFixedBaseTable;
    const words = Math.ceil(exponentBits / 32);
    return this.#make(exponents.length, (out) =>
      this.#using(this.#integers(exponents, words), (integers) => {
        const args = [this.#context.address, out.address, block.address, integers.address, 4 * (words + 1), exponentBits, width];
        // One run a thread: the longer a run, the fewer times the table is fetched from far memory.
        this.runtime.record("modularFixedPower", exponents.length, args, Math.ceil(exponents.length / this.runtime.threads));
      }),
    );
  }

  slice(a: ModularHandle, start: number, count: number): ModularHandle {
    const x = this.#view(a);
    shapes.checkSlice(start, count, a.batch);
    const byteOffset = x.byteOffset + start * this.#elementBytes;
    return new WasmModularHandle(this, this.modulus, count, { block: x.block.retain(), byteOffset });
  }

  concat(parts: readonly ModularHandle[]): ModularHandle {
    shapes.checkCount("parts", parts.length, 1);
    const all = parts.map((part) => ({ view: this.#view(part), bytes: part.batch * this.#elementBytes }));
    const batch = parts.reduce((sum, part) => sum + part.batch, 0);
    return this.#make(batch, (out) => {
      let target = out.address;
      for (const { view, bytes } of all) {
        const tasks = Math.ceil(bytes / COPY_BYTES);
        const last = bytes - (tasks - 1) * COPY_BYTES;
        this.runtime.record("copy", tasks, [target, this.#address(view), COPY_BYTES, last, tasks]);
        target += bytes;
      }
    });
  }

  /** result[g] = the product of elements of x over groups[g], one task a group. */
  #chains(x: View, groups: readonly (readonly number[])[]): WasmModularHandle {
    const starts = [0];
    for (const group of groups) starts.push(starts[starts.length - 1] + group.length);
    const words = new Uint32Array(starts.length + starts[groups.length]);
    words.set(starts);
    groups.forEach((group, g) => {
      words.set(group, starts.length + starts[g]);
    });
    return this.#make(groups.length, (out) =>
      this.#using(this.#data(words), (block) =>
        this.runtime.record("modularProducts", groups.length, [
          ...[this.#context.address, out.address, this.#address(x)],
          ...[block.address + 4 * starts.length, block.address],
        ]),
      ),
    );
  }

  /** Powers by OpenSSL, then by `record` those that it refused. */
  #opensslPower(
    x: View,
    batch: number,
    modulus: Block,
    exponent: Block,
    exponentWords: number,
    record: (flags: number, done: number) => void,
  ): void {
    const bytes = 4 * batch * this.#words;
    this.#using(this.runtime.allocate(2 * bytes + 4 * batch), ({ address }) => {
      const [bases, powers, flags] = [address, address + bytes, address + 2 * bytes];
      this.runtime.record("modularWords", batch, [this.#context.address, bases, this.#address(x)]);
      this.runtime.record("opensslPower", batch, [
        ...[modulus.address, this.#words, exponent.address, exponentWords],
        ...[bases, powers, flags],
      ]);
      record(flags, powers);
    });
  }

  #view(a: ModularHandle): View {
    return shapes.checkKind(a, WasmModularHandle).view(this);
  }

  #address({ block, byteOffset }: View): number {
    return block.address + byteOffset;
  }

  /** Fills new elements by `record`; gives their memory back where that throws. */
  #make(batch: number, record: (out: Block) => void): WasmModularHandle {
    const out = this.runtime.allocateResult(batch * this.#elementBytes);
    try {
      record(out);
    } catch (error) {
      out.release();
      throw error;
    }
    return new WasmModularHandle(this, this.modulus, batch, { block: out, byteOffset: 0 });
  }

  /** Gives a block back after the work that it was made for is recorded, or has thrown. */
  #using(block: Block, record: (block: Block) => void): void {
    try {
      record(block);
    } finally {
      block.release();
    }
  }

  #data(data: Uint8Array | Uint32Array): Block {
    const block = this.runtime.allocate(data.byteLength);
    this.runtime.write(block, data);
    return block;
  }

  /** Text of values that may be secret: nothing of it stays on the host but what the engine keeps of its strings. */
  #text(values: readonly bigint[], words: number): Block {
    const text = textOf(values, words);
    try {
      return this.#data(text);
    } finally {
      text.fill(0);
    }
  }

  /** Integers as rows of words, with one word of zeros behind each. */
  #integers(values: readonly bigint[], words: number): Block {
    const out = this.runtime.allocate(values.length * 4 * (words + 1));
    this.#using(this.#text(values, words), (text) =>
      this.runtime.record("modularExponents", values.length, [out.address, text.address, words]),
    );
    return out;
  }
}
