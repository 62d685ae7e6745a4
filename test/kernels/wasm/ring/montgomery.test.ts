import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invMod, mod } from "../../../../src/math/modular.js";
import { directRuntime } from "../../../support/direct-runtime.js";

const assembly = fileURLToPath(new URL("../../../../assembly", import.meta.url));

/** Expressions of lanes a, b, c (u32) and the constants of q, each compiled to a kernel that maps arrays. */
const expressions = {
  canonical: "canonical(a, q)",
  subtractOnce: "subtractOnce(a, q)",
  addModulo: "addModulo(a, b, q)",
  subtractModulo: "subtractModulo(a, b, q)",
  negateModulo: "negateModulo(a, q)",
  montgomeryLazy: "montgomeryLazy(a, b, q, inverse)",
  montgomery: "montgomery(a, b, q, inverse)",
  montgomeryConstant: "montgomeryConstant(a, b, i32x4.mul(b, inverse), q)",
  multiplyModulo: "multiplyModulo(a, b, q, f64x2.splat(1.0 / <f64>modulus))",
  multiplyConstant: "multiplyConstant(a, i32x4.splat(c), f64x2.splat(<f64>c / <f64>modulus), q)",
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
    export function lanes_${name}(out: usize, x: usize, y: usize, count: u32, modulus: u32, negated: u32, c: u32): void {
      const q = i32x4.splat(modulus);
      const inverse = i32x4.splat(negated);
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
    `import { addModulo, canonical, montgomery, montgomeryConstant, montgomeryLazy, multiplyConstant, multiplyModulo,
       negateModulo, subtractModulo, subtractOnce } from ${path("ring/montgomery")};
     import { centre, differenceLazy, reduce, sumLazy } from ${path("ring/butterfly")};
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

/** Pairs whose product is (q - 1) / 2 or (q + 1) / 2 modulo q: the quotient lies at the edge of its rounding. */
function halves(q: number): [number, number][] {
  return spread(q)
    .filter((a) => a > 0)
    .flatMap((a) =>
      [(q - 1) / 2, (q + 1) / 2].map(
        (half) => [a, Number((BigInt(half) * invMod(BigInt(a), BigInt(q))) % BigInt(q))] as [number, number],
      ),
    );
}

const product = (a: number, b: number, q: number) => Number((BigInt(a) * BigInt(b)) % BigInt(q));

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

  it("multiply", () => {
    const pairs = [...residues, ...halves(q)];
    expect([...evaluate("multiplyModulo", q, pairs)]).toEqual(pairs.map(([a, b]) => product(a, b, q)));
  });

  it("multiply by a constant, of any u32, to within q (1/2 + 2^-21) of zero", () => {
    for (const w of spread(q)) {
      const edge = w > 0 ? [(q - 1) / 2, (q + 1) / 2].map((half) => product(half, Number(invMod(BigInt(w), BigInt(q))), q)) : [];
      // The same residues as far up as a u32 goes.
      const high = edge.map((a) => a + q * Math.floor((2 ** 32 - 1 - a) / q));
      const pairs = [...spread(2 ** 32), ...edge, ...high].map((a) => [a, 0] as [number, number]);
      const results = wrapped(evaluate("multiplyConstant", q, pairs, w));
      for (const [i, r] of results.entries()) {
        expect(Math.abs(r)).toBeLessThanOrEqual(q * (0.5 + 2 ** -21));
        expect(mod(BigInt(r), BigInt(q))).toBe((BigInt(pairs[i][0]) * BigInt(w)) % BigInt(q));
      }
    }
  });

  it("multiply as Montgomery does, of any u32 and a residue", () => {
    const pairs = cross(spread(2 ** 32), spread(q));
    const radix = invMod(2n ** 32n, BigInt(q));
    const expected = pairs.map(([a, b]) => Number((((BigInt(a) * BigInt(b)) % BigInt(q)) * radix) % BigInt(q)));
    expect([...evaluate("montgomery", q, pairs)]).toEqual(expected);
    for (const name of ["montgomeryLazy", "montgomeryConstant"] as const) {
      const results = wrapped(evaluate(name, q, pairs));
      expect(Math.max(...results)).toBeLessThan(q);
      expect(Math.min(...results)).toBeGreaterThan(-q);
      expect(results.map((r) => (r + q) % q)).toEqual(expected);
    }
  });

  it("stay within the ranges that transforms count on", () => {
    const quarter = spread(4 * q).map((x) => [x, 0] as [number, number]);
    expect([...evaluate("reduce", q, quarter)]).toEqual(quarter.map(([x]) => x % q));
    for (const [i, x] of evaluate("centre", q, quarter).entries()) {
      expect(x >= q && x < 3 * q).toBe(true);
      expect(x % q).toBe(quarter[i][0] % q);
    }
    const lazy = cross(spread(2 * q), spread(2 * q));
    for (const [i, x] of evaluate("sumLazy", q, lazy).entries()) {
      expect(x).toBeLessThan(2 * q);
      expect(x % q).toBe((lazy[i][0] + lazy[i][1]) % q);
    }
    for (const [i, x] of evaluate("differenceLazy", q, lazy).entries()) {
      expect(x > 0 && x < 4 * q).toBe(true);
      expect(x % q).toBe((lazy[i][1] - lazy[i][0] + 2 * q) % q);
    }
  });
});
