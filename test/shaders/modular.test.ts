import { describe, it } from "vitest";
import { invMod, mod } from "../../src/math/modular.js";
import { useGpu } from "../support/gpu.js";
import {
  checkWgsl,
  combinations,
  congruent,
  EDGES,
  equals,
  ODD_MODULI,
  quotient,
  randomItems,
  SPARSE_PRIMES,
} from "../support/wgsl-check.js";
import type { WgslStruct } from "../support/wgsl-map.js";

const gpu = useGpu();
const MODULI = [...new Set([...ODD_MODULI, ...SPARSE_PRIMES])];
const WIDE: WgslStruct = {
  struct: "Wide",
  from: "word/wide",
  fields: [
    ["low", "vec4<u32>"],
    ["high", "vec4<u32>"],
  ],
};
const R = 1n << 32n;

/** Values around the ends of [0, bound). */
const around = (q: number, bound: number) =>
  [0, 1, q >> 1, q - 1, q, 2 * q - 1, 2 * q, 3 * q, bound - 1].filter((x) => x >= 0 && x < bound);

/** Items (x, y, z, w, q) with values below factor * q. */
function vectorItems(seed: string, factor: number, count = 2500): number[][] {
  const edges = MODULI.flatMap((q) => around(q, factor * q).map((x) => [x, factor * q - 1 - x, x, 0, q]));
  const random = randomItems(
    seed,
    (r) => {
      const q = r.pick(MODULI);
      return [...Array.from({ length: 4 }, () => r.below(factor * q)), q];
    },
    count,
  );
  return [...edges, ...random];
}

describe("reduction", () => {
  const from = "modular/reduce";

  it("takes [0, 2m) to [0, m)", async () => {
    const moduli = [...MODULI, 2 ** 31 - 1, 2 ** 31];
    const edges = moduli.flatMap((m) => around(m, 2 * m).map((x) => [x, m]));
    const items = [
      ...edges,
      ...randomItems("reduce", (r) => {
        const m = r.pick(moduli);
        return [r.below(2 * m), m];
      }),
    ];
    await checkWgsl(
      gpu(),
      { from, fn: "reduce", args: ["u32", "u32"], returns: "u32" },
      items,
      equals(([x, m]) => [x % m]),
    );
    const two = items.map(([x, m]) => [x, 2 * m - 1 - x, m]);
    const three: ["vec2<u32>", "u32"] = ["vec2<u32>", "u32"];
    await checkWgsl(
      gpu(),
      { from, fn: "reduce2", args: three, returns: "vec2<u32>" },
      two,
      equals(([x, y, m]) => [x % m, y % m]),
    );
  });

  const vector = (fn: string) => ({ from, fn, args: ["vec4<u32>", "u32"] as const, returns: "vec4<u32>" as const });
  const residues = equals((args) => args.slice(0, 4).map((x) => x % args[4]));

  it("takes four lanes of [0, 2q) to [0, q)", () => checkWgsl(gpu(), vector("reduce4"), vectorItems("reduce4", 2), residues));
  it("takes four lanes of [0, 4q) to [0, q)", () =>
    checkWgsl(gpu(), vector("canonical4"), vectorItems("canonical4", 4), residues));

  it("negates", () =>
    checkWgsl(
      gpu(),
      vector("negate4"),
      vectorItems("negate", 1),
      equals((args) => args.slice(0, 4).map((x) => mod(-x, args[4]))),
    ));

  it.each([
    ["add4", (a: bigint, b: bigint) => a + b],
    ["subtract4", (a: bigint, b: bigint) => a - b],
  ])("%s", async (fn, right) => {
    const left = vectorItems(fn, 1);
    const other = vectorItems(`${fn} other`, 1).map((item) => item.slice(0, 4));
    const items = left.map((item, i) => [...item.slice(0, 4), ...other[(i * 7) % other.length].map((x) => x % item[4]), item[4]]);
    const expected = equals((args) => [0, 1, 2, 3].map((i) => mod(right(args[i], args[4 + i]), args[8])));
    await checkWgsl(gpu(), { from, fn, args: ["vec4<u32>", "vec4<u32>", "u32"], returns: "vec4<u32>" }, items, expected);
  });
});

describe("Shoup products", () => {
  const from = "modular/shoup";
  const constants = (q: number) => [0, 1, q >> 1, q - 1];
  const edges = MODULI.flatMap((q) => combinations(EDGES, constants(q)).map(([x, w]) => [x, w, quotient(w, q), q]));
  const random = randomItems("shoup", (r) => {
    const q = r.pick(MODULI);
    const w = r.below(q);
    return [r.u32(), w, quotient(w, q), q];
  });
  const items = [...edges, ...random];

  it("of any word lie in [0, 4q), lazily", async () => {
    const right = congruent(([x, w, , q]) => ({ values: [x * w], q, bound: 4n * q }));
    await checkWgsl(gpu(), { from, fn: "multiply_lazy", args: ["u32", "vec2<u32>", "u32"], returns: "u32" }, items, right);
  });

  it("of any word are exact below 2^31", async () => {
    const wide = randomItems("shoup 31", (r) => {
      const q = 2 ** 31 - 1 - 2 * r.below(1000);
      const w = r.below(q);
      return [r.u32(), w, quotient(w, q), q];
    });
    const right = equals(([x, w, , q]) => [(x * w) % q]);
    await checkWgsl(
      gpu(),
      { from, fn: "multiply_exact", args: ["u32", "vec2<u32>", "u32"], returns: "u32" },
      [...items, ...wide],
      right,
    );
  });

  it("of two lanes with two constants", async () => {
    const pairs = items.map(([x, w, w1, q], i) => {
      const v = (w + i) % q;
      return [x, x ^ 0x5a5a5a5a, w, v, w1, quotient(v, q), q].map((word) => word >>> 0);
    });
    const right = congruent(([x, y, w, v, , , q]) => ({ values: [x * w, y * v], q, bound: 4n * q }));
    const args = ["vec2<u32>", "vec2<u32>", "vec2<u32>", "u32"] as const;
    await checkWgsl(gpu(), { from, fn: "multiply_lazy2", args, returns: "vec2<u32>" }, pairs, right);
  });

  it.each([
    ["multiply_lazy4", 4n],
    ["multiply_constant4", 1n],
  ])("of four lanes with one constant: %s", async (fn, bound) => {
    const fours = items.map(([x, w, w1, q]) => [x, ~x >>> 0, x >>> 1, x >>> 16, w, w1, q]);
    const right = congruent((args) => ({ values: args.slice(0, 4).map((x) => x * args[4]), q: args[6], bound: bound * args[6] }));
    await checkWgsl(gpu(), { from, fn, args: ["vec4<u32>", "vec2<u32>", "u32"], returns: "vec4<u32>" }, fours, right);
  });
});

describe("Montgomery reduction", () => {
  /** Items (low x 4, high x 4, q, factor) with high words below q. */
  const items = (seed: string, moduli: readonly number[], factor: (q: number) => number) => [
    ...moduli.flatMap((q) =>
      combinations(EDGES, [0, 1, q >> 1, q - 1]).map(([low, high]) => [
        low,
        low,
        ~low >>> 0,
        0,
        high,
        q - 1 - high,
        high,
        high,
        q,
        factor(q),
      ]),
    ),
    ...randomItems(
      seed,
      (r) => {
        const q = r.pick(moduli);
        return [...Array.from({ length: 4 }, () => r.u32()), ...Array.from({ length: 4 }, () => r.below(q)), q, factor(q)];
      },
      2500,
    ),
  ];
  const right = equals((args) => {
    const q = args[8];
    return [0, 1, 2, 3].map((i) => ((args[i] + args[4 + i] * R) * invMod(R, q)) % q);
  });
  const call = (from: string) => ({
    from,
    fn: "montgomery_reduce4",
    args: [WIDE, "u32", "u32"] as const,
    returns: "vec4<u32>" as const,
  });

  it("by any odd modulus", async () => {
    const moduli = MODULI.filter((q) => q > 3);
    await checkWgsl(
      gpu(),
      call("modular/montgomery"),
      items("general", moduli, (q) => Number(invMod(BigInt(q), R))),
      right,
    );
  });

  it("by a prime 1 + k 2^16", async () => {
    await checkWgsl(
      gpu(),
      call("modular/montgomery_sparse"),
      items("sparse", SPARSE_PRIMES, (q) => (q - 1) / 65536),
      right,
    );
  });
});

describe("sums of products", () => {
  const WORDS = 16;
  /** Items (low x 4, high x 4, a x 4, b x 4, q): high and b below q, a below 2^30. */
  const items = [
    ...MODULI.map((q) => [
      ...Array(4).fill(0xffffffff),
      ...Array(4).fill(q - 1),
      ...Array(4).fill(2 ** 30 - 1),
      ...Array(4).fill(q - 1),
      q,
    ]),
    ...MODULI.map((q) => [...Array(WORDS).fill(0), q]),
    ...randomItems(
      "accumulate",
      (r) => {
        const q = r.pick(MODULI);
        const four = (bound: number) => Array.from({ length: 4 }, () => r.below(bound));
        return [...four(2 ** 32), ...four(q), ...four(2 ** 30), ...four(q), q];
      },
      2500,
    ),
  ];
  const wrong = (args: readonly bigint[], result: readonly bigint[]) => {
    const q = args[WORDS];
    for (let i = 0; i < 4; i++) {
      const sum = args[i] + args[4 + i] * R + args[8 + i] * args[12 + i];
      if (result[4 + i] >= q) return `high word ${i} is not below ${q}`;
      if ((result[i] + result[4 + i] * R - sum) % (q * R) !== 0n) return `lane ${i} is not congruent`;
    }
    return undefined;
  };

  it("keep their high word below q", async () => {
    const fn = {
      from: "modular/accumulate",
      fn: "accumulate4",
      args: [WIDE, "vec4<u32>", "vec4<u32>", "u32"] as const,
      returns: WIDE,
    };
    await checkWgsl(gpu(), fn, items, wrong);
  });

  it("keep their high word below a modulus for each lane", async () => {
    const fn = {
      from: "modular/accumulate",
      fn: "accumulate_each4",
      args: [WIDE, "vec4<u32>", "vec4<u32>", "vec4<u32>"] as const,
      returns: WIDE,
    };
    await checkWgsl(
      gpu(),
      fn,
      items.map((item) => [...item, ...Array(3).fill(item[WORDS])]),
      wrong,
    );
  });
});
