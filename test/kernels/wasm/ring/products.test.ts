/** assembly/ring/sums.ts and products.ts at their extremes: every pair of residues of a small prime, and all corners. */
import { describe, expect, it } from "vitest";
import type { RingKernels } from "../../../../src/kernels/interface.js";
import { isPrime, nttPrimes } from "../../../../src/math/primes.js";
import { testRandom } from "../../../support/random.js";
import { residuesOf, ringPair } from "../../../support/ring-pair.js";

const degree = 16;
/** Primes = 1 mod 32 next to the powers of two, where quotients are least exact, and the smallest and largest of all. */
const primes = [7, 8, 9, 12, 16, 20, 24, 28, 29, 30].flatMap((bits) => {
  const near = (from: number, step: number) => {
    let q = from;
    while (!isPrime(BigInt(q))) q += step;
    return q;
  };
  return [near(2 ** bits - 31, -32), near(2 ** bits + 1, 32)].filter((q) => q < 2 ** 30);
});
const basis = [...new Set([...primes, ...nttPrimes({ degree: 1024, bits: 30, count: 2 })])];

const tight = [1043464193];

const corners = (q: number) => [0, 1, 2, (q - 1) / 2, (q + 1) / 2, q - 2, q - 1];

const OPERATIONS: Record<
  string,
  (k: RingKernels, x: Uint32Array, y: Uint32Array, batch: number) => ReturnType<RingKernels["add"]>
> = {
  add: (k, x, y, batch) => k.add(k.upload(x, { basis, form: "ntt", batch }), k.upload(y, { basis, form: "ntt", batch })),
  subtract: (k, x, y, batch) =>
    k.subtract(k.upload(x, { basis, form: "ntt", batch }), k.upload(y, { basis, form: "ntt", batch })),
  negate: (k, x, _y, batch) => k.negate(k.upload(x, { basis, form: "ntt", batch })),
  multiply: (k, x, y, batch) =>
    k.multiply(k.upload(x, { basis, form: "ntt", batch }), k.upload(y, { basis, form: "ntt", batch })),
  tensor: (k, x, y, batch) => k.tensor(k.upload(x, { basis, form: "ntt", batch }), k.upload(y, { basis, form: "ntt", batch })),
  "inner products": (k, x, y, batch) =>
    k.multiplyAccumulate(k.upload(x, { basis, form: "ntt", batch }), k.upload(y, { basis, form: "ntt", batch }), batch / 2),
};

describe("products and sums", () => {
  it.each(Object.keys(OPERATIONS))("of all corners: %s", async (name) => {
    const { agree } = await ringPair(degree, basis);
    const batch = 4;
    // 64 places by item and limb: the 49 pairs of corners, and more of the largest.
    const pair = (q: number, place: number, item: number): [number, number] => {
      const c = corners(q);
      const n = item * degree + place;
      return n < 49 ? [c[n % 7], c[Math.floor(n / 7)]] : [q - 1, q - 1];
    };
    const x = residuesOf(degree, basis, batch, (q, place, item) => pair(q, place, item)[0]);
    const y = residuesOf(degree, basis, batch, (q, place, item) => pair(q, place, item)[1]);
    await agree((k) => OPERATIONS[name](k, x, y, batch), name);
  });

  it("of every pair of residues of a small prime", async () => {
    const q = 97;
    const { agree } = await ringPair(degree, [q]);
    const batch = Math.ceil((q * q) / degree);
    const index = (place: number, item: number) => (item * degree + place) % (q * q);
    const x = residuesOf(degree, [q], batch, (_, place, item) => index(place, item) % q);
    const y = residuesOf(degree, [q], batch, (_, place, item) => Math.floor(index(place, item) / q));
    const shape = { basis: [q], form: "ntt", batch } as const;
    for (const name of ["add", "subtract", "multiply"] as const) {
      await agree((k) => k[name](k.upload(x, shape), k.upload(y, shape)), name);
    }
  });

  it("of random residues", async () => {
    const random = testRandom("products");
    const { agree } = await ringPair(256, nttPrimes({ degree: 256, bits: 30, count: 3 }).concat(7681, 12289));
    const wide = nttPrimes({ degree: 256, bits: 30, count: 3 }).concat(7681, 12289);
    const x = residuesOf(256, wide, 4, (q) => random.below(q));
    const y = residuesOf(256, wide, 2, (q) => random.below(q));
    const a = { basis: wide, form: "ntt", batch: 4 } as const;
    const b = { ...a, batch: 2 };
    for (const name of ["add", "subtract", "multiply", "tensor"] as const) {
      await agree((k) => k[name](k.upload(x, a), k.upload(y, b)), name);
    }
  });

  it("where the quotient of the reduction is two too small", async () => {
    // floor(2^61 / q) drops nearly 1 here, and sums of two products lie next to 2 q^2.
    const [q] = tight;
    const random = testRandom("tight");
    const shift = 29n;
    const constant = (1n << 61n) / BigInt(q);
    const { agree } = await ringPair(degree, tight);
    const x = residuesOf(degree, tight, 2, () => q - 1 - random.below(1024));
    const shape = { basis: tight, form: "ntt", batch: 2 } as const;
    await agree((k) => k.tensor(k.upload(x, shape), k.upload(x, shape)));
    const [a, b] = [BigInt(x[0]), BigInt(x[degree])];
    const sum = 2n * a * b;
    expect((sum - (((sum >> shift) * constant) >> 32n) * BigInt(q)) / BigInt(q)).toBe(2n);
  });

  it("with scalars at the corners, in either form", async () => {
    const { agree } = await ringPair(degree, basis);
    const batch = 7;
    const x = residuesOf(degree, basis, batch, (q, place, item) => corners(q)[(place + item) % 7]);
    const scalars = Uint32Array.from({ length: batch * basis.length }, (_, i) => {
      return corners(basis[i % basis.length])[Math.floor(i / basis.length)];
    });
    for (const form of ["ntt", "coefficient"] as const) {
      await agree((k) => k.multiplyScalars(k.upload(x, { basis, form, batch }), scalars), `multiplyScalars, ${form}`);
      await agree((k) => k.addScalars(k.upload(x, { basis, form, batch }), scalars), `addScalars, ${form}`);
    }
  });
});
