import { describe, expect, it } from "vitest";
import { LimitError, ParameterError } from "../../../../src/errors.js";
import { BigintBackend } from "../../../../src/kernels/bigint/index.js";
import type { KernelBackend, RingKernels } from "../../../../src/kernels/interface.js";
import { nttPrimes } from "../../../../src/math/primes.js";
import { Domain } from "../../../../src/math/random.js";
import { casesFor, runRingCases } from "../../../support/ring-cases.js";
import { residuesOf, ringPair } from "../../../support/ring-pair.js";

/** The part of a backend that the table of operations needs. */
const backendOf = (make: (degree: number, primes: readonly number[]) => Promise<RingKernels>) =>
  ({ ring: make }) as unknown as KernelBackend;

describe("ring kernels in WebAssembly", () => {
  const settings = [16, 32, 64, 256, 2048, 8192].flatMap((degree) =>
    (degree <= 256 ? [1, 2, 3, 4, 7] : [2]).map((limbs) => ({ degree, limbs })),
  );
  it.each(settings)("do what bigint does: N = $degree, $limbs limbs", async (setting) => {
    const wasm = backendOf(async (degree, primes) => (await ringPair(degree, primes)).wasm);
    const bigint = await BigintBackend.create();
    for (const fill of ["random", "edges"] as const) {
      const expected = await runRingCases(bigint, setting, fill);
      const got = await runRingCases(wasm, setting, fill);
      expect([...got.keys()]).toEqual(casesFor(setting).map((c) => c.name));
      for (const [name, residues] of expected) {
        const other = got.get(name)!;
        expect(other.length, name).toBe(residues.length);
        expect(
          residues.findIndex((x, i) => x !== other[i]),
          `${name}, ${fill}`,
        ).toBe(-1);
      }
    }
  });

  it("refuse degrees out of reach and unsuitable primes", async () => {
    await expect(ringPair(8, [97])).rejects.toThrow(LimitError);
    await expect(ringPair(2 ** 17, [786433])).rejects.toThrow(LimitError);
    await expect(ringPair(48, [97])).rejects.toThrow(ParameterError);
    await expect(ringPair(16, [101])).rejects.toThrow(ParameterError);
    await expect(ringPair(16, [97, 97])).rejects.toThrow(ParameterError);
  });

  it("refuse what does not fit, as bigint does", async () => {
    const primes = nttPrimes({ degree: 16, bits: 30, count: 3 });
    const { wasm, bigint } = await ringPair(16, primes);
    const basis = primes.slice(0, 2);
    const refusals: ((k: RingKernels) => unknown)[] = [
      (k) => k.upload(new Uint32Array(32).fill(basis[1]), { basis, form: "ntt", batch: 1 }),
      (k) => k.upload(new Uint32Array(31), { basis, form: "ntt", batch: 1 }),
      (k) => k.upload(new Uint32Array(32), { basis: [17, 97], form: "ntt", batch: 1 }),
      ...["add", "subtract", "multiply"].map((name) => (k: RingKernels) => {
        const a = k.upload(new Uint32Array(64), { basis, form: "ntt", batch: 2 });
        const b = k.upload(new Uint32Array(96), { basis, form: "ntt", batch: 3 });
        return k[name as "add"](a, b);
      }),
      ...[
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.multiply(k.intt(a), k.intt(a)),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.ntt(a),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.intt(k.intt(a)),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.convert(a, [primes[2]]),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.convert(k.intt(a), [17]),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.rescale(a, 2),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.restrict(a, [primes[2]]),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.slice(a, 1, 2),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.concat([a, k.intt(a)]),
        (k: RingKernels) => k.concat([]),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.automorphism(a, 2),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.multiplyScalars(a, Uint32Array.of(1, basis[1])),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.addScalars(a, Uint32Array.of(1)),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.multiplyAccumulate(a, a, 3),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.linearCombination(a, Uint32Array.of(1, 2, 3), 1),
        (k: RingKernels, a: ReturnType<typeof k.add>) => k.tensor(k.slice(a, 0, 1), a),
      ].map((call) => (k: RingKernels) => call(k, k.upload(new Uint32Array(64), { basis, form: "ntt", batch: 2 }))),
    ];
    const messageOf = (k: RingKernels, call: (k: RingKernels) => unknown) => {
      try {
        call(k);
      } catch (error) {
        return String(error);
      }
      return "no refusal";
    };
    for (const call of refusals) {
      expect(messageOf(wasm, call)).toBe(messageOf(bigint, call));
      expect(messageOf(wasm, call)).toMatch(/^ParameterError/);
    }
  });

  it("encode, decode and sample as bigint does", async () => {
    const basis = nttPrimes({ degree: 64, bits: 30, count: 2 });
    const { wasm, bigint } = await ringPair(64, basis);
    const source = { seed: new Uint8Array(32).fill(7), domain: Domain.SecretKey };
    const made = async (k: RingKernels) => {
      const plan = { scale: 2 ** 30, basis };
      const plaintexts = await k.encode([[1, -2.5, 3], Array.from({ length: 32 }, (_, i) => i / 7)], plan);
      const shape = { basis, batch: 2 };
      const handles = [
        plaintexts,
        await k.sampleTernary(source, shape),
        await k.sampleGaussian(source, shape),
        await k.sampleUniform({ ...source, domain: Domain.PublicUniform }, { ...shape, form: "ntt" }),
      ];
      const residues = await Promise.all(handles.map((handle) => k.read(handle)));
      return { residues, slots: await k.decode(plaintexts, plan.scale) };
    };
    expect(await made(wasm)).toEqual(await made(bigint));
  });

  it("share tables between kernels of one runtime", async () => {
    const primes = nttPrimes({ degree: 64, bits: 30, count: 2 });
    const { wasm, agree } = await ringPair(64, primes);
    const other = await ringPair(64, [primes[1]]);
    expect(other.wasm.basisBlock([primes[1]])).toBe(wasm.basisBlock([primes[1]]));
    await agree((k) =>
      k.ntt(
        k.upload(
          residuesOf(64, primes, 1, (q, i) => q - 1 - i),
          { basis: primes, form: "coefficient", batch: 1 },
        ),
      ),
    );
  });
});
