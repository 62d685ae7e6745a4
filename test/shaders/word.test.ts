import { describe, expect, it } from "vitest";
import { useGpu } from "../support/gpu.js";
import { checkWgsl, combinations, EDGES, equals, randomItems } from "../support/wgsl-check.js";
import type { WgslStruct } from "../support/wgsl-map.js";

const gpu = useGpu();
const from = "word/wide";
const pairs = [...combinations(EDGES, EDGES), ...randomItems("word", (r) => [r.u32(), r.u32()])];
const WIDE: WgslStruct = {
  struct: "Wide",
  fields: [
    ["low", "vec4<u32>"],
    ["high", "vec4<u32>"],
  ],
};

describe("words", () => {
  it("add with carry", async () => {
    const right = ([a, b]: readonly bigint[]) => [BigInt.asUintN(32, a + b), (a + b) >> 32n];
    await checkWgsl(gpu(), { from, fn: "add_carry", args: ["u32", "u32"], returns: "vec2<u32>" }, pairs, equals(right));
  });

  it("multiply to the high word", async () => {
    await checkWgsl(
      gpu(),
      { from, fn: "multiply_high", args: ["u32", "u32"], returns: "u32" },
      pairs,
      equals(([a, b]) => [(a * b) >> 32n]),
    );
  });

  it("multiply to the high word from below, by at most 2", async () => {
    let worst = 0n;
    await checkWgsl(gpu(), { from, fn: "multiply_high_below", args: ["u32", "u32"], returns: "u32" }, pairs, ([a, b], [high]) => {
      const error = ((a * b) >> 32n) - high;
      if (error > worst) worst = error;
      return error >= 0n && error <= 2n ? undefined : `off by ${error}`;
    });
    expect(worst).toBe(2n);
  });

  it.each([2, 4])("multiply to the high word from below, %i lanes as one", async (lanes) => {
    const type = `vec${lanes}<u32>` as "vec2<u32>" | "vec4<u32>";
    const items = randomItems(`lanes ${lanes}`, (r) => Array.from({ length: 2 * lanes }, () => r.u32()), 2500);
    const right = (args: readonly bigint[]) =>
      Array.from({ length: lanes }, (_, i) => {
        const [a, b] = [args[i], args[lanes + i]];
        const [a1, b1, a0, b0] = [a >> 16n, b >> 16n, a & 0xffffn, b & 0xffffn];
        return a1 * b1 + ((a1 * b0) >> 16n) + ((a0 * b1) >> 16n);
      });
    await checkWgsl(gpu(), { from, fn: `multiply_high_below${lanes}`, args: [type, type], returns: type }, items, equals(right));
  });

  it("multiply to both words below 2^31", async () => {
    const small = EDGES.map((x) => x % 2 ** 31);
    const edges = combinations(small, small).map(([a, b]) => [a, b, a, b, b, a, b, a]);
    const items = [...edges, ...randomItems("wide", (r) => Array.from({ length: 8 }, () => r.below(2 ** 31)), 2500)];
    const right = (args: readonly bigint[]) => {
      const products = [0, 1, 2, 3].map((i) => args[i] * args[4 + i]);
      return [...products.map((p) => BigInt.asUintN(32, p)), ...products.map((p) => p >> 32n)];
    };
    await checkWgsl(gpu(), { from, fn: "multiply_wide4", args: ["vec4<u32>", "vec4<u32>"], returns: WIDE }, items, equals(right));
  });
});
