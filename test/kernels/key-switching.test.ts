/** The two operations of key switching: what they mean on bigint, and what every backend refuses in the same words. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LifetimeError, ParameterError } from "../../src/errors.js";
import { BigintBackend } from "../../src/kernels/bigint/index.js";
import type { RingHandle, RingKernels } from "../../src/kernels/interface.js";
import { centred, invMod, mod } from "../../src/math/modular.js";
import { nttPrimes } from "../../src/math/primes.js";
import { compose, product } from "../../src/math/rns.js";
import { useBackends } from "../support/backends.js";
import { testRandom } from "../support/random.js";

const abs = (x: bigint) => (x < 0n ? -x : x);

describe("a key switch on bigint", () => {
  const N = 16;
  const primes = nttPrimes({ degree: N, bits: 30, count: 7 });
  const [basis, special] = [primes.slice(0, 5), primes.slice(5)];
  const P = product(special);
  const random = testRandom("key switch");
  const backend = BigintBackend.create();
  let k: RingKernels;
  beforeAll(async () => {
    k = await (await backend).ring(N, primes);
  });
  afterAll(async () => (await backend).close());

  const upload = (polynomials: bigint[][], over: readonly number[]) => {
    const residues = polynomials.flatMap((p) => over.flatMap((q) => p.map((x) => Number(mod(x, BigInt(q))))));
    return k.ntt(k.upload(Uint32Array.from(residues), { basis: over, form: "coefficient", batch: polynomials.length }));
  };
  /** Centred coefficients. */
  const download = async (h: RingHandle): Promise<bigint[][]> => {
    const residues = await k.read(k.intt(h));
    return Array.from({ length: h.batch }, (_, b) =>
      Array.from({ length: N }, (_, i) => {
        const limbs = h.basis.map((_, l) => residues[(b * h.basis.length + l) * N + i]);
        return centred(compose(limbs, h.basis), product(h.basis));
      }),
    );
  };
  const polynomials = (count: number, below: bigint) =>
    Array.from({ length: count }, () => Array.from({ length: N }, () => random.bigBelow(below)));
  const runs = (over: readonly number[], size: number) =>
    Array.from({ length: Math.ceil(over.length / size) }, (_, d) => over.slice(d * size, (d + 1) * size));

  it.each([1, 2, 3, 5, 9])("digits of %i primes are small and compose to the operand", async (size) => {
    const Q = product(basis);
    const a = polynomials(2, Q);
    const digits = await download(k.decompose(upload(a, basis), size, special));
    const cut = runs(basis, size);
    expect(digits.length).toBe(2 * cut.length);
    a.forEach((p, item) => {
      p.forEach((x, i) => {
        const sum = cut.reduce((s, run, d) => {
          const D = product(run);
          const digit = digits[2 * d + item][i];
          expect(abs(digit)).toBeLessThanOrEqual((D * BigInt(run.length)) / 2n);
          return s + digit * (Q / D) * invMod(Q / D, D);
        }, 0n);
        expect(mod(sum, Q)).toBe(mod(x, Q));
      });
    });
  });

  it.each([
    [2, 5],
    [2, 3],
    [3, 4],
    [1, 2],
  ])("multiplies by what keys of %i primes a digit hold, at %i limbs, and adds", async (size, limbs) => {
    const now = basis.slice(0, limbs);
    // Keys without noise, for all primes and in another order than a digit's: P s on the primes of digit d, 0 on the others.
    const s = [2n, -3n];
    const over = [...special, ...basis];
    const cut = runs(basis, size);
    const keys = s.flatMap((value) =>
      cut.map((run) => {
        const M = product(basis) / product(run);
        return Array.from({ length: N }, (_, i) => (i === 1 ? P * value * M * invMod(M, product(run)) : 0n));
      }),
    );
    const c = upload(polynomials(2, product(now)), now);
    const a = upload(polynomials(2, product(now)), now);
    const digits = k.decompose(a, size, special);
    const products = k.innerProducts(digits, upload(keys, over), { terms: digits.batch / 2, outputs: 2 }, c);
    const got = await download(k.rescale(products, special.length));
    const [expectedA, expectedC] = [await download(a), await download(c)];
    const Q = product(now);
    // The addend has no second output.
    for (const [result, p] of got.entries()) {
      const [o, item] = [Math.floor(result / 2), result % 2];
      p.forEach((x, i) => {
        const shifted = i === 0 ? -expectedA[item][N - 1] : expectedA[item][i - 1];
        const exact = s[o] * shifted + (o === 0 ? expectedC[item][i] : 0n);
        expect(abs(centred(x - exact, Q))).toBe(0n);
      });
    }
  });
});

describe("refusals", () => {
  const { bigint, others } = useBackends();
  const degree = 1024;
  const primes = nttPrimes({ degree, bits: 30, count: 5 });
  const zeros = (k: RingKernels, batch: number, basis: readonly number[], form: "ntt" | "coefficient" = "ntt") =>
    k.upload(new Uint32Array(batch * basis.length * degree), { basis, form, batch });
  const [q, qp] = [primes.slice(0, 3), primes.slice(0, 4)];
  const shape = { terms: 2, outputs: 2 };

  const calls: Record<string, (k: RingKernels) => unknown> = {
    "digits of coefficients": (k) => k.decompose(zeros(k, 1, q, "coefficient"), 1, [primes[3]]),
    "digits of no primes": (k) => k.decompose(zeros(k, 1, q), 0, [primes[3]]),
    "half a prime": (k) => k.decompose(zeros(k, 1, q), 1.5, [primes[3]]),
    "a special prime of the operand's": (k) => k.decompose(zeros(k, 1, q), 1, [primes[2]]),
    "an unknown special prime": (k) => k.decompose(zeros(k, 1, q), 1, [97]),
    "one prime where a list belongs": (k) => k.decompose(zeros(k, 1, q), 1, primes[3] as unknown as number[]),
    "coefficients times keys": (k) => k.innerProducts(zeros(k, 4, qp, "coefficient"), zeros(k, 4, qp), shape),
    "keys in coefficient form": (k) => k.innerProducts(zeros(k, 4, qp), zeros(k, 4, qp, "coefficient"), shape),
    "terms that do not divide": (k) => k.innerProducts(zeros(k, 4, qp), zeros(k, 6, qp), { terms: 3, outputs: 2 }),
    "no terms": (k) => k.innerProducts(zeros(k, 4, qp), zeros(k, 4, qp), { terms: 0, outputs: 2 }),
    "outputs that do not divide": (k) => k.innerProducts(zeros(k, 4, qp), zeros(k, 4, qp), { terms: 2, outputs: 3 }),
    "keys of too few terms": (k) => k.innerProducts(zeros(k, 4, qp), zeros(k, 2, qp), shape),
    "keys of other primes": (k) => k.innerProducts(zeros(k, 4, qp), zeros(k, 4, [...q, primes[4]]), shape),
    "an addend of coefficients": (k) => k.innerProducts(zeros(k, 4, qp), zeros(k, 4, qp), shape, zeros(k, 2, q, "coefficient")),
    "an addend over all primes": (k) => k.innerProducts(zeros(k, 4, qp), zeros(k, 4, qp), shape, zeros(k, 2, qp)),
    "an addend over other primes": (k) => k.innerProducts(zeros(k, 4, qp), zeros(k, 4, qp), shape, zeros(k, 2, q.slice(1))),
    "half an addend": (k) => k.innerProducts(zeros(k, 4, qp), zeros(k, 4, qp), shape, zeros(k, 3, q)),
    "an addend of too many outputs": (k) => k.innerProducts(zeros(k, 4, qp), zeros(k, 4, qp), shape, zeros(k, 6, q)),
  };

  const refusalOf = (k: RingKernels, call: (k: RingKernels) => unknown): unknown => {
    try {
      call(k);
    } catch (error) {
      return error;
    }
    return "no refusal";
  };

  it.each(Object.keys(calls))("%s", async (name) => {
    const expected = refusalOf(await bigint().ring(degree, primes), calls[name]);
    expect(expected).toBeInstanceOf(ParameterError);
    for (const { label, backend } of others()) {
      const got = refusalOf(await backend.ring(degree, primes), calls[name]);
      expect(String(got), label).toBe(String(expected));
    }
  });

  it("handles that are disposed of or of other kernels, in every place", async () => {
    const spare = await (await BigintBackend.create()).ring(degree, primes);
    for (const backend of [bigint(), ...others().map((o) => o.backend)]) {
      const k = await backend.ring(degree, primes);
      const dead = (basis: readonly number[], batch: number) => {
        const handle = zeros(k, batch, basis);
        handle.dispose();
        return handle;
      };
      const foreign = (basis: readonly number[], batch: number) => zeros(spare, batch, basis);
      const [a, keys] = [zeros(k, 4, qp), zeros(k, 4, qp)];
      for (const bad of [dead, foreign]) {
        expect(() => k.decompose(bad(q, 1), 1, [primes[3]])).toThrow(LifetimeError);
        expect(() => k.innerProducts(bad(qp, 4), keys, shape)).toThrow(LifetimeError);
        expect(() => k.innerProducts(a, bad(qp, 4), shape)).toThrow(LifetimeError);
        expect(() => k.innerProducts(a, keys, shape, bad(q, 2))).toThrow(LifetimeError);
      }
    }
  });
});
