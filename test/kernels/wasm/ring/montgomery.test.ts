import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invMod } from "../../../../src/math/modular.js";
import { directRuntime } from "../../../support/direct-runtime.js";

const assembly = fileURLToPath(new URL("../../../../assembly", import.meta.url));

/** Expressions of u32 lanes a, b and of constants, each compiled to a kernel that maps arrays. */
const expressions = {
  canonical: "canonical(a, q)",
  subtractOnce: "subtractOnce(a, q)",
  addModulo: "addModulo(a, b, q)",
  subtractModulo: "subtractModulo(a, b, q)",
  negateModulo: "negateModulo(a, q)",
  montgomeryReduce: "montgomeryReduce(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b), q, inverse)",
  multiplyRoot: "multiplyRoot(a, w, i32x4.splat(<u32>(((<u64>c) << 32) / modulus)), q)",
  reduce: "reduce(a, q, i32x4.add(q, q))",
  sumLazy: "sumLazy(a, b, i32x4.add(q, q))",
  differenceLazy: "differenceLazy(a, b, i32x4.add(q, q))",
  differenceReduced: "differenceReduced(a, b, i32x4.add(q, q))",
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
     import { differenceLazy, differenceReduced, multiplyRoot, reduce, sumLazy } from ${path("ring/butterfly")};
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

  it("multiply by a root, of any u32, to [0, 2q)", () => {
    for (const w of spread(q)) {
      // Products that are 0, 1 or q - 1 modulo q have their quotients at an edge; the same residues as far up as a u32 goes.
      const edge = w > 0 ? [0, 1, q - 1].map((r) => residueOf(r, Number(invMod(BigInt(w), BigInt(q))), q)) : [];
      const high = edge.map((a) => a + q * Math.floor((2 ** 32 - 1 - a) / q));
      const pairs = [...spread(2 ** 32), ...edge, ...high].map((a) => [a, 0] as [number, number]);
      const results = evaluate("multiplyRoot", q, pairs, w);
      expect(pairs.filter(([a], i) => results[i] >= 2 * q || results[i] % q !== residueOf(a, w, q))).toEqual([]);
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
    const reduced = evaluate("differenceReduced", q, lazy);
    expect(lazy.filter(([a, b], i) => reduced[i] >= 2 * q || reduced[i] % q !== (b - a + 2 * q) % q)).toEqual([]);
  });
});
