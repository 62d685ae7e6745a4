import { describe, expect, it } from "vitest";
import { ParameterError } from "../../../../src/errors.js";
import { type SampleSource, sampleGaussianBatch, sampleTernaryBatch, sampleUniformBatch } from "../../../../src/kernels/host.js";
import { sampleGaussian, sampleTernary, sampleUniform } from "../../../../src/kernels/wasm/host/index.js";
import { nttPrimes } from "../../../../src/math/primes.js";
import { Domain, Stream } from "../../../../src/math/random.js";
import { digest } from "../../../support/digest.js";
import { directRuntime } from "../../../support/direct-runtime.js";
import { hasWipedScratch, hostContext, repeating } from "../../../support/host-context.js";
import { testRandom } from "../../../support/random.js";

const seed = Uint8Array.from({ length: 32 }, (_, i) => 11 * i + 5);

describe("sampling", async () => {
  const runtime = await directRuntime();

  const shapes = [
    { degree: 2, primes: [5, 13], batch: 3 },
    { degree: 8, primes: [17], batch: 1 },
    { degree: 16, primes: [97, 193], batch: 5 },
    { degree: 32, primes: [193, 257, 449], batch: 2 },
    { degree: 1024, primes: nttPrimes({ degree: 1024, bits: 30, count: 5 }), batch: 3 },
    { degree: 2048, primes: [12289, ...nttPrimes({ degree: 2048, bits: 30, count: 1 })], batch: 2 },
    { degree: 4096, primes: [40961, 65537, ...nttPrimes({ degree: 4096, bits: 30, count: 2 })], batch: 1 },
    { degree: 32768, primes: nttPrimes({ degree: 32768, bits: 30, count: 2 }), batch: 1 },
    { degree: 65536, primes: nttPrimes({ degree: 65536, bits: 30, count: 1 }), batch: 1 },
  ];

  for (const { degree, primes: basis, batch } of shapes) {
    it(`draws what the specification draws: N = ${degree}, ${basis.length} limbs, batch ${batch}`, async () => {
      const context = hostContext(runtime, degree);
      const shape = { degree, basis, batch };
      const open: SampleSource = { seed, domain: Domain.PublicUniform, first: 7 };
      const uniform = await sampleUniform(context, open, { basis, batch, form: "ntt" });
      expect(uniform.form).toBe("ntt");
      expect(digest(await context.read(uniform))).toBe(digest(await sampleUniformBatch(open, shape)));
      if (basis[0] <= 73) return; // Errors reach 36 on either side.
      const secret: SampleSource = { seed, domain: Domain.Error, first: 2 ** 32 - batch };
      const gaussian = await context.read(await sampleGaussian(context, secret, shape));
      expect(digest(gaussian)).toBe(digest(await sampleGaussianBatch(secret, shape)));
      const ternary = await context.read(await sampleTernary(context, secret, shape));
      expect(digest(ternary)).toBe(digest(await sampleTernaryBatch(secret, shape)));
    });
  }

  it("rejects in the order of the specification where half of all words are rejected", async () => {
    // 65537 is just above 2^16: nearly every second masked word is thrown away.
    for (const [degree, q] of [
      [16, 65537],
      [1024, 65537],
      [8192, 65537],
      [1024, 40961],
      [64, 257],
    ]) {
      const context = hostContext(runtime, degree);
      for (let first = 0; first < 8; first++) {
        const source = { seed, domain: Domain.PublicUniform, first };
        const drawn = await sampleUniform(context, source, { basis: [q], batch: 1, form: "coefficient" });
        expect(await context.read(drawn)).toEqual(await sampleUniformBatch(source, { degree, basis: [q], batch: 1 }));
      }
    }
  });

  it("continues a batch where it is cut, and keeps to groups", async () => {
    const [degree, basis] = [1024, nttPrimes({ degree: 1024, bits: 30, count: 2 })];
    const context = hostContext(runtime, degree);
    let flushes = 0;
    const counting = { ...context, runtime: { ...runtime, flush: async () => void flushes++ } };
    const batch = 2100;
    const progress: number[] = [];
    const source = { seed, domain: Domain.SecretKey };
    const whole = await context.read(
      await sampleTernary(counting, source, { basis, batch }, { onProgress: (done) => progress.push(done) }),
    );
    expect(flushes).toBe(1);
    expect(progress).toEqual(Array.from({ length: batch }, (_, i) => i + 1));
    for (const first of [0, 2047, 2048, 2099]) {
      const part = await context.read(await sampleTernary(context, { ...source, first }, { basis, batch: 1 }));
      expect(part).toEqual(whole.subarray(first * 2048, (first + 1) * 2048));
    }
  });

  it("compares with the whole table, whatever the entry", async () => {
    // A table of the caller's own makes every comparison of three limbs the last one that decides: random words never do.
    const random = testRandom("table");
    const degree = 1024;
    const q = 12289;
    const words = streamWords(degree);
    for (let round = 0; round < 2; round++) {
      const table: number[] = [];
      const chosen = Array.from({ length: 33 }, () => random.below(degree));
      for (const [i, j] of chosen.entries()) {
        const u = [0, 1, 2].map((k) => words[3 * j + k] & 0x7fffffff);
        table.push(...moved(u, [0n, 1n, -1n][(i + round) % 3]));
      }
      const block = runtime.allocate(4 * table.length);
      runtime.write(block, Uint32Array.from(table));
      const context = hostContext(runtime, degree);
      const key = runtime.allocate(32);
      runtime.write(key, seed);
      const { handle, block: out } = context.make([q], "coefficient", 1);
      const basis = context.basisBlock([q]).address;
      const args = [key.address, Domain.Error, 0, basis, 1, degree, out.address, block.address, table.length / 3, 1024];
      runtime.record("sampleGaussian", 1, args);
      const got = await context.read(handle);
      const limb = (k: number) => BigInt(table[3 * k]) + (BigInt(table[3 * k + 1]) << 31n) + (BigInt(table[3 * k + 2]) << 62n);
      const entries = chosen.map((_, k) => limb(k));
      const expected = Uint32Array.from({ length: degree }, (_, j) => {
        const u = [0, 1, 2].reduce((sum, k) => sum + (BigInt(words[3 * j + k] & 0x7fffffff) << BigInt(31 * k)), 0n);
        const magnitude = entries.filter((t) => u >= t).length;
        return words[3 * j] >>> 31 === 1 && magnitude > 0 ? q - magnitude : magnitude;
      });
      expect(got).toEqual(expected);
    }
  });

  it("draws the same when a program is carried out again", async () => {
    const [degree, basis] = [2048, nttPrimes({ degree: 2048, bits: 30, count: 2 })];
    const source = { seed, domain: Domain.Error };
    const contexts = [hostContext(runtime, degree), hostContext(repeating(runtime), degree)];
    for (const sample of [sampleGaussian, sampleTernary]) {
      const [once, twice] = await Promise.all(contexts.map(async (c) => c.read(await sample(c, source, { basis, batch: 2 }))));
      expect(digest(twice)).toBe(digest(once));
    }
    const shape = { basis, batch: 2, form: "ntt" } as const;
    const [once, twice] = await Promise.all(contexts.map(async (c) => c.read(await sampleUniform(c, source, shape))));
    expect(digest(twice)).toBe(digest(once));
  });

  it("leaves nothing in its scratch", async () => {
    const [degree, basis] = [1024, nttPrimes({ degree: 1024, bits: 30, count: 1 })];
    const source = { seed, domain: Domain.Error };
    for (const sample of [sampleGaussian, sampleTernary]) {
      const own = await directRuntime();
      await sample(hostContext(own, degree), source, { basis, batch: 2 });
      expect(hasWipedScratch(own)).toBe(true);
    }
    const own = await directRuntime();
    await sampleUniform(hostContext(own, degree), source, { basis, batch: 2, form: "ntt" });
    expect(hasWipedScratch(own)).toBe(true);
  });

  it("refuses what the specification refuses, and stops when told", async () => {
    const [degree, basis] = [1024, nttPrimes({ degree: 1024, bits: 30, count: 1 })];
    const context = hostContext(runtime, degree);
    const shape = { basis, batch: 1 };
    const open = { seed, domain: Domain.PublicUniform };
    await expect(sampleTernary(context, open, shape)).rejects.toThrow(ParameterError);
    await expect(sampleGaussian(context, open, shape)).rejects.toThrow(ParameterError);
    await expect(sampleUniform(context, { ...open, seed: seed.subarray(1) }, { ...shape, form: "ntt" })).rejects.toThrow(
      ParameterError,
    );
    await expect(sampleUniform(context, { ...open, first: 2 ** 32 - 1 }, { basis, batch: 2, form: "ntt" })).rejects.toThrow(
      ParameterError,
    );
    await expect(sampleUniform(context, open, { ...shape, form: "other" as "ntt" })).rejects.toThrow(ParameterError);
    await expect(sampleUniform(context, open, { basis, batch: 0, form: "ntt" })).rejects.toThrow(ParameterError);
    const signal = AbortSignal.abort(new Error("no"));
    await expect(sampleUniform(context, open, { ...shape, form: "ntt" }, { signal })).rejects.toThrow("no");
  });
});

/** The words that a Gaussian polynomial takes from the stream of the first item. */
function streamWords(degree: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(3 * degree);
  new Stream(seed, Domain.Error, 0).fill(words);
  return words;
}

/** u + delta in limbs of 31 bits. */
function moved(u: readonly number[], delta: bigint): number[] {
  const x = u.reduce((sum, limb, k) => sum + (BigInt(limb) << BigInt(31 * k)), delta);
  return [0n, 31n, 62n].map((shift) => Number((x >> shift) & 0x7fffffffn));
}
