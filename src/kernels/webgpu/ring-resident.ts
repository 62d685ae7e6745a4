/** Tables of the ring kernels that stay on the device: twiddles, and constants by basis, made on first use. */
import { product } from "../../math/rns.js";
import { paced } from "../pace.js";
import type { GpuContext } from "./context.js";
import { requireLimit } from "./limits.js";
import type { GpuMemory } from "./memory.js";
import { type Conversion, conversionWords, divisionWords, divisorWords, limbTable, twiddlesOf } from "./ring-tables.js";

/** Memory of conversions side by side. */
export interface ResidentConversion {
  readonly sources: GpuMemory;
  readonly runs: GpuMemory;
  readonly tiles: GpuMemory;
  readonly matrix: GpuMemory;
}

/** Bit of a place that says that the limb is a converted one: see shaders/entry/ring_digits.wgsl. */
const CONVERTED = 2 ** 31;

export class ResidentTables {
  readonly #made = new Map<string, unknown>();

  private constructor(
    private readonly context: GpuContext,
    private readonly degree: number,
    private readonly primes: readonly number[],
    readonly sparse: boolean,
    readonly forward: GpuMemory,
    readonly inverse: GpuMemory,
  ) {}

  /** Computes and uploads the twiddles. Throws LimitError where a table exceeds one binding. */
  static async create(context: GpuContext, degree: number, primes: readonly number[], sparse: boolean): Promise<ResidentTables> {
    const words = 2 * degree * primes.length;
    requireLimit(context.limits, "maxStorageBufferBindingSize", 4 * words, "use fewer primes or a smaller degree");
    const forward = new Uint32Array(words);
    const inverse = new Uint32Array(words);
    await paced(primes.length, (p) => {
      const twiddles = twiddlesOf(degree, primes[p]);
      forward.set(twiddles.forward, 2 * degree * p);
      inverse.set(twiddles.inverse, 2 * degree * p);
    });
    const upload = (table: Uint32Array, what: string) => context.upload(table, `${what} twiddles N=${degree}`);
    return new ResidentTables(context, degree, primes, sparse, upload(forward, "forward"), upload(inverse, "inverse"));
  }

  /** The `Limb`s of a basis. */
  limbs(basis: readonly number[]): GpuMemory {
    return this.#once(`limbs ${basis}`, () =>
      this.context.upload(limbTable(this.degree, basis, this.primes, this.sparse), "limbs"),
    );
  }

  /** Constants of conversions side by side. */
  conversions(conversions: readonly Conversion[]): ResidentConversion {
    const key = conversions.map(({ limb, source, target }) => `${source} at ${limb} to ${target}`).join("; ");
    return this.#once(`convert ${key}`, () => {
      const { sources, runs, tiles, matrix } = conversionWords(conversions);
      return {
        sources: this.context.upload(sources, "conversion sources"),
        runs: this.context.upload(runs, "conversion runs"),
        tiles: this.context.upload(tiles, "conversion targets"),
        matrix: this.context.upload(matrix, "conversion matrix"),
      };
    });
  }

  /** 1/D modulo the kept primes. */
  division(kept: readonly number[], dropped: readonly number[]): GpuMemory {
    return this.#once(`divide ${kept} by ${dropped}`, () => this.context.upload(divisionWords(kept, dropped), "division"));
  }

  /** What a transform that ends in a division needs of each kept limb. */
  divisors(kept: readonly number[], dropped: readonly number[]): GpuMemory {
    return this.#once(`divisors ${kept} by ${dropped}`, () => this.context.upload(divisorWords(kept, dropped), "divisors"));
  }

  /** Where the limbs of a basis are in that of keys, with the product of its primes from `first` on modulo those before. */
  places(basis: readonly number[], keys: readonly number[], first: number): GpuMemory {
    return this.#once(`${basis} of ${keys} with ${first}`, () => {
      const rest = product(basis.slice(first));
      const words = basis.flatMap((q) => [keys.indexOf(q), Number(rest % BigInt(q))]);
      return this.context.upload(Uint32Array.from(words), "places");
    });
  }

  /** [digit, limb]: the limb of the operand where the prime is the digit's own; else that of all conversions side by side, marked. */
  digits(conversions: readonly Conversion[], basis: readonly number[]): GpuMemory {
    return this.#once(`digits ${conversions.map(({ source }) => source.length)} of ${basis}`, () => {
      let next = CONVERTED;
      const words = conversions.flatMap(({ limb, source }) =>
        basis.map((_, l) => (l >= limb && l < limb + source.length ? l : next++)),
      );
      return this.context.upload(Uint32Array.from(words), "digits");
    });
  }

  /** Positions of limbs. */
  order(positions: readonly number[]): GpuMemory {
    return this.#once(`order ${positions}`, () => this.context.upload(Uint32Array.from(positions), "order"));
  }

  #once<T>(key: string, make: () => T): T {
    let value = this.#made.get(key) as T | undefined;
    if (value === undefined) {
      value = make();
      this.#made.set(key, value);
    }
    return value;
  }
}
