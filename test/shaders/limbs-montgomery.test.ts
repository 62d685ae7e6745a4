/** The phases of shaders/limbs/montgomery.wgsl, each alone: column sums of whole, low and high products against bigint. */
import { describe, expect, it } from "vitest";
import { carryModel, fromLimbs, montgomeryConstants, toLimbs } from "../../src/math/limbs.js";
import { useGpu } from "../support/gpu.js";
import { testRandom } from "../support/random.js";
import { mapWgsl } from "../support/wgsl-map.js";

const gpu = useGpu({ forceSoftware: true });

const kernel = (body: string) => `
import constants::{BLOCKS, LANES, NUMBERS};
import package::limbs::columns::Columns;
import package::limbs::montgomery::{lane_at, limbs, full_columns, low_columns, high_columns, top_columns, montgomery_multiply};
@group(0) @binding(0) var<storage, read> input: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4<u32>>;
@compute @workgroup_size(LANES * NUMBERS)
fn main(@builtin(local_invocation_index) index: u32) {
  let lane = lane_at(index);
  // Modulus and inverse, then x and y of every number.
  for (var k = index; k < (2u + 2u * NUMBERS) * BLOCKS; k += LANES * NUMBERS) { limbs[k] = input[k]; }
  workgroupBarrier();
  let first = lane.number * BLOCKS + lane.first;
  let second = lane.number * BLOCKS + lane.second;
  ${body}
}`;

const store = (at: string, sums: string) => `out[2u * (${at})] = ${sums}.low; out[2u * (${at}) + 1u] = ${sums}.high;`;
const PHASES = {
  full: `let t = full_columns(lane, lane.x, lane.y);
    ${store("first", "t.low.first")} ${store("second", "t.low.second")}
    ${store("NUMBERS * BLOCKS + first", "t.high.first")} ${store("NUMBERS * BLOCKS + second", "t.high.second")}`,
  low: `let t = low_columns(lane, lane.x, lane.y);
    ${store("first", "t.first")} ${store("second", "t.second")}`,
  high: `let t = high_columns(lane, lane.x, lane.y, input[first], input[second]);
    ${store("first", "t.first")} ${store("second", "t.second")}`,
  top: "out[first] = vec4<u32>(top_columns(lane, lane.x, lane.y));",
  multiply: `montgomery_multiply(lane, lane.y);
    out[first] = limbs[lane.x + lane.first]; out[second] = limbs[lane.x + lane.second];`,
  square: `montgomery_multiply(lane, lane.x);
    out[first] = limbs[lane.x + lane.first]; out[second] = limbs[lane.x + lane.second];`,
};

const WIDTH = 13;
const { foldBlocks } = carryModel(WIDTH);

async function run(
  phase: keyof typeof PHASES,
  lanes: number,
  numbers: number,
  input: Uint32Array,
  words: number,
): Promise<Uint32Array> {
  const entry = `phase_${phase}`;
  const constants = { LIMB_BITS: WIDTH, BLOCKS: 2 * lanes, LANES: lanes, NUMBERS: numbers, FOLD_BLOCKS: foldBlocks };
  const pipeline = await gpu().pipeline({ entry, constants, extra: { [`entry/${entry}.wgsl`]: kernel(PHASES[phase]) } });
  const memory = gpu().upload(input, "operands");
  const out = gpu().allocate(4 * words, "sums");
  gpu().record(pipeline, [memory, out], [], 1);
  const bytes = await gpu().read(out);
  memory.release();
  out.release();
  return new Uint32Array(bytes.buffer);
}

describe.each([
  [1, 1],
  [5, 3],
  [20, 2],
])("%i lanes to a number, %i numbers", (lanes, numbers) => {
  const random = testRandom(`phases ${lanes}`);
  const limbs = 8 * lanes;
  const lazy = 2 ** WIDTH;
  /** Modulus, inverse, then x and y for each number: all limbs full for the first number, random lazy limbs after it. */
  const input = Uint32Array.from({ length: (2 + 2 * numbers) * limbs }, (_, i) =>
    i < 4 * limbs ? lazy : random.pick([0, lazy, random.below(lazy)]),
  );
  const operand = (number: number, which: 0 | 1) =>
    input.subarray((2 + 2 * number + which) * limbs, (3 + 2 * number + which) * limbs);

  /** Column k of the product of a number's operands. */
  function column(number: number, k: number): number {
    const [x, y] = [operand(number, 0), operand(number, 1)];
    let sum = 0;
    for (let i = Math.max(0, k - limbs + 1); i <= Math.min(k, limbs - 1); i++) sum += x[i]! * y[k - i]!;
    return sum;
  }

  const all = (from: number, extra = (_number: number, _c: number) => 0) =>
    Array.from({ length: numbers * limbs }, (_, i) => {
      const number = Math.floor(i / limbs);
      return column(number, from + (i % limbs)) + extra(number, i % limbs);
    });

  /** Column sums out of pairs of low and high parts. */
  const sums = (out: Uint32Array) => {
    const found: number[] = [];
    for (let b = 0; b < out.length; b += 8) for (let c = 0; c < 4; c++) found.push(out[b + c]! + out[b + 4 + c]! * lazy);
    return found;
  };

  it("sums all columns of a whole product", async () => {
    expect(sums(await run("full", lanes, numbers, input, 4 * numbers * limbs))).toEqual([...all(0), ...all(limbs)]);
  });

  it("sums the columns of a low half", async () => {
    expect(sums(await run("low", lanes, numbers, input, 2 * numbers * limbs))).toEqual(all(0));
  });

  it("sums the columns of a high half on top of what was there", async () => {
    // The kernel adds block i of the input, the modulus here, as the high half of T.
    expect(sums(await run("high", lanes, numbers, input, 2 * numbers * limbs))).toEqual(
      all(limbs, (number, c) => input[number * limbs + c]!),
    );
  });

  it("estimates the two top columns of a low half from below, by less than one a lane and block", async () => {
    const out = await run("top", lanes, numbers, input, numbers * limbs);
    for (let number = 0; number < numbers; number++) {
      let estimate = 0;
      for (let lane = 0; lane < lanes; lane++) estimate += out[(number * 2 * lanes + lane) * 4]!;
      const exact = column(number, limbs - 1) + column(number, limbs - 2) / lazy;
      expect(estimate).toBeLessThanOrEqual(exact);
      expect(estimate).toBeGreaterThan(exact - 2 * lanes);
    }
  });

  it("knows its lanes", async () => {
    const struct = { struct: "Lane", fields: (["number", "first", "second", "x", "y"] as const).map((f) => [f, "u32"] as const) };
    const constants = { LIMB_BITS: WIDTH, BLOCKS: 2 * lanes, LANES: lanes, NUMBERS: numbers, FOLD_BLOCKS: foldBlocks };
    const indices = Array.from({ length: lanes * numbers }, (_, i) => i);
    const got = await mapWgsl(
      gpu(),
      { from: "limbs/montgomery", fn: "lane_at", args: ["u32"], returns: struct, constants },
      indices.map((i) => [i]),
    );
    expect(got).toEqual(
      indices.map((i) => {
        const [number, lane] = [Math.floor(i / lanes), i % lanes];
        const x = (2 + 2 * number) * 2 * lanes;
        return [number, lane, 2 * lanes - 1 - lane, x, x + 2 * lanes];
      }),
    );
  });

  /** Runs a product or a square on values below 2n, x and y of each number in turn, and checks them against bigint. */
  async function check(phase: "multiply" | "square", n: bigint, items: readonly bigint[]) {
    const radix = 1n << BigInt(WIDTH * limbs);
    const words = new Uint32Array((2 + 2 * numbers) * limbs);
    for (const [i, v] of [n, montgomeryConstants(n, WIDTH, limbs).inverse, ...items].entries())
      toLimbs(v, WIDTH, limbs, words, i * limbs);
    const out = await run(phase, lanes, numbers, words, numbers * limbs);
    for (let i = 0; i < numbers; i++) {
      const got = fromLimbs(out, WIDTH, limbs, i * limbs);
      const [x, y] = [items[2 * i]!, phase === "square" ? items[2 * i]! : items[2 * i + 1]!];
      expect(got).toBeLessThan(2n * n);
      expect((got * radix - x * y) % n).toBe(0n);
    }
    expect(out.every((l) => l <= lazy)).toBe(true);
  }

  it("multiplies and squares with every modulus for which R > 8n", async () => {
    for (const n of [(1n << BigInt(WIDTH * limbs - 3)) - 1n, 3n, random.bigBits(WIDTH * limbs - 3) | 1n]) {
      const items = Array.from({ length: 2 * numbers }, (_, i) => (i < 2 ? 2n * n - 1n : random.bigBelow(2n * n)));
      await check("multiply", n, items);
      await check("square", n, items);
    }
  });

  it("carries right out of a low half whose top limb is full, and out of an empty one", async () => {
    // T mod R is y (2^(13 (limbs - 1)) + 1) mod R, and m has no pattern: with y = 8191 an estimate without T comes out
    // one too small.
    const n = random.bigBits(WIDTH * limbs - 3) | 1n;
    const x = (1n << BigInt(WIDTH * (limbs - 1))) + 1n;
    for (const y of [8191n, 1n, 8192n]) await check("multiply", n, Array.from({ length: numbers }, () => [x, y]).flat());
  });
});
