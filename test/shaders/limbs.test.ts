/** The functions of shaders/limbs/columns.wgsl, each alone against bigint. */
import { describe, expect, it } from "vitest";
import { carryModel } from "../../src/math/limbs.js";
import { useGpu } from "../support/gpu.js";
import { type TestRandom, testRandom } from "../support/random.js";
import { mapWgsl, type WgslFunction, type WgslStruct, type WgslType } from "../support/wgsl-map.js";

const gpu = useGpu({ forceSoftware: true });
const COUNT = 10_000;

const columns: WgslStruct = {
  struct: "Columns",
  fields: [
    ["low", "vec4<u32>"],
    ["high", "vec4<u32>"],
  ],
};
const block: WgslStruct = {
  struct: "Block",
  fields: [
    ["limbs", "vec4<u32>"],
    ["carry", "u32"],
  ],
};

/** Rows of `width` words up to `max`: all zero, all max, one max among zeros, one zero among max, then random ones. */
function rows(random: TestRandom, width: number, max: number | readonly number[]): number[][] {
  const limit = (i: number) => (typeof max === "number" ? max : max[i]!);
  const row = (make: (i: number) => number) => Array.from({ length: width }, (_, i) => make(i));
  const edges = [row(() => 0), row(limit)];
  for (let k = 0; k < width; k++)
    edges.push(
      row((i) => (i === k ? limit(i) : 0)),
      row((i) => (i === k ? 0 : limit(i))),
    );
  const mixed = () =>
    row((i) => random.pick([0, 1, limit(i) - 1, limit(i), random.between(0, limit(i)), random.between(0, limit(i))]));
  return [...edges, ...Array.from({ length: COUNT }, mixed)];
}

const big = (words: readonly number[]) => words.map(BigInt);
/** The value of words that weigh 2^(width i). */
const weigh = (words: readonly number[], width: number) => big(words).reduce((sum, w, i) => sum + (w << BigInt(width * i)), 0n);

describe.each([11, 13, 14])("columns of %i-bit limbs", (width) => {
  const random = testRandom(`columns ${width}`);
  const lazy = 2 ** width;
  const { foldBlocks } = carryModel(width);

  /** Runs a function on rows and hands each row with its result to `check`; failures name the first bad row. */
  async function each(
    fn: string,
    args: WgslType[],
    returns: WgslType,
    items: number[][],
    check: (item: number[], got: number[]) => boolean,
  ) {
    const map: WgslFunction = { from: "limbs/columns", fn, args, returns, constants: { LIMB_BITS: width } };
    const results = await mapWgsl(gpu(), map, items);
    expect(results.length).toBe(items.length);
    expect(items.map((item, i) => ({ item, got: results[i]! })).find(({ item, got }) => !check(item, got))).toBeUndefined();
  }

  /** Column c of a block product: a[d] times the limb c - d of b, or of the block below b. */
  const column = (a: number[], b: number[], p: number[], c: number) =>
    [0, 1, 2, 3].reduce((sum, d) => sum + a[d]! * (c >= d ? b[c - d]! : p[4 + c - d]!), 0);

  it("upper_products and lower_products share the products of a step", async () => {
    const none = [0, 0, 0, 0];
    const check = (upper: boolean) => (item: number[], got: number[]) => {
      const [a, b] = [item.slice(0, 4), item.slice(4)];
      return got.every((g, c) => g === (upper ? column(a, b, none, c) : column(a, none, b, c)));
    };
    const items = rows(random, 8, lazy);
    await each("upper_products", ["vec4<u32>", "vec4<u32>"], "vec4<u32>", items, check(true));
    await each("lower_products", ["vec4<u32>", "vec4<u32>"], "vec4<u32>", items, check(false));
  });

  it("fold keeps the value and leaves a low part below 2^width", async () => {
    // What a sum holds before a fold at most: foldBlocks steps on top of a folded low part; and any word at all.
    expect(foldBlocks * 4 * lazy ** 2 + lazy - 1).toBeLessThan(2 ** 32);
    const max = [...Array(4).fill(0xffffffff), ...Array(4).fill(2 ** 31)];
    await each("fold", [columns], columns, rows(random, 8, max), (item, got) =>
      [0, 1, 2, 3].every((c) => got[c]! < lazy && got[c]! + got[4 + c]! * lazy === item[c]! + item[4 + c]! * lazy),
    );
  });

  it("ripple keeps the value, limbs below 2^width", async () => {
    const max = [...Array(4).fill(0xffffffff), ...Array(4).fill(2 ** 31 - 1)];
    await each("ripple", [columns], block, rows(random, 8, max), (item, got) => {
      const value = weigh(item.slice(0, 4), width) + (weigh(item.slice(4), width) << BigInt(width));
      return got.slice(0, 4).every((l) => l < lazy) && weigh(got, width) === value;
    });
  });

  it("absorb keeps the value, and nothing leaves the block", async () => {
    const max = [...Array(4).fill(lazy - 1), lazy * (lazy - 1) - 1];
    await each("absorb", ["vec4<u32>", "u32"], "vec4<u32>", rows(random, 5, max), (item, got) => {
      const value = weigh(item.slice(0, 4), width) + BigInt(item[4]!);
      return got.slice(0, 3).every((l) => l < lazy) && got[3]! <= lazy && weigh(got, width) === value;
    });
  });

  it("top_share rounds the two top columns down", async () => {
    await each("top_share", ["vec4<u32>", "vec4<u32>", "vec4<u32>"], "u32", rows(random, 12, lazy), (item, [got]) => {
      const [a, b, p] = [item.slice(0, 4), item.slice(4, 8), item.slice(8)];
      const expected = column(a, b, p, 3) + Math.floor(column(a, b, p, 2) / lazy);
      return got === expected && got < 4 * lazy ** 2 + 4 * lazy + 1;
    });
  });
});
