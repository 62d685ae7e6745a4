/** Values for single WGSL functions, and the comparison of what they return with bigint. */
import { expect } from "vitest";
import type { GpuContext } from "../../src/kernels/webgpu/context.js";
import { testRandom } from "./random.js";
import { mapWgsl, type WgslFunction } from "./wgsl-map.js";

/** Words at which carries and halves go wrong. */
export const EDGES: readonly number[] = [
  0, 1, 2, 0xffff, 0x10000, 0x10001, 0x7fffffff, 0x80000000, 0x80000001, 0xfffeffff, 0xffff0000, 0xffff0001, 0xfffffffe,
  0xffffffff,
];

/** Sparse NTT primes (1 + k 2^16) of several sizes, the largest below 2^30 among them. */
export const SPARSE_PRIMES: readonly number[] = [65537, 786433, 1179649, 536608769, 1073479681, 1073741824 - 2 ** 18 + 1].filter(
  (q) => (q - 1) % 65536 === 0,
);

/** Odd moduli of any form below 2^30. */
export const ODD_MODULI: readonly number[] = [3, 17, 12289, 65535, 65537, 40961, 0x1fffffff, 536870909, 1073741789, 2 ** 30 - 1];

/** All ways to take one of each list. */
export function combinations(...lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>((rows, list) => rows.flatMap((row) => list.map((x) => [...row, x])), [[]]);
}

/** At least 10,000 items from a generator of items. */
export function randomItems(seed: string, make: (random: ReturnType<typeof testRandom>) => number[], count = 10_000): number[][] {
  const random = testRandom(seed);
  return Array.from({ length: count }, () => make(random));
}

/** The quotient of a Shoup constant. */
export const quotient = (w: number, q: number) => Number((BigInt(w) << 32n) / BigInt(q));

/**
 * Runs a function on all items and hands each result to `wrong`, which says what is wrong with it, if anything.
 * Fails with the first few.
 */
export async function checkWgsl(
  context: GpuContext,
  fn: WgslFunction,
  items: readonly (readonly number[])[],
  wrong: (args: readonly bigint[], result: readonly bigint[]) => string | undefined,
): Promise<void> {
  const results = await mapWgsl(context, fn, items);
  const faults: string[] = [];
  items.forEach((args, i) => {
    const fault = wrong(args.map(BigInt), results[i].map(BigInt));
    if (fault !== undefined && faults.length < 5)
      faults.push(`${fn.fn}(${args.join(", ")}) = ${results[i].join(", ")}: ${fault}`);
  });
  expect(faults).toEqual([]);
  expect(results).toHaveLength(items.length);
}

/** For results that have one right value. */
export const equals =
  (right: (args: readonly bigint[]) => readonly bigint[]) =>
  (args: readonly bigint[], result: readonly bigint[]): string | undefined => {
    const expected = right(args);
    return expected.length === result.length && expected.every((x, i) => x === result[i])
      ? undefined
      : `not ${expected.join(", ")}`;
  };

/** For results that are right modulo q and lie in [0, bound). */
export const congruent =
  (right: (args: readonly bigint[]) => { readonly values: readonly bigint[]; readonly q: bigint; readonly bound: bigint }) =>
  (args: readonly bigint[], result: readonly bigint[]): string | undefined => {
    const { values, q, bound } = right(args);
    const index = result.findIndex((x, i) => x >= bound || (x - values[i]) % q !== 0n);
    return index < 0 && values.length === result.length
      ? undefined
      : `word ${index} is not ${values[index]} modulo ${q} below ${bound}`;
  };
