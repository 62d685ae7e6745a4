import { describe, expect, it } from "vitest";
import { EncodingError, LimitError, ParameterError } from "../../src/errors.js";
import { decodeBatch, encodeBatch, sampleGaussianBatch, sampleTernaryBatch, sampleUniformBatch } from "../../src/kernels/host.js";
import { Embedding } from "../../src/math/embedding.js";
import { encodeToIntegers, toResidues } from "../../src/math/encoding.js";
import { sampleGaussian } from "../../src/math/gaussian.js";
import { nttPrimes } from "../../src/math/primes.js";
import { Domain, Stream } from "../../src/math/random.js";
import { sampleTernary, sampleUniform } from "../../src/math/sampling.js";
import { EXPECTED_HOST_DIGESTS, hostDigests } from "../support/host-digests.js";
import { testRandom } from "../support/random.js";

const degree = 1024;
const basis = nttPrimes({ degree, bits: 30, count: 3 });
const embedding = new Embedding(degree);
const scale = 2 ** 30;
const seed = Uint8Array.from({ length: 32 }, (_, i) => 5 * i);
const size = degree * basis.length;

describe("encoding in batches", () => {
  const random = testRandom("host");
  const items = [
    Float64Array.from({ length: 512 }, () => random.real(-9, 9)),
    [1, 2, 3],
    { re: Float64Array.of(1, 2), im: Float64Array.of(-1, 0.5) },
    [],
  ];

  it("is encoding item by item, and decoding undoes it", async () => {
    const residues = await encodeBatch(items, { embedding, scale, basis });
    expect(residues.length).toBe(items.length * size);
    for (const [i, item] of items.entries()) {
      const [re, im] = "re" in item ? [item.re, item.im] : [item, null];
      expect(residues.subarray(i * size, (i + 1) * size)).toEqual(
        toResidues(encodeToIntegers(embedding, re, im, scale), basis, scale),
      );
    }
    const slots = await decodeBatch(residues, { embedding, scale, basis });
    expect(slots.length).toBe(items.length);
    for (let k = 0; k < 512; k++) {
      expect(slots[0].re[k]).toBeCloseTo((items[0] as Float64Array)[k], 5);
      expect(slots[2].im[k]).toBeCloseTo([-1, 0.5][k] ?? 0, 5);
      expect(slots[3].re[k]).toBe(0);
    }
  });

  it("refuses bad values and shapes, and stops when told", async () => {
    const plan = { embedding, scale, basis };
    await expect(encodeBatch([[1], [Number.NaN]], plan)).rejects.toThrow(EncodingError);
    await expect(encodeBatch([new Float64Array(513)], plan)).rejects.toThrow(EncodingError);
    await expect(encodeBatch([[1e30]], plan)).rejects.toThrow(EncodingError);
    await expect(decodeBatch(new Uint32Array(size + 1), plan)).rejects.toThrow(ParameterError);
    await expect(encodeBatch(items, plan, { signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no");
    const huge = new Array<number[]>(2 ** 20).fill([]);
    await expect(encodeBatch(huge, plan)).rejects.toThrow(LimitError);
  });

  it("never takes what is no vector for a vector of zeros", async () => {
    const plan = { embedding, scale, basis };
    for (const bad of [5, null, undefined, {}, { length: "2" }, "12", new Map([[0, 1]])]) {
      await expect(encodeBatch([[1], bad as unknown as number[]], plan), String(bad)).rejects.toThrow(/vector 1/);
    }
    const sparse = new Array<number[]>(2);
    await expect(encodeBatch(sparse, plan)).rejects.toThrow(EncodingError);
    await expect(encodeBatch({ length: 1 } as unknown as number[][], plan)).rejects.toThrow(ParameterError);
  });
});

describe("sampling in batches", () => {
  it("draws every uniform limb from its own stream, named by item and prime", async () => {
    const residues = await sampleUniformBatch({ seed, domain: Domain.PublicUniform }, { degree, basis, batch: 3 });
    for (let i = 0; i < 3; i++) {
      for (const [l, q] of basis.entries()) {
        const expected = new Uint32Array(degree);
        sampleUniform(new Stream(seed, Domain.PublicUniform, i, q), q, expected);
        expect(residues.subarray(i * size + l * degree, i * size + (l + 1) * degree)).toEqual(expected);
      }
    }
    // A part of the batch, and fewer primes, expand as they do in the whole.
    const part = await sampleUniformBatch(
      { seed, domain: Domain.PublicUniform, first: 2 },
      { degree, basis: basis.slice(1), batch: 1 },
    );
    expect(part).toEqual(residues.slice(2 * size + degree, 3 * size));
  });

  it.each([
    ["ternary", sampleTernaryBatch, sampleTernary, Domain.SecretKey],
    ["Gaussian", sampleGaussianBatch, sampleGaussian, Domain.Error],
  ] as const)("gives %s polynomials the same small coefficients in every limb", async (_, batchKernel, sampler, domain) => {
    const residues = await batchKernel({ seed, domain, first: 4 }, { degree, basis, batch: 2 });
    for (let i = 0; i < 2; i++) {
      const small = new Int8Array(degree);
      sampler(new Stream(seed, domain, 4 + i), small);
      for (const [l, q] of basis.entries()) {
        const limb = residues.subarray(i * size + l * degree, i * size + (l + 1) * degree);
        expect([...limb]).toEqual([...small].map((x) => (x + q) % q));
      }
    }
  });

  it("refuses the public domain for what must stay secret, other seeds, and stops when told", async () => {
    const shape = { degree, basis, batch: 2 };
    await expect(sampleTernaryBatch({ seed, domain: Domain.PublicUniform }, shape)).rejects.toThrow(/secret domain/);
    await expect(sampleGaussianBatch({ seed, domain: Domain.PublicUniform }, shape)).rejects.toThrow(ParameterError);
    await expect(sampleUniformBatch({ seed: seed.slice(1), domain: 1 }, shape)).rejects.toThrow(ParameterError);
    await expect(sampleUniformBatch({ seed, domain: 1 }, { ...shape, batch: 2 ** 30 })).rejects.toThrow(LimitError);
    const signal = AbortSignal.abort(new Error("no"));
    for (const kernel of [sampleUniformBatch, sampleTernaryBatch, sampleGaussianBatch]) {
      await expect(kernel({ seed, domain: Domain.Error }, shape, { signal })).rejects.toThrow("no");
    }
  });
});

describe("the bytes of the host kernels", () => {
  it("are those of the committed digests", () => {
    expect(hostDigests()).toEqual(EXPECTED_HOST_DIGESTS);
  });
});
