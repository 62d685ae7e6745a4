/** Powers of g for counts of either sign. */
import type { FixedBaseTable, ModularHandle, ModularKernels } from "../kernels/interface.js";
import { invMod, powMod } from "../math/modular.js";
import { MAX_COUNT } from "./encoding.js";
import type { ElGamalGroup } from "./groups.js";

/** What is added to every count, so that exponents are not negative and no step depends on a sign. */
const OFFSET = BigInt(MAX_COUNT);
/** Length of OFFSET + count. */
const EXPONENT_BITS = 34;

export class CountPowers {
  readonly #kernels: ModularKernels;
  readonly #group: ElGamalGroup;
  #table: { readonly powers: FixedBaseTable; readonly shift: ModularHandle } | undefined;

  /** Kernels modulo p. */
  constructor(kernels: ModularKernels, group: ElGamalGroup) {
    this.#kernels = kernels;
    this.#group = group;
  }

  /** g^count for each count of magnitude at most 2^32, owned by the caller. */
  of(counts: readonly bigint[]): ModularHandle {
    this.#table ??= this.#make();
    const shifted = this.#kernels.fixedBasePower(
      this.#table.powers,
      counts.map((count) => OFFSET + count),
    );
    try {
      return this.#kernels.multiply(shifted, this.#table.shift);
    } finally {
      shifted.dispose();
    }
  }

  dispose(): void {
    this.#table?.powers.dispose();
    this.#table?.shift.dispose();
    this.#table = undefined;
  }

  #make() {
    const { g, p } = this.#group;
    const shift = this.#kernels.upload([invMod(powMod(g, OFFSET, p), p)]);
    return { powers: this.#kernels.fixedBase(g, EXPONENT_BITS), shift };
  }
}
