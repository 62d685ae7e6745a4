/** Plans of linear transforms, run on plain vectors and held against the matrix product. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runTransform } from "../../../src/ckks/circuits/baby-giant.js";
import { LinearTransform } from "../../../src/ckks/circuits/index.js";
import { ParameterError } from "../../../src/errors.js";
import { testRandom } from "../../support/random.js";
import { plainVectors, rotate } from "./vectors.js";

const random = testRandom("transform plans");
const integers = (length: number) => Array.from({ length }, () => random.between(-9, 9));
const matrixOf = (rows: number, columns: number) => Array.from({ length: rows }, () => integers(columns));
const times = (m: readonly (readonly number[])[], x: readonly number[]) =>
  m.map((row) => row.reduce((sum, c, j) => sum + c * x[j], 0));
const zeros = (length: number) => new Array<number>(length).fill(0);

async function run(transform: LinearTransform, x: readonly number[], slots: number, xi: readonly number[] = zeros(x.length)) {
  const { counts, algebra } = plainVectors(transform.plan);
  const input = { re: [...transform.pack(x, slots)], im: [...transform.pack(xi, slots)] };
  return { counts, output: await runTransform(transform.plan, input, algebra) };
}

describe("a linear transform", () => {
  it("is the matrix product for any shape, with exactly the keys, products and rotations that it names, and one rescaling", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 2 }),
        async (rows, columns, more) => {
          const m = matrixOf(rows, columns);
          const x = integers(columns);
          const transform = LinearTransform.fromMatrix(m);
          const slots = Math.max(transform.inputPeriod, transform.outputPeriod) << more;
          const { counts, output } = await run(transform, x, slots);
          const y = times(m, x);
          // The output repeats over all slots, padded with zeros.
          expect(output.re).toEqual(Array.from({ length: slots }, (_, i) => y[i % transform.outputPeriod] ?? 0));
          expect([...transform.unpack(output.re)]).toEqual(y);
          expect([...counts.steps].sort((a, b) => a - b)).toEqual(transform.rotations);
          const { products, hoistedRotations, rotations, keys } = transform.cost;
          expect([counts.products, counts.hoisted, counts.rotations, counts.steps.size, counts.rescalings]).toEqual([
            products,
            hoistedRotations,
            rotations,
            keys,
            1,
          ]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("takes rows from the left where it is transposed", async () => {
    const m = matrixOf(5, 3);
    const x = integers(5);
    const transform = LinearTransform.fromMatrix(m, { transpose: true });
    expect([transform.rows, transform.columns]).toEqual([3, 5]);
    const { output } = await run(transform, x, 8);
    expect([...transform.unpack(output.re)]).toEqual([0, 1, 2].map((j) => x.reduce((sum, v, i) => sum + v * m[i][j], 0)));
  });

  it("takes complex matrices", async () => {
    const [re, im, x, xi] = [matrixOf(6, 11), matrixOf(6, 11), integers(11), integers(11)];
    const transform = LinearTransform.fromMatrix({ re, im });
    const { output } = await run(transform, x, 32, xi);
    expect([...transform.unpack(output.re)]).toEqual(times(re, x).map((v, i) => v - times(im, xi)[i]));
    expect([...transform.unpack(output.im)]).toEqual(times(re, xi).map((v, i) => v + times(im, x)[i]));
  });

  it("chains: one's output is the next one's input", async () => {
    const [first, second] = [matrixOf(10, 30), matrixOf(4, 10)];
    const x = integers(30);
    const [a, b] = [LinearTransform.fromMatrix(first), LinearTransform.fromMatrix(second)];
    const { output } = await run(a, x, 64);
    const { algebra } = plainVectors(b.plan);
    const y = await runTransform(b.plan, output, algebra);
    expect([...b.unpack(y.re)]).toEqual(times(second, times(first, x)));
  });

  it("needs no key for a diagonal matrix, and one product", () => {
    const transform = LinearTransform.fromMatrix([0, 1, 2, 3].map((i) => zeros(4).map((_, j) => (i === j ? i + 1 : 0))));
    expect(transform.cost).toEqual({ products: 1, hoistedRotations: 0, rotations: 0, keys: 0 });
    expect(transform.rotations).toEqual([]);
  });

  it("of one row is an inner product: one product and log2 rotations", () => {
    expect(LinearTransform.fromMatrix([integers(100).map((x) => x + 0.5)]).cost).toEqual({
      products: 1,
      hoistedRotations: 0,
      rotations: 7,
      keys: 7,
    });
  });

  it("of wide and tall matrices has as many products as the smaller side, padded", () => {
    const ones = (rows: number, columns: number) => new Array(rows).fill(new Array(columns).fill(1));
    expect(LinearTransform.fromMatrix(ones(10, 784)).cost.products).toBe(16);
    expect(LinearTransform.fromMatrix(ones(784, 10)).cost.products).toBe(16);
    expect(LinearTransform.fromMatrix(ones(512, 784)).cost.products).toBe(512);
  });

  it("takes about 2 sqrt(n) rotations, most of them hoisted, and obeys a bound on keys", async () => {
    const m = matrixOf(64, 64);
    const free = LinearTransform.fromMatrix(m).cost;
    expect(free.hoistedRotations + free.rotations).toBeLessThanOrEqual(20);
    expect(free.hoistedRotations).toBeGreaterThan(free.rotations);
    const tight = LinearTransform.fromMatrix(m, { maxKeys: 14 });
    expect(tight.rotations.length).toBe(14);
    const x = integers(64);
    expect((await run(tight, x, 64)).output.re).toEqual(times(m, x));
    expect(() => LinearTransform.fromMatrix(m, { maxKeys: 13 })).toThrow(
      "maxKeys: expected at least 14, got 13; allow more rotation keys",
    );
  });

  it("of few diagonals has few keys: no width does with fewer than a plan that may choose", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { minLength: 1, maxLength: 9 }), (steps) => {
        const transform = LinearTransform.fromDiagonals(new Map(steps.map((k) => [k, new Array(64).fill(1)])));
        // All baby steps: a key for each diagonal that moves.
        expect(transform.rotations.length).toBeLessThanOrEqual(steps.filter((k) => k !== 0).length + 1);
        const { babies, giants } = transform.plan;
        const used = new Set(giants.flatMap(({ terms }) => terms.map(({ baby }) => baby)));
        expect([...used].sort((a, b) => a - b)).toEqual(babies);
        expect(giants.every(({ terms }) => terms.length > 0)).toBe(true);
      }),
    );
  });

  it("from diagonals takes negative steps, and complex ones", async () => {
    const [a, b, c] = [integers(8), integers(8), integers(8)];
    const transform = LinearTransform.fromDiagonals(
      new Map<number, number[] | { re: number[]; im: number[] }>([
        [-1, a],
        [0, { re: b, im: c }],
      ]),
    );
    expect(transform.rotations).toEqual([7]);
    const x = integers(8);
    const { output } = await run(transform, x, 16);
    const back = rotate({ re: x, im: x }, 7).re;
    expect(output.re.slice(0, 8)).toEqual(x.map((v, i) => a[i] * back[i] + b[i] * v + 0));
    expect(output.im.slice(8)).toEqual(x.map((v, i) => c[i] * v + 0));
  });

  it("of zeros is zero", async () => {
    const { output } = await run(LinearTransform.fromMatrix([zeros(5), zeros(5)]), [1, 2, 3, 4, 5], 8);
    expect(output.re).toEqual(zeros(8));
  });
});

describe("packing", () => {
  it("repeats the vector, padded to a power of two", () => {
    const transform = LinearTransform.fromMatrix([[1, 2, 3]]);
    expect([...transform.pack([7, 8, 9], 8)]).toEqual([7, 8, 9, 0, 7, 8, 9, 0]);
    expect([...LinearTransform.fromMatrix(matrixOf(3, 5)).packOutput([7, 8, 9], 8)]).toEqual([7, 8, 9, 0, 7, 8, 9, 0]);
  });

  it("refuses what does not fit", () => {
    const transform = LinearTransform.fromMatrix(matrixOf(3, 5));
    expect(() => transform.pack([1, 2], 8)).toThrow("vector: expected 5 entries, one for each column, got an array of 2");
    expect(() => transform.packOutput([1, 2, 3, 4, 5], 8)).toThrow(
      "vector: expected 3 entries, one for each row, got an array of 5",
    );
    expect(() => transform.pack([1, 2, 3, 4, 5], 4)).toThrow("slots: expected a multiple of 8, for 3 rows and 5 columns, got 4");
    expect(() => transform.pack([1, 2, 3, 4, 5], 12)).toThrow(ParameterError);
    expect(() => transform.unpack([1, 2])).toThrow(ParameterError);
  });
});

describe("misshapen matrices", () => {
  it.each([
    ["no matrix", undefined, "matrix: expected an array of rows"],
    ["an empty one", [], "matrix: expected an array of rows"],
    ["empty rows", [[], []], "matrix: expected an array of rows"],
    ["ragged rows", [[1, 2], [3]], "matrix, row 1: expected 2 numbers"],
    ["NaN", [[1, Number.NaN]], "matrix, row 0, entry 1: expected a finite number, got NaN"],
  ])("are refused: %s", (_name, matrix, message) => {
    expect(() => LinearTransform.fromMatrix(matrix as never)).toThrow(message);
  });

  it("are refused: parts and diagonals that do not fit each other", () => {
    expect(() => LinearTransform.fromMatrix({ re: [[1, 2]], im: [[1]] })).toThrow(
      "imaginary parts: expected a matrix of 1 x 2, got 1 x 1",
    );
    expect(() => LinearTransform.fromDiagonals(new Map())).toThrow("diagonals: expected a map");
    expect(() => LinearTransform.fromDiagonals(new Map([[0, [1, 2, 3]]]))).toThrow("length is a power of two, got length 3");
    expect(() =>
      LinearTransform.fromDiagonals(
        new Map([
          [1, [1, 2]],
          [-1, [1, 2]],
        ]),
      ),
    ).toThrow("distinct ones, got -1 twice");
  });
});
