/** Modular kernels on bigint: the specification in obvious code. */
import { powMod } from "../../math/modular.js";
import type { FixedBaseTable, ModularHandle, ModularKernels, ModulusDeclaration, ReadOptions } from "../interface.js";
import * as shapes from "../shapes.js";
import { BigintModularHandle } from "./handles.js";
import type { Cell, Recorder } from "./recorder.js";

const WINDOW_BITS = 8;

/** powers[i][j] = base^(j 2^(8 i)), filled row by row when first needed. */
class BigintFixedBase implements FixedBaseTable {
  readonly powers: bigint[][] = [];

  constructor(
    readonly owner: object,
    readonly base: bigint,
    readonly exponentBits: number,
  ) {}

  /** Fills the table; yields after each row. */
  *fill(m: bigint): Generator<void, void> {
    const windows = Math.ceil(this.exponentBits / WINDOW_BITS);
    let step =
      this.powers.length === 0
        ? this.base
        : (this.powers[this.powers.length - 1][255] * this.powers[this.powers.length - 1][1]) % m;
    while (this.powers.length < windows) {
      const row = [1n];
      for (let j = 1; j < 1 << WINDOW_BITS; j++) row.push((row[j - 1] * step) % m);
      this.powers.push(row);
      step = (row[255] * step) % m;
      yield;
    }
  }

  dispose(): void {
    this.powers.length = 0;
  }
}

export class BigintModularKernels implements ModularKernels {
  readonly modulus: bigint;

  constructor(
    declaration: ModulusDeclaration,
    private readonly recorder: Recorder,
    private readonly count: { uploaded(bytes: number): void; read(bytes: number): void },
  ) {
    this.modulus = shapes.checkModulus(declaration);
  }

  upload(values: readonly bigint[]): ModularHandle {
    shapes.checkIntegers(values, this.modulus);
    this.count.uploaded(values.length * this.#bytes());
    return this.#each(values.length, (i) => values[i]);
  }

  async read(a: ModularHandle, { signal }: ReadOptions = {}): Promise<bigint[]> {
    const cell = this.#cell(a);
    await this.recorder.drain(cell, signal);
    this.count.read(cell.get().length * this.#bytes());
    return [...cell.get()];
  }

  multiply(a: ModularHandle, b: ModularHandle): ModularHandle {
    shapes.checkBroadcast(a.batch, b.batch);
    const [x, y] = [this.#cell(a), this.#cell(b)];
    return this.#each(a.batch, (i) => (x.get()[i] * y.get()[i % b.batch]) % this.modulus);
  }

  products(a: ModularHandle, groups: readonly (readonly number[])[]): ModularHandle {
    shapes.checkIndexGroups(groups, a.batch);
    const x = this.#cell(a);
    return this.#each(groups.length, (g) =>
      groups[g].reduce((result, i) => (result * x.get()[i]) % this.modulus, 1n % this.modulus),
    );
  }

  power(a: ModularHandle, exponents: bigint | readonly bigint[]): ModularHandle {
    const batch = shapes.checkExponents(exponents, a.batch);
    const x = this.#cell(a);
    return this.#each(batch, (i) =>
      powMod(x.get()[i % a.batch], typeof exponents === "bigint" ? exponents : exponents[i], this.modulus),
    );
  }

  multiPower(a: ModularHandle, exponents: readonly (readonly bigint[])[], groups: number): ModularHandle {
    const terms = shapes.checkGroups(a.batch, groups);
    shapes.checkExponentRows(exponents, terms);
    const x = this.#cell(a);
    const m = this.modulus;
    return this.#each(groups * exponents.length, (i) => {
      const [group, row] = [Math.floor(i / exponents.length), exponents[i % exponents.length]];
      return row.reduce((result, e, k) => (result * powMod(x.get()[group * terms + k], e, m)) % m, 1n % m);
    });
  }

  fixedBase(base: bigint, exponentBits: number): FixedBaseTable {
    shapes.checkIntegers([base], this.modulus);
    shapes.checkCount("exponent bits", exponentBits, 1, 8192);
    return new BigintFixedBase(this, base, exponentBits);
  }

  fixedBasePower(table: FixedBaseTable, exponents: readonly bigint[]): ModularHandle {
    const { owner, powers } = table as BigintFixedBase;
    shapes.checkFixedBase(owner === this, exponents, table.exponentBits);
    const m = this.modulus;
    const cell = this.recorder.record(function* () {
      yield* (table as BigintFixedBase).fill(m);
      const out: bigint[] = [];
      for (const e of exponents) {
        let result = 1n % m;
        for (let i = 0, rest = e; rest > 0n; i++, rest >>= BigInt(WINDOW_BITS))
          result = (result * powers[i][Number(rest & 255n)]) % m;
        out.push(result);
        yield;
      }
      return out as readonly bigint[];
    });
    return new BigintModularHandle(this, m, exponents.length, cell);
  }

  slice(a: ModularHandle, start: number, count: number): ModularHandle {
    shapes.checkSlice(start, count, a.batch);
    const x = this.#cell(a);
    return this.#each(count, (i) => x.get()[start + i]);
  }

  concat(parts: readonly ModularHandle[]): ModularHandle {
    shapes.checkCount("parts", parts.length, 1);
    const cells = parts.map((part) => this.#cell(part));
    const batch = parts.reduce((sum, part) => sum + part.batch, 0);
    const cell = this.recorder.record(function* () {
      return cells.flatMap((c) => c.get()) as readonly bigint[];
    });
    return new BigintModularHandle(this, this.modulus, batch, cell);
  }

  #bytes(): number {
    return Math.ceil(this.modulus.toString(16).length / 2);
  }

  #cell(a: ModularHandle): Cell<readonly bigint[]> {
    return shapes.checkKind(a, BigintModularHandle).cell(this);
  }

  #each(batch: number, make: (i: number) => bigint): ModularHandle {
    const cell = this.recorder.record(function* () {
      const out: bigint[] = [];
      for (let i = 0; i < batch; i++) {
        out.push(make(i));
        yield;
      }
      return out as readonly bigint[];
    });
    return new BigintModularHandle(this, this.modulus, batch, cell);
  }
}
