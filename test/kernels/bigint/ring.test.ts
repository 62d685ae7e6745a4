/** The bigint backend against polynomials written out: the root of all other comparisons. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LifetimeError, ParameterError } from "../../../src/errors.js";
import { BigintBackend } from "../../../src/kernels/bigint/index.js";
import type { RingHandle, RingKernels } from "../../../src/kernels/interface.js";
import { centred, mod } from "../../../src/math/modular.js";
import { nttPrimes } from "../../../src/math/primes.js";
import { compose, product } from "../../../src/math/rns.js";
import { testRandom } from "../../support/random.js";

const N = 16;
const primes = nttPrimes({ degree: N, bits: 30, count: 5 });
const basis = primes.slice(0, 3);
const Q = product(basis);
const random = testRandom("bigint ring");

type Polynomial = bigint[];
const polynomials = (batch: number): Polynomial[] =>
  Array.from({ length: batch }, () => Array.from({ length: N }, () => random.bigBelow(Q)));
const map = (a: Polynomial[], f: (x: bigint, i: number, item: number) => bigint): Polynomial[] =>
  a.map((p, item) => p.map((x, i) => mod(f(x, i, item), Q)));
const times = (a: Polynomial, b: Polynomial): Polynomial => {
  const out = new Array<bigint>(N).fill(0n);
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      out[(i + j) % N] += i + j < N ? x * y : -x * y;
    });
  });
  return out.map((x) => mod(x, Q));
};
const sum = (list: Polynomial[]): Polynomial => list.reduce((s, p) => s.map((x, i) => mod(x + p[i], Q)));

let backend: BigintBackend;
let k: RingKernels;
beforeAll(async () => {
  backend = await BigintBackend.create();
  k = await backend.ring(N, primes);
});
afterAll(() => backend.close());

function upload(a: Polynomial[], to = basis): RingHandle {
  const residues = a.flatMap((p) => to.flatMap((q) => p.map((x) => Number(mod(x, BigInt(q))))));
  return k.upload(Uint32Array.from(residues), { basis: to, form: "coefficient", batch: a.length });
}

async function download(h: RingHandle): Promise<Polynomial[]> {
  const residues = await k.read(h.form === "ntt" ? k.intt(h) : h);
  const q = product(h.basis);
  return Array.from({ length: h.batch }, (_, b) =>
    Array.from({ length: N }, (_, i) => {
      const limbs = h.basis.map((_, l) => residues[(b * h.basis.length + l) * N + i]);
      return mod(compose(limbs, h.basis), q);
    }),
  );
}

const [a, b] = [polynomials(6), polynomials(3)];
const scalarsOf = (values: bigint[]) => Uint32Array.from(values.flatMap((s) => basis.map((q) => Number(mod(s, BigInt(q))))));

describe("ring kernels on bigint", () => {
  it("add, subtract and negate, with broadcasting", async () => {
    expect(await download(k.add(upload(a), upload(b)))).toEqual(map(a, (x, i, n) => x + b[n % 3][i]));
    expect(await download(k.subtract(upload(a), upload(b)))).toEqual(map(a, (x, i, n) => x - b[n % 3][i]));
    expect(await download(k.negate(upload(a)))).toEqual(map(a, (x) => -x));
  });

  it("multiply negacyclically in NTT form", async () => {
    expect(await download(k.multiply(k.ntt(upload(a)), k.ntt(upload(b))))).toEqual(a.map((p, n) => times(p, b[n % 3])));
  });

  it("multiply by and add scalars, in both forms", async () => {
    const s = [5n, Q - 7n, 1n << 60n];
    expect(await download(k.multiplyScalars(k.ntt(upload(a)), scalarsOf(s)))).toEqual(map(a, (x, _, n) => x * s[n % 3]));
    const added = map(a, (x, i, n) => (i === 0 ? x + s[n % 3] : x));
    expect(await download(k.addScalars(upload(a), scalarsOf(s)))).toEqual(added);
    expect(await download(k.addScalars(k.ntt(upload(a)), scalarsOf(s)))).toEqual(added);
  });

  it("accumulate inner products, with a shared and with an own second operand", async () => {
    const x = k.ntt(upload(a));
    expect(await download(k.multiplyAccumulate(x, k.ntt(upload(b)), 2))).toEqual(
      [0, 3].map((g) => sum(b.map((p, j) => times(a[g + j], p)))),
    );
    expect(await download(k.multiplyAccumulate(x, x, 3))).toEqual(
      [0, 2, 4].map((g) => sum([times(a[g], a[g]), times(a[g + 1], a[g + 1])])),
    );
  });

  it("combine linearly with scalar weights", async () => {
    const w = [
      [1n, 2n, -3n],
      [0n, Q - 1n, 1n << 70n],
    ];
    const expected = [0, 3].flatMap((g) => w.map((row) => sum(row.map((s, j) => a[g + j].map((x) => mod(x * s, Q))))));
    expect(await download(k.linearCombination(upload(a), scalarsOf(w.flat()), 2))).toEqual(expected);
  });

  it("apply automorphisms in both forms", async () => {
    const image = a.map((p) => {
      const out = new Array<bigint>(N).fill(0n);
      p.forEach((x, i) => {
        const e = (5 * i) % (2 * N);
        out[e % N] = mod(e < N ? x : -x, Q);
      });
      return out;
    });
    expect(await download(k.automorphism(upload(a), 5))).toEqual(image);
    expect(await download(k.automorphism(k.ntt(upload(a)), 5))).toEqual(image);
  });

  it("rescale: the result is the quotient rounded to the nearest integer, by one prime and by two", async () => {
    for (const drop of [1, 2]) {
      const d = product(basis.slice(3 - drop));
      const q = product(basis.slice(0, 3 - drop));
      // Halfway, as near as an odd divisor allows, from both sides; and its neighbours.
      const edges = [-1n, 0n, 1n].flatMap((e) => [0n, 1n, q - 1n, q / 2n].map((m) => mod(m * d + (d - 1n) / 2n + e, Q)));
      const operand = a.map((p, n) => p.map((x, i) => (n % 2 === 0 ? edges[i % edges.length] : x)));
      const nearest = operand.map((p) => p.map((x) => mod((x + (d - 1n) / 2n) / d, q)));
      for (const handle of [upload(operand), k.ntt(upload(operand))]) {
        expect(await download(k.rescale(handle, drop))).toEqual(nearest);
      }
    }
  });

  it("convert: exact from one prime, off by a multiple of D from several", async () => {
    const small = map(a, (x) => x % 1000n);
    const target = primes.slice(3);
    expect(await download(k.convert(upload(small, basis.slice(0, 1)), target))).toEqual(small);
    const got = await download(k.convert(upload(a), target));
    const t = product(target);
    a.forEach((p, n) => {
      p.forEach((x, i) => {
        const candidates = [-1n, 0n, 1n].map((e) => mod(centred(x, Q) + e * Q, t));
        expect(candidates).toContain(got[n][i]);
      });
    });
  });

  it("restrict, slice and concat", async () => {
    const fewer = [basis[2], basis[0]];
    const restricted = k.restrict(upload(a), fewer);
    expect(restricted.basis).toEqual(fewer);
    expect(await download(restricted)).toEqual(a.map((p) => p.map((x) => x % product(fewer))));
    expect(await download(k.concat([upload(b), k.slice(upload(a), 4, 2)]))).toEqual([...b, ...a.slice(4)]);
  });
});

describe("refusals", () => {
  const x = () => upload(a);
  it.each<[string, () => unknown]>([
    ["another form", () => k.multiply(x(), x())],
    ["mixed forms", () => k.add(x(), k.ntt(x()))],
    ["mixed bases", () => k.add(x(), upload(a, basis.slice(1)))],
    ["a batch that does not divide", () => k.add(x(), upload(polynomials(4)))],
    ["transforming twice", () => k.ntt(k.ntt(x()))],
    ["unknown primes", () => k.convert(x(), [97])],
    ["no primes", () => k.restrict(x(), [])],
    ["dropping all limbs", () => k.rescale(x(), 3)],
    ["groups that do not divide", () => k.linearCombination(x(), scalarsOf([1n]), 4)],
    ["weights of another shape", () => k.linearCombination(x(), scalarsOf([1n, 2n]), 2)],
    ["scalars too large", () => k.multiplyScalars(x(), Uint32Array.of(basis[0], 0, 0))],
    ["an even Galois element", () => k.automorphism(x(), 2)],
    ["slices out of range", () => k.slice(x(), 5, 2)],
    ["an empty concat", () => k.concat([])],
    [
      "residues that are not reduced",
      () => k.upload(new Uint32Array(N).fill(basis[0]), { basis: basis.slice(0, 1), form: "ntt", batch: 1 }),
    ],
    ["residues of another number", () => k.upload(new Uint32Array(N - 1), { basis: basis.slice(0, 1), form: "ntt", batch: 1 })],
  ])("%s", (_, call) => {
    expect(call).toThrow(ParameterError);
  });

  it("primes that are none for this degree", async () => {
    await expect(backend.ring(N, [2 ** 30 + 3])).rejects.toThrow(ParameterError);
    await expect(backend.ring(N, [97 * 97])).rejects.toThrow(ParameterError);
    await expect(backend.ring(24, primes)).rejects.toThrow(ParameterError);
  });
});

describe("lifetime", () => {
  it("a disposed handle is refused, but work recorded before keeps it", async () => {
    const x = upload(a);
    const doubled = k.add(x, x);
    x.dispose();
    x.dispose();
    expect(x.disposed).toBe(true);
    expect(() => k.negate(x)).toThrow(LifetimeError);
    expect(await download(doubled)).toEqual(map(a, (v) => 2n * v));
  });

  it("handles of other kernels are refused", async () => {
    const other = await BigintBackend.create();
    const theirs = (await other.ring(N, primes)).upload(new Uint32Array(N), { basis: basis.slice(0, 1), form: "ntt", batch: 1 });
    expect(() => k.negate(theirs)).toThrow(LifetimeError);
    await other.close();
    await expect(other.ring(N, primes)).rejects.toThrow(LifetimeError);
    await expect(other.lost).resolves.toBe("closed");
  });

  it("a read can be cancelled between slices, and the thread stays free", async () => {
    const [q] = nttPrimes({ degree: 4096, bits: 30, count: 1 });
    const big = await backend.ring(4096, [q]);
    let h = big.upload(new Uint32Array(4096 * 64), { basis: [q], form: "coefficient", batch: 64 });
    for (let i = 0; i < 4; i++) h = big.intt(big.ntt(h));
    const controller = new AbortController();
    let ticks = 0;
    const timer = setInterval(() => {
      ticks++;
      controller.abort(new Error("enough"));
    }, 5);
    await expect(big.read(h, { signal: controller.signal })).rejects.toThrow("enough");
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
    expect((await big.read(h)).every((r) => r === 0)).toBe(true);
  });
});
