import { describe, expect, it } from "vitest";
import { KeyPlan, keysFor } from "../../src/ckks/index.js";
import { innerSumSchedule, innerSumSteps } from "../../src/ckks/inner-sum.js";
import { keyBytes } from "../../src/ckks/key-plan.js";
import { LevelError, ParameterError } from "../../src/errors.js";
import { parametersOf } from "./support.js";

const parameters = parametersOf({ degree: 8192, levels: 3, special: 2, digitSize: 1 });
const { slots } = parameters;

describe("a plan of keys", () => {
  it("names each rotation once, modulo the slots, and none by 0", () => {
    const plan = keysFor(parameters, { rotations: [3, 0, 3, slots, -1, slots - 1, 3 - slots, -slots] });
    expect([...plan.rotations]).toEqual([
      [3, 3],
      [slots - 1, 3],
    ]);
    expect([plan.relinearisation, plan.conjugation, plan.count]).toEqual([undefined, undefined, 2]);
    expect([...plan.galois.keys()][0]).toBe(27);
  });

  it("is empty where nothing is asked", () => {
    expect(keysFor(parameters, {}).count).toBe(0);
    expect(keysFor(parameters, { rotations: [0], innerSums: [1] }).count).toBe(0);
  });

  it("takes the higher level of each key when plans are merged", () => {
    const low = keysFor(parameters, { relinearise: true, rotations: [1, 2], level: 1 });
    const high = keysFor(parameters, { conjugate: true, rotations: [2, 5], level: 2 });
    for (const plan of [low.merge(high), high.merge(low)]) {
      expect([...plan.rotations].sort(([a], [b]) => a - b)).toEqual([
        [1, 1],
        [2, 2],
        [5, 2],
      ]);
      expect([plan.relinearisation, plan.conjugation, plan.count]).toEqual([1, 2, 5]);
    }
  });

  it("counts the bytes of its keys", () => {
    // 5 primes of Q in digits of 1, and 2 special ones; at level 0 only 2 of Q.
    expect(keyBytes(parameters, 3)).toBe(2 * 5 * 7 * 8192 * 4);
    const plan = keysFor(parameters, { rotations: [1], level: 0 }).merge(keysFor(parameters, { relinearise: true }));
    expect(plan.bytes).toBe(2 * 2 * 4 * 8192 * 4 + keyBytes(parameters, 3));
  });

  it("refuses what makes no sense", () => {
    for (const rotations of [[0.5], [Number.NaN], ["1"], [2 ** 60]])
      expect(() => keysFor(parameters, { rotations: rotations as number[] })).toThrow(ParameterError);
    for (const level of [-1, 4, 0.5]) expect(() => keysFor(parameters, { level })).toThrow(LevelError);
    for (const length of [0, -1, slots + 1, 1.5])
      expect(() => keysFor(parameters, { innerSums: [length] })).toThrow(ParameterError);
    expect(() => keysFor(parameters, { rotations: 1 as never })).toThrow(ParameterError);
    expect(() => keysFor(parameters, null as never)).toThrow(ParameterError);
    const other = parametersOf({ degree: 8192, levels: 2, special: 2 });
    expect(() => keysFor(parameters, {}).merge(keysFor(other, {}))).toThrow(ParameterError);
    expect(() => keysFor(parametersOf({ degree: 8192, levels: 2, special: 0 }), {})).toThrow(
      "parameters: expected special primes, for evaluation keys, got none; choose parameters with key switching",
    );
    expect(keysFor(parameters, {})).toBeInstanceOf(KeyPlan);
  });
});

describe("inner sums", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 11, 100, 255, 256, 4095, 4096])("of %i slots double and add", (length) => {
    // On plain vectors of indices: each slot must be met once.
    const width = 4096;
    let power: number[] = Array.from({ length: width }, (_, i) => (i === 0 ? 1 : 0));
    let sum = new Array<number>(width).fill(0);
    const rotate = (v: readonly number[], step: number) => v.map((_, i) => v[(i + step) % width]!);
    const plus = (a: number[], b: number[]) => a.map((x, i) => x + b[i]!);
    for (const { join, double } of innerSumSchedule(length, width)) {
      if (join !== undefined) sum = plus(sum, rotate(power, join));
      if (double !== undefined) power = plus(power, rotate(power, double));
    }
    const expected = Array.from({ length: width }, (_, i) => ((width - i) % width < length ? 1 : 0));
    expect(sum).toEqual(expected);
    expect(innerSumSteps(length, width).length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(length) + 1));
    expect(innerSumSteps(length, width)).not.toContain(0);
  });

  it("of a power of two take no step twice", () => {
    expect(innerSumSteps(8, 4096)).toEqual([1, 2, 4]);
  });
});
