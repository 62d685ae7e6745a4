/**
 * Counts from their powers of g: baby steps and giant steps (Shanks 1971), from zero outwards, so that small counts are found first
 * whatever the bound. The time so tells the magnitude of a count to whoever can measure it on the key owner's machine.
 */
import { paced } from "../engine/index.js";
import { EncodingError } from "../errors.js";
import { invMod, powMod } from "../math/modular.js";
import type { ElGamalGroup } from "./groups.js";

/** Elements of the largest table: 5 MB, made in some 50 ms. */
const MAX_TABLE = 2 ** 16;

/** The word of an element by which it is looked up. */
const word = (x: bigint): bigint => BigInt.asUintN(64, x);

interface Table {
  /** From the word of g^(offset + j) to j, for 0 <= j < size. */
  readonly places: ReadonlyMap<bigint, number>;
  readonly size: number;
  /** g^(offset + size / 2): brings g^v for a small v into the middle of the table. */
  readonly start: bigint;
  /** g^-size and g^size. */
  readonly down: bigint;
  readonly up: bigint;
}

export class CountSearch {
  readonly #group: ElGamalGroup;
  #table: Table | undefined;

  constructor(group: ElGamalGroup) {
    this.#group = group;
  }

  /**
   * The v in [-bound, bound] with g^v = element, for each of them. Rejects with EncodingError naming the first element without one, counted
   * from `first`. 2 ceil(bound / 2^16) products an element at most.
   */
  async find(
    elements: readonly bigint[],
    bound: number,
    { first = 0, signal }: { first?: number; signal?: AbortSignal } = {},
  ): Promise<number[]> {
    const { p } = this.#group;
    const { places, size, start, down, up } = this.#tableFor(bound);
    const found = elements.map((): number | undefined => undefined);
    // Two walks from the middle: towards smaller exponents for counts above the table, and towards larger ones for counts below it.
    const walks = elements.map((element) => {
      const middle = (element * start) % p;
      return { above: middle, below: middle };
    });
    let open = elements.map((_, i) => i);
    const visit = (i: number, at: bigint, base: number) => {
      const place = places.get(word(at));
      if (place === undefined) return;
      const count = base + place - size / 2;
      // A word alone proves nothing.
      if (Math.abs(count) <= bound && this.#isPower(elements[i], count)) found[i] = count;
    };
    const giants = Math.max(0, Math.ceil((bound + 1 - size / 2) / size));
    await paced(
      giants + 1,
      (step) => {
        if (open.length === 0) return;
        for (const i of open) {
          const walk = walks[i];
          visit(i, walk.above, step * size);
          if (step > 0) visit(i, walk.below, -step * size);
          walk.above = (walk.above * down) % p;
          walk.below = (walk.below * up) % p;
        }
        open = open.filter((i) => found[i] === undefined);
      },
      { signal },
    );
    return found.map((count, i) => {
      if (count !== undefined) return count;
      throw new EncodingError({
        what: `count ${first + i}`,
        expected: `an integer from -${bound} to ${bound}`,
        got: "none in that range",
        remedy: "declare a larger bound, or check that these are counts under this key",
      });
    });
  }

  #isPower(element: bigint, count: number): boolean {
    const { g, p } = this.#group;
    const power = powMod(g, BigInt(Math.abs(count)), p);
    return count >= 0 ? power === element : (power * element) % p === 1n;
  }

  #tableFor(bound: number): Table {
    let size = 2;
    while (size < 2 * bound + 1 && size < MAX_TABLE) size *= 2;
    if (this.#table === undefined || this.#table.size < size) this.#table = makeTable(this.#group, size);
    return this.#table;
  }
}

/**
 * The table of g^offset, g^(offset + 1), ...: as g is 2, each is a shift and at most one subtraction from the one before. The offset leads past the powers
 * of two below p and a first stretch of those above, whose low words are all alike. Were two of the words equal, one count would not
 * be found (2^-33 for the largest table); none would be taken for another.
 */
function makeTable({ p, g, bits }: ElGamalGroup, size: number): Table {
  const offset = BigInt(2 * bits);
  const places = new Map<bigint, number>();
  let element = powMod(g, offset, p);
  for (let j = 0; j < size; j++) {
    places.set(word(element), j);
    element *= g;
    if (element >= p) element -= p;
  }
  const up = powMod(g, BigInt(size), p);
  return { places, size, start: powMod(g, offset + BigInt(size / 2), p), down: invMod(up, p), up };
}
