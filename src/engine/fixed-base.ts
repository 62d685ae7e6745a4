/** Powers of one base that are asked for again and again, as masks are. */
import type { FixedBaseTable, ModularHandle, ModularKernels } from "../kernels/interface.js";

/**
 * A table of powers costs as much as some 25 powers without one (at windows of 8 bits, a modulus of 6144 bits and exponents of 1536, 49 000 products
 * against 1 900), so a caller who wants only a few never pays for it.
 */
const TABLE_PAYS_FROM = 32;

/** With a table, which is made once enough powers are asked for, and without one they are the same numbers. */
export class FixedBasePowers {
  #table: FixedBaseTable | undefined;
  #asked = 0;

  constructor(
    private readonly kernels: ModularKernels,
    private readonly base: bigint,
    private readonly exponentBits: number,
  ) {}

  /** Says that about `count` powers will be asked for, so that the table is made at once where it pays. */
  expect(count: number): void {
    if (this.#table === undefined && this.#asked + count >= TABLE_PAYS_FROM)
      this.#table = this.kernels.fixedBase(this.base, this.exponentBits);
  }

  /** Owned by the caller. */
  power(exponents: readonly bigint[]): ModularHandle {
    this.expect(exponents.length);
    this.#asked += exponents.length;
    if (this.#table !== undefined) return this.kernels.fixedBasePower(this.#table, exponents);
    return powersOf(this.kernels, [this.base], exponents);
  }

  /** Frees the table. Nothing is to be asked for afterwards: a table made again would have no owner left to free it. */
  dispose(): void {
    this.#table?.dispose();
    this.#table = undefined;
  }
}

/** Powers of numbers that are uploaded for this alone. */
export function powersOf(
  kernels: ModularKernels,
  bases: readonly bigint[],
  exponents: bigint | readonly bigint[],
): ModularHandle {
  const uploaded = kernels.upload(bases);
  try {
    return kernels.power(uploaded, exponents);
  } finally {
    uploaded.dispose();
  }
}
