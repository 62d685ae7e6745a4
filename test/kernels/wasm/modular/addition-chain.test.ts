import { describe, expect, it } from "vitest";
import { powerProduct, registersOf } from "../../../../src/kernels/wasm/modular/addition-chain.js";
import { testRandom } from "../../../support/random.js";

const random = testRandom("addition chains");

/** Runs a program on exponents in place of powers: input k is the unit vector k, a product is a sum of vectors. */
function exponentsOf(program: readonly number[], first: number, terms: number): bigint[] {
  const registers = new Map<number, bigint[]>();
  const operand = (index: number): bigint[] => {
    if (index === 0xffffffff) return new Array<bigint>(terms).fill(0n);
    if (index < 0x80000000) return registers.get(index)!;
    return Array.from({ length: terms }, (_, k) => (k === index - 0x80000000 - first ? 1n : 0n));
  };
  const [result, count, ...steps] = program;
  expect(steps).toHaveLength(3 * count);
  for (let s = 0; s < steps.length; s += 3) {
    expect(steps[s]).toBeLessThan(registersOf(terms));
    const [x, y] = [operand(steps[s + 1]), operand(steps[s + 2])];
    registers.set(
      steps[s],
      x.map((v, k) => v + y[k]),
    );
  }
  return operand(result);
}

describe("programs for products of powers", () => {
  const some = (terms: number, make: (k: number) => bigint) => Array.from({ length: terms }, (_, k) => make(k));
  it.each([
    ["nothing", []],
    ["zeros", [0n, 0n]],
    ["a single one", [0n, 1n, 0n]],
    ["a single power", [1023n]],
    ["equal exponents", some(9, () => 1000n)],
    ["far apart", [1n << 47n, 1n, 0n, 3n]],
    ["edges of the pieces", [(1n << 48n) - 1n, 1n << 48n, (1n << 96n) + 1n, 1n]],
    ["long ones", some(5, () => random.bigBits(300))],
    ["short ones", some(40, () => BigInt(random.below(16)))],
    ["many", some(300, () => random.bigBits(32))],
  ] as const)("%s", (_, exponents) => {
    for (const first of [0, 11])
      expect(exponentsOf(powerProduct(exponents, first), first, exponents.length)).toEqual([...exponents]);
  });

  it("need less than the methods with windows or buckets", () => {
    // 30 exponents of 32 bits: windows of 3 bits sliding over a table each 392 products, buckets of 4 bits 360.
    const [, count] = powerProduct(
      some(30, () => random.bigBits(32)),
      0,
    );
    expect(count).toBeLessThan(280);
  });
});
