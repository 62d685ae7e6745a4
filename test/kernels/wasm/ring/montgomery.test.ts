import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invMod } from "../../../../src/math/modular.js";
import { directRuntime } from "../../../support/direct-runtime.js";

const assembly = fileURLToPath(new URL("../../../../assembly", import.meta.url));

/** Expressions of u32 lanes a, b and of constants, each compiled to a kernel that maps arrays. */
const product = (root: string, round: string) => `multiplyRoot(a, w, f64x2.splat(${root}), q, high, magic, ${round})`;
const expressions = {
  canonical: "canonical(a, q)",
  subtractOnce: "subtractOnce(a, q)",
  addModulo: "addModulo(a, b, q)",
  subtractModulo: "subtractModulo(a, b, q)",
  negateModulo: "negateModulo(a, q)",
  montgomeryReduce: "montgomeryReduce(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b), q, inverse)",
  multiplyRoot: product("<f64>c / <f64>modulus", "magic"),
  multiplyRootLess: product("<f64>c / <f64>modulus", "f64x2.splat(4503599627370496 + 4294967295)"),
  // b is taken for a second operand whose root is q - 1 - c.
  multiplyTwo: `multiplyTwo(
    a, widenLow(a, high, magic), widenHigh(a, high, magic), w, f64x2.splat(<f64>c / <f64>modulus),
    b, widenLow(b, high, magic), widenHigh(b, high, magic), i32x4.sub(q, i32x4.splat(c + 1)),
    f64x2.splat(<f64>(modulus - c - 1) / <f64>modulus), q, magic)`,
  centre: "centre(a, q, i32x4.add(q, q))",
  reduce: "reduce(a, q, i32x4.add(q, q))",
  sumLazy: "sumLazy(a, b, i32x4.add(q, q))",
  differenceLazy: "differenceLazy(a, b, i32x4.add(q, q))",
} as const;
type Name = keyof typeof expressions;

let runtime: Awaited<ReturnType<typeof directRuntime>>;
const folder = mkdtempSync(join(tmpdir(), "lanes-"));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const path = (file: string) => JSON.stringify(relative(folder, join(assembly, file)).replaceAll("\\", "/"));
  const kernels = Object.entries(expressions).map(
    ([name, expression]) => `
    export function lanes_${name}(out: usize, x: usize, y: usize, count: u32, modulus: u32, reciprocal: u32, c: u32): void {
      const q = i32x4.splat(modulus);
      const inverse = i32x4.splat(reciprocal);
      const w = i32x4.splat(c);
      const magic = f64x2.splat(4503599627370496);
      const high = i32x4.splat(0x43300000);
      for (let i: usize = 0; i < (<usize>count << 2); i += 16) {
        const a = v128.load(x + i);
        const b = v128.load(y + i);
        v128.store(out + i, ${expression});
      }
    }`,
  );
  const entry = join(folder, "lanes.ts");
  writeFileSync(
    entry,
    `import { addModulo, canonical, montgomeryReduce, negateModulo, subtractModulo, subtractOnce } from ${path("ring/montgomery")};
     import { centre, differenceLazy, multiplyRoot, multiplyTwo, reduce, sumLazy, widenHigh, widenLow } from ${path("ring/butterfly")};
     export { heapBase, SCRATCH_BYTES, setScratch } from ${path("scratch")};
     ${kernels.join("")}`,
  );
  runtime = await directRuntime(relative(process.cwd(), entry));
});

type Lanes = (out: number, a: number, b: number, count: number, q: number, inverse: number, c: number) => void;

/** The expression on all pairs, as u32. */
function evaluate(name: Name, q: number, pairs: readonly (readonly [number, number])[], constant = 0): Uint32Array {
  const count = (pairs.length + 3) & ~3;
  const blocks = [0, 1].map((k) => {
    const block = runtime.allocate(4 * count);
    const column = new Uint32Array(count);
    for (let i = 0; i < pairs.length; i++) column[i] = pairs[i][k];
    runtime.write(block, column);
    return block;
  });
  const out = runtime.allocate(4 * count);
  const run = runtime.exports[`lanes_${name}`] as Lanes;
  run(out.address, blocks[0].address, blocks[1].address, count, q, Number(invMod(BigInt(q), 2n ** 32n)), constant);
  return new Uint32Array(runtime.memory.buffer, out.address, pairs.length).slice();
}

// The smallest odd primes, those beside 2^16 and 2^29, the largest NTT prime of N = 2^12 and the largest prime below 2^30.
const primes = [3, 5, 17, 12289, 65537, 786433, 536903681, 1073692673, 1073741789];

/** Spread over [0, limit), with both ends and their neighbours. */
function spread(limit: number): number[] {
  const edges = [0, 1, 2, limit - 1, limit - 2, Math.floor(limit / 2), Math.floor(limit / 2) + 1];
  const inner = Array.from({ length: 40 }, (_, i) => (i * 2654435761 + 12345) % limit);
  return [...new Set([...edges, ...inner].filter((x) => x >= 0 && x < limit))];
}

const cross = (xs: readonly number[], ys: readonly number[]): [number, number][] =>
  xs.flatMap((x) => ys.map((y) => [x, y] as [number, number]));

const residueOf = (a: number, b: number, q: number) => Number((BigInt(a) * BigInt(b)) % BigInt(q));

describe.each(primes)("lanes modulo %i", (q) => {
  const residues = cross(spread(q), spread(q));
  const wrapped = (values: Uint32Array) => Array.from(values, (v) => v | 0);

  it("add, subtract and negate", () => {
    expect([...evaluate("addModulo", q, residues)]).toEqual(residues.map(([a, b]) => (a + b) % q));
    expect([...evaluate("subtractModulo", q, residues)]).toEqual(residues.map(([a, b]) => (a - b + q) % q));
    expect([...evaluate("negateModulo", q, residues)]).toEqual(residues.map(([a]) => (q - a) % q));
  });

  it("come back to [0, q) from either side", () => {
    const signed = spread(2 * q - 1).map((x) => x - q + 1);
    const pairs = signed.map((x) => [x >>> 0, 0] as [number, number]);
    expect([...evaluate("canonical", q, pairs)]).toEqual(signed.map((x) => (x + q) % q));
    const lazy = spread(2 * q).map((x) => [x, 0] as [number, number]);
    expect([...evaluate("subtractOnce", q, lazy)]).toEqual(lazy.map(([x]) => x % q));
  });

  it("multiply by a root, of any u32, to within q (1/2 + 2^-21) of zero or of q", () => {
    for (const w of spread(q)) {
      // Products that are (q - 1) / 2 or (q + 1) / 2 modulo q have their quotients at the edge of rounding.
      const edge =
        w > 0 ? [(q - 1) / 2, (q + 1) / 2].map((half) => residueOf(half, Number(invMod(BigInt(w), BigInt(q))), q)) : [];
      // The same residues as far up as a u32 goes.
      const high = edge.map((a) => a + q * Math.floor((2 ** 32 - 1 - a) / q));
      const pairs = [...spread(2 ** 32), ...edge, ...high].map((a) => [a, 0] as [number, number]);
      const near = wrapped(evaluate("multiplyRoot", q, pairs, w));
      const less = wrapped(evaluate("multiplyRootLess", q, pairs, w));
      // Ties may round either way, so the second is not always the first plus q.
      const wrong = pairs.filter(([a], i) => {
        const [r, shifted] = [near[i], less[i] - q];
        const expected = residueOf(a, w, q);
        return [r, shifted].some((x) => Math.abs(x) > q * (0.5 + 2 ** -21) || (x < 0 ? x + q : x) !== expected);
      });
      expect(wrong).toEqual([]);
    }
  });

  it("multiply by two roots and add, to within q (1/2 + 3 * 2^-21) of zero", () => {
    const pairs = cross(spread(2 ** 32), spread(2 ** 32));
    for (const w of [0, 1, Math.floor(q / 3), (q - 1) / 2, q - 2, q - 1]) {
      const results = wrapped(evaluate("multiplyTwo", q, pairs, w));
      const wrong = pairs.filter(([a, b], i) => {
        const r = results[i];
        const expected = (residueOf(a, w, q) + residueOf(b, q - 1 - w, q)) % q;
        return Math.abs(r) > q * (0.5 + 3 * 2 ** -21) || (r < 0 ? r + q : r) !== expected;
      });
      expect(wrong).toEqual([]);
    }
  });

  it("reduce as Montgomery does, products of any u32 and a residue", () => {
    const pairs = cross(spread(2 ** 32), spread(q));
    const radix = invMod(2n ** 32n, BigInt(q));
    const results = wrapped(evaluate("montgomeryReduce", q, pairs));
    expect(Math.max(...results)).toBeLessThan(q);
    expect(Math.min(...results)).toBeGreaterThan(-q);
    expect(results.map((r) => (r + q) % q)).toEqual(
      pairs.map(([a, b]) => Number((((BigInt(a) * BigInt(b)) % BigInt(q)) * radix) % BigInt(q))),
    );
  });

  it("stay within the ranges that transforms count on", () => {
    const quarter = spread(4 * q).map((x) => [x, 0] as [number, number]);
    expect([...evaluate("reduce", q, quarter)]).toEqual(quarter.map(([x]) => x % q));
    const centred = evaluate("centre", q, quarter);
    expect(quarter.filter(([a], i) => centred[i] < q || centred[i] >= 3 * q || centred[i] % q !== a % q)).toEqual([]);
    const lazy = cross(spread(2 * q), spread(2 * q));
    const sums = evaluate("sumLazy", q, lazy);
    expect(lazy.filter(([a, b], i) => sums[i] >= 2 * q || sums[i] % q !== (a + b) % q)).toEqual([]);
    const differences = evaluate("differenceLazy", q, lazy);
    expect(
      lazy.filter(([a, b], i) => {
        const d = differences[i];
        return d === 0 || d >= 4 * q || d % q !== (b - a + 2 * q) % q;
      }),
    ).toEqual([]);
  });
});
