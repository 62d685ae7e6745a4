import { describe, it } from "vitest";
import { useGpu } from "../support/gpu.js";
import type { testRandom } from "../support/random.js";
import { checkWgsl, congruent, equals, quotient, randomItems, SPARSE_PRIMES } from "../support/wgsl-check.js";
import type { WgslStruct, WgslType } from "../support/wgsl-map.js";

const gpu = useGpu();
const from = "ntt/butterfly";
const PAIR: WgslStruct = {
  struct: "Pair",
  fields: [
    ["a", "vec4<u32>"],
    ["b", "vec4<u32>"],
  ],
};
type Random = ReturnType<typeof testRandom>;

/** Values in [0, bound), its ends often among them. */
const lazy = (r: Random, count: number, bound: number) =>
  Array.from({ length: count }, () => (r.below(4) === 0 ? r.pick([0, 1, bound - 1, Math.floor(bound / 2)]) : r.below(bound)));

/** A Shoup constant, the largest and smallest often. */
const constant = (r: Random, q: number) => {
  const w = r.below(4) === 0 ? r.pick([0, 1, q - 1]) : r.below(q);
  return [w, quotient(w, q)];
};

/** Items (values below factor * q, `constants` Shoup pairs, q). */
const items = (seed: string, values: number, factor: number, constants: number) =>
  randomItems(seed, (r) => {
    const q = r.pick(SPARSE_PRIMES);
    return [...lazy(r, values, factor * q), ...Array.from({ length: constants }, () => constant(r, q)).flat(), q];
  });

const TWIDDLE: WgslType = "vec2<u32>";
const TWO: WgslType = "vec4<u32>";
const VECTOR: WgslType = "vec4<u32>";

/** What a function must return modulo q, given its values, its constants without quotients, and q. */
type Specification = (x: readonly bigint[], w: readonly bigint[]) => readonly bigint[];

async function check(
  fn: string,
  args: readonly WgslType[],
  returns: WgslType,
  shape: { values: number; constants: number; from: number; to: number },
  right: Specification,
) {
  const specification = congruent((words) => {
    const q = words[words.length - 1];
    const w = Array.from({ length: shape.constants }, (_, i) => words[shape.values + 2 * i]);
    return { values: right(words.slice(0, shape.values), w), q, bound: BigInt(shape.to) * q };
  });
  await checkWgsl(
    gpu(),
    { from, fn, args: [...args, "u32"], returns },
    items(fn, shape.values, shape.from, shape.constants),
    specification,
  );
}

describe("forward butterflies keep [0, 4q)", () => {
  const outer: Specification = ([x, y, z, v], [w]) => [x + w * z, y + w * v, x - w * z, y - w * v];
  const inner: Specification = ([x, y, z, v], [s, t]) => [x + s * y, x - s * y, z + t * v, z - t * v];

  it("on two vectors", () =>
    check("forward_pair", [VECTOR, VECTOR, TWIDDLE], PAIR, { values: 8, constants: 1, from: 4, to: 4 }, (x, [w]) => [
      ...[0, 1, 2, 3].map((i) => x[i] + w * x[4 + i]),
      ...[0, 1, 2, 3].map((i) => x[i] - w * x[4 + i]),
    ]));

  it("on the halves of a vector", () =>
    check("forward_outer", [VECTOR, TWIDDLE], VECTOR, { values: 4, constants: 1, from: 4, to: 4 }, outer));

  it("on neighbours", () => check("forward_inner", [VECTOR, TWO], VECTOR, { values: 4, constants: 2, from: 4, to: 4 }, inner));

  it("in two stages", () =>
    check("forward4", [VECTOR, TWIDDLE, TWO], VECTOR, { values: 4, constants: 3, from: 4, to: 4 }, (x, [w, s, t]) =>
      inner(outer(x, [w]), [s, t]),
    ));
});

describe("inverse butterflies keep [0, 2q)", () => {
  const inner: Specification = ([x, y, z, v], [s, t]) => [x + y, s * (x - y), z + v, t * (z - v)];
  const outer: Specification = ([x, y, z, v], [w]) => [x + z, y + v, w * (x - z), w * (y - v)];

  it("on two vectors", () =>
    check("inverse_pair", [VECTOR, VECTOR, TWIDDLE], PAIR, { values: 8, constants: 1, from: 2, to: 2 }, (x, [w]) => [
      ...[0, 1, 2, 3].map((i) => x[i] + x[4 + i]),
      ...[0, 1, 2, 3].map((i) => w * (x[i] - x[4 + i])),
    ]));

  it("on neighbours", () => check("inverse_inner", [VECTOR, TWO], VECTOR, { values: 4, constants: 2, from: 2, to: 2 }, inner));

  it("on the halves of a vector", () =>
    check("inverse_outer", [VECTOR, TWIDDLE], VECTOR, { values: 4, constants: 1, from: 2, to: 2 }, outer));

  it("in two stages", () =>
    check("inverse4", [VECTOR, TWIDDLE, TWO], VECTOR, { values: 4, constants: 3, from: 2, to: 2 }, (x, [w, s, t]) =>
      outer(inner(x, [s, t]), [w]),
    ));

  it("in the last stage on the halves of a vector", () =>
    check(
      "inverse_last_outer",
      [VECTOR, TWIDDLE, TWIDDLE],
      VECTOR,
      { values: 4, constants: 2, from: 2, to: 2 },
      ([x, y, z, v], [n, w]) => [n * (x + z), n * (y + v), w * (x - z), w * (y - v)],
    ));

  it("in the last stage on two vectors", () =>
    check(
      "inverse_last_pair",
      [VECTOR, VECTOR, TWIDDLE, TWIDDLE],
      PAIR,
      { values: 8, constants: 2, from: 2, to: 2 },
      (x, [n, w]) => [...[0, 1, 2, 3].map((i) => n * (x[i] + x[4 + i])), ...[0, 1, 2, 3].map((i) => w * (x[i] - x[4 + i]))],
    ));
});

describe("rows", () => {
  it("are read from the limbs that were asked for", async () => {
    const ROWS: WgslStruct = {
      struct: "Rows",
      fields: [
        ["rows", "u32"],
        ["limbs", "u32"],
        ["source_limbs", "u32"],
        ["first", "u32"],
        ["dividend_limbs", "u32"],
        ["half", "u32"],
      ],
    };
    const shapes = randomItems("rows", (r) => {
      const limbs = r.between(1, 60);
      return [r.below(2 ** 20), 0, limbs, limbs + r.below(10), r.below(10), r.u32(), r.u32()];
    });
    const right = equals(([row, , limbs, sourceLimbs, first]) => [(row / limbs) * sourceLimbs + first + (row % limbs)]);
    await checkWgsl(gpu(), { from: "ntt/rows", fn: "source_row", args: ["u32", ROWS], returns: "u32" }, shapes, right);
  });
});
