import { describe, it } from "vitest";
import { montgomeryFactor, shoupPair } from "../../src/kernels/webgpu/ring-tables.js";
import { mod } from "../../src/math/modular.js";
import { useGpu } from "../support/gpu.js";
import { checkWgsl, congruent, equals, ODD_MODULI, randomItems, SPARSE_PRIMES } from "../support/wgsl-check.js";
import type { WgslStruct } from "../support/wgsl-map.js";

const gpu = useGpu();
const R = 1n << 32n;

describe("the end of a base conversion", () => {
  const WIDE: WgslStruct = {
    struct: "Wide",
    from: "word/wide",
    fields: [
      ["low", "vec4<u32>"],
      ["high", "vec4<u32>"],
    ],
  };
  const TARGETS: WgslStruct = {
    struct: "Targets",
    fields: [
      ["q", "vec4<u32>"],
      ["factor", "vec4<u32>"],
      ["radix", "vec4<u32>"],
      ["radix_quotient", "vec4<u32>"],
      ["minus_d", "vec4<u32>"],
    ],
  };

  it("gives the sum less a multiple of D, canonical for each prime", async () => {
    const moduli = [...SPARSE_PRIMES, ...ODD_MODULI];
    const items = randomItems(
      "finish",
      (r) => {
        const q = Array.from({ length: 4 }, () => r.pick(moduli));
        const radix = q.map((p) => shoupPair(R % BigInt(p), BigInt(p)));
        const ends = r.below(4) === 0;
        return [
          ...Array.from({ length: 4 }, () => (ends ? 0xffffffff : r.u32())),
          ...q.map((p) => (ends ? p - 1 : r.below(p))),
          r.below(64),
          ...q,
          ...q.map(montgomeryFactor),
          ...radix.map(([w]) => w),
          ...radix.map(([, w]) => w),
          ...q.map((p) => (ends ? p - 1 : r.below(p))),
        ];
      },
      2500,
    );
    const right = equals((x) => [0, 1, 2, 3].map((i) => mod(x[i] + x[4 + i] * R + x[8] * x[25 + i], x[9 + i])));
    await checkWgsl(
      gpu(),
      { from: "ring/convert", fn: "finish", args: [WIDE, "u32", TARGETS], returns: "vec4<u32>" },
      items,
      right,
    );
  });
});

describe("residues of one prime for another", () => {
  it("are those of the centred integer, up to 2q", async () => {
    const moduli = [...SPARSE_PRIMES, ...ODD_MODULI];
    const items = randomItems("centre", (r) => {
      const q = r.pick(moduli);
      const d = r.pick(moduli.filter((p) => p <= 4 * q));
      const half = Math.floor(d / 2);
      const x = Array.from({ length: 4 }, () => r.pick([0, half, half + 1, d - 1, r.below(d)]));
      return [...x, half, Number(mod(-BigInt(d), BigInt(q))), q];
    });
    const right = congruent((x) => {
      const [half, q] = [x[4], x[6]];
      const d = 2n * half + 1n;
      return { values: [0, 1, 2, 3].map((i) => (x[i] > half ? x[i] - d : x[i])), q, bound: 3n * q };
    });
    await checkWgsl(
      gpu(),
      { from: "ring/centre", fn: "centre4", args: ["vec4<u32>", "u32", "u32", "u32"], returns: "vec4<u32>" },
      items,
      right,
    );
  });
});

describe("flat indices", () => {
  it("count groups row by row, and invocations within them", async () => {
    const items = randomItems("flat", (r) => {
      const x = r.between(1, 65535);
      return [r.below(x), r.below(60000), 0, x, r.between(1, 65535), 1, r.below(256), 256];
    }).filter(([gx, gy, , nx, , , local]) => (gy * nx + gx) * 256 + local < 2 ** 32);
    const id = equals(([gx, gy, , nx, , , local, size]) => [(gy * nx + gx) * size + local]);
    const from = "grid/flat_id";
    await checkWgsl(gpu(), { from, fn: "flat_id", args: ["vec3<u32>", "vec3<u32>", "u32", "u32"], returns: "u32" }, items, id);
    const group = equals(([gx, gy, , nx]) => [gy * nx + gx]);
    await checkWgsl(
      gpu(),
      { from, fn: "flat_group", args: ["vec3<u32>", "vec3<u32>"], returns: "u32" },
      items.map((item) => item.slice(0, 6)),
      group,
    );
  });
});
