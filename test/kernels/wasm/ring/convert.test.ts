/** assembly/ring/convert.ts, mixed-radix.ts and divide.ts: digits at both ends of their range, many source primes, primes of very different sizes. */
import { describe, expect, it } from "vitest";
import type { RingKernels } from "../../../../src/kernels/interface.js";
import { isPrime, nttPrimes } from "../../../../src/math/primes.js";
import { product } from "../../../../src/math/rns.js";
import { testRandom } from "../../../support/random.js";
import { residuesOf, ringPair } from "../../../support/ring-pair.js";

const degree = 32;
const large = nttPrimes({ degree, bits: 30, count: 30 });
const small = [193, 257, 449, 577, 7681, 12289, 65537, 786433].filter((q) => isPrime(BigInt(q)) && q % 64 === 1);
/** From half to an eighth of the large ones: on both sides of where a conversion from one prime needs no product. */
const middle = [29, 28, 27].flatMap((bits) => nttPrimes({ degree, bits, count: 1 }));
const primes = [...large, ...middle, ...small];

/** Where a centred residue changes its sign, and both ends. */
const corners = (q: number) => [0, 1, (q - 1) / 2, (q + 1) / 2, q - 1];

/** The prime 1 modulo 2N next above a multiple of it, or one of those that follow. */
function primeAbove(from: number, skip: number): number {
  for (let q = from + 1; ; q += 2 * degree) if (isPrime(BigInt(q)) && skip-- === 0) return q;
}

const MIXED: readonly (readonly [source: number[], target: number[]])[] = [
  [[large[0]], [large[1], ...small]],
  [[large[0]], middle],
  ...middle.map((q): [number[], number[]] => [[q], [large[0], ...middle.filter((p) => p !== q)]]),
  [[small[0]], large.slice(0, 3)],
  [[small[1]], [small[2], small[0]]],
  [
    [large[3], small[0]],
    [large[0], small[1], large[3], small[0]],
  ],
  [small.slice(0, 4), [...small, large[0]]],
  ...[2, 3, 11, 12, 13, 24, 25].map((count): [number[], number[]] => [
    large.slice(0, count),
    [large[25], large[26], small[0], large[0]],
  ]),
];

describe("conversions", () => {
  it.each(MIXED)("from [%s] to [%s]", async (source, target) => {
    const random = testRandom(`convert ${source}`);
    const { agree } = await ringPair(degree, primes);
    const shape = { basis: source, form: "coefficient", batch: 3 } as const;
    const edges = residuesOf(degree, source, 3, (q, place) => corners(q)[(place + 3 * source.indexOf(q)) % 5]);
    const any = residuesOf(degree, source, 3, (q) => random.below(q));
    for (const x of [edges, any]) await agree((k) => k.convert(k.upload(x, shape), target));
  });

  it("reach the largest sums: every digit at its largest", async () => {
    // The residue whose digit is u - h with u = d - 1 is h times D/d modulo d.
    const { agree } = await ringPair(degree, primes);
    const source = large.slice(0, 25);
    const d = source.reduce((product, q) => product * BigInt(q), 1n);
    const x = residuesOf(degree, source, 1, (q) => Number((BigInt((q - 1) / 2) * (d / BigInt(q))) % BigInt(q)));
    await agree((k) => k.convert(k.upload(x, { basis: source, form: "coefficient", batch: 1 }), large.slice(20)));
  });
});

describe("divisions", () => {
  it.each([
    [2, 1],
    [3, 1],
    [3, 2],
    [8, 3],
    [16, 13],
    [27, 26],
  ])("of %i limbs by the last %i", async (limbs, drop) => {
    const random = testRandom(`rescale ${limbs} ${drop}`);
    const { agree } = await ringPair(degree, primes);
    const basis = [...small.slice(0, 1), ...large.slice(0, limbs - 1)];
    for (const form of ["coefficient", "ntt"] as const) {
      const shape = { basis, form, batch: 2 } as const;
      const edges = residuesOf(degree, basis, 2, (q) => random.pick(corners(q)));
      const any = residuesOf(degree, basis, 2, (q) => random.below(q));
      for (const x of [edges, any]) await agree((k) => k.rescale(k.upload(x, shape), drop), form);
    }
  });

  // On both sides of where sums are made of halves: up to 12 primes, none of the others below 2^22.
  const least = [0, 1].map((skip) => primeAbove(2 ** 22, skip));
  it.each([
    ...[2, 3, 4, 5, 8, 9, 12, 13, 20].map((drop): [number[], number[]] => [
      [large[29], ...least, large[28]],
      large.slice(0, drop),
    ]),
    [
      [large[0], ...least],
      [small[0], large[1], small[1], small[2]],
    ],
    [
      [large[0], middle[0]],
      [large[1], small[0]],
    ],
    [[small[3], large[0]], small.slice(0, 3)],
    [large.slice(10, 29), large.slice(0, 9)],
  ] as [number[], number[]][])("to [%s] by [%s], with mixed radix digits at their ends", async (kept, dropped) => {
    const all = [...kept, ...dropped];
    const { agree } = await ringPair(degree, all);
    const random = testRandom(`mixed radix ${kept} ${dropped}`);
    const d = product(dropped);
    // One coefficient after the other: halfway from both sides, all digits random ends.
    const coefficients = Array.from({ length: 2 * degree }, (_, i) => {
      const digits: bigint[] = dropped.map((q) => BigInt(i < 2 ? i * (q - 1) : random.pick(corners(q))));
      const x = digits.reduceRight<bigint>((sum, u, j) => sum * BigInt(dropped[j]) + u, 0n) - (d - 1n) / 2n;
      return x + d * BigInt(random.below(2 ** 30));
    });
    const x = new Uint32Array(2 * all.length * degree);
    for (let i = 0; i < x.length; i++) {
      const q = BigInt(all[Math.floor(i / degree) % all.length]);
      const c = coefficients[Math.floor(i / degree / all.length) * degree + (i % degree)];
      x[i] = Number(((c % q) + q) % q);
    }
    const upload = (k: RingKernels) => k.upload(x, { basis: all, form: "coefficient", batch: 2 });
    await agree((k) => k.rescale(upload(k), dropped.length), "coefficient");
    await agree((k) => k.rescale(k.ntt(upload(k)), dropped.length), "ntt");
  });

  it("drop a small prime from large ones, and a large one from small ones", async () => {
    const { agree } = await ringPair(degree, primes);
    for (const basis of [
      [large[0], large[1], small[0]],
      [small[0], small[1], large[0]],
      [...middle, large[0]],
    ]) {
      const x = residuesOf(degree, basis, 1, (q, place) => corners(q)[place % 5]);
      for (const form of ["coefficient", "ntt"] as const)
        await agree((k) => k.rescale(k.upload(x, { basis, form, batch: 1 }), 1), form);
    }
  });

  it("of rows longer than a piece", async () => {
    const wide = nttPrimes({ degree: 8192, bits: 30, count: 3 });
    const { agree } = await ringPair(8192, wide);
    const x = residuesOf(8192, wide, 1, (q, place) => corners(q)[place % 5]);
    for (const form of ["coefficient", "ntt"] as const) {
      const out = await agree((k) => k.rescale(k.upload(x, { basis: wide, form, batch: 1 }), 2), form);
      expect(out.length).toBe(8192);
    }
  });
});
