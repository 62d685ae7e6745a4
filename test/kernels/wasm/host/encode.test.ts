import { describe, expect, it } from "vitest";
import { EncodingError, ParameterError } from "../../../../src/errors.js";
import { encodeBatch, type SlotValues } from "../../../../src/kernels/host.js";
import { encode } from "../../../../src/kernels/wasm/host/index.js";
import type { Runtime } from "../../../../src/kernels/wasm/runtime.js";
import { Embedding } from "../../../../src/math/embedding.js";
import { encodeToIntegers, toResidues } from "../../../../src/math/encoding.js";
import { nttPrimes } from "../../../../src/math/primes.js";
import { digest } from "../../../support/digest.js";
import { directRuntime } from "../../../support/direct-runtime.js";
import { hasWipedScratch, hostContext, repeating } from "../../../support/host-context.js";
import { EXPECTED_HOST_DIGESTS, encodedSlots } from "../../../support/host-digests.js";
import { testRandom } from "../../../support/random.js";

describe("encoding", async () => {
  const runtime = await directRuntime();
  /** The same memory, said to have other threads: then the limbs of an item are tasks of their own. */
  const threaded: Runtime = { ...runtime, threads: 4 };

  for (const degree of [2, 4, 8, 16, 32, 64, 128, 1024, 2048, 8192, 65536]) {
    it(`gives the residues of the specification at N = ${degree}`, async () => {
      const random = testRandom(`wasm encode ${degree}`);
      const embedding = new Embedding(degree);
      const slots = degree / 2;
      const basis = nttPrimes({ degree, bits: 30, count: 5 });
      const items: SlotValues[] = [
        Float64Array.from({ length: slots }, () => random.real(-100, 100)),
        Array.from({ length: Math.ceil(slots / 3) }, () => random.real(-1, 1)),
        {
          re: Float64Array.from({ length: slots }, () => random.real(-1, 1)),
          im: Float64Array.from({ length: slots }, () => random.real(-1, 1)),
        },
        { re: Float64Array.of(-0), im: Float64Array.of(-2.5) },
        [],
      ];
      const few = degree > 8192 ? [2 ** 45] : [0.3, 2 ** 30, 1.1 * 2 ** 45, 2 ** 60, 1.7 * 2 ** 90, 2 ** 110];
      for (const scale of few) {
        const expected = await encodeBatch(items, { embedding, scale, basis });
        for (const own of [runtime, threaded, repeating(runtime), repeating(threaded)]) {
          const context = hostContext(own, degree);
          const handle = await encode(context, items.slice(0, own.threads === 1 ? 5 : 3), { scale, basis });
          expect(handle.form).toBe("coefficient");
          const got = await context.read(handle);
          expect(digest(got)).toBe(digest(expected.subarray(0, got.length)));
        }
      }
    });
  }

  it("finds the digests that every engine must find", async () => {
    for (const { degree, scale, re, im, basis } of encodedSlots()) {
      const context = hostContext(runtime, degree);
      const residues = await context.read(await encode(context, [{ re, im }], { scale, basis }));
      const integers = encodeToIntegers(new Embedding(degree), re, im, scale);
      expect(digest(integers, residues)).toBe(EXPECTED_HOST_DIGESTS[`encode ${degree}`]);
    }
  });

  it("rounds ties away from zero and keeps the edges of float64", async () => {
    // A polynomial with one real slot value v everywhere is the constant v: its coefficient is v * scale exactly.
    const degree = 16;
    const basis = nttPrimes({ degree, bits: 30, count: 4 });
    const context = hostContext(runtime, degree);
    const embedding = new Embedding(degree);
    const two = (e: number) => 2 ** e;
    const edges = [0, 0.5, 1.5, 2.5, 0.49999999999999994, 5e-324, 1e-300, two(51) - 0.5, two(51) + 0.5, two(52) - 0.5];
    edges.push(two(52) - 1, two(52), two(52) + 1, two(53) - 1, two(53), two(53) + 2, two(60) + 256, two(74) - two(21), two(74));
    edges.push(two(96) - two(43), two(96), two(97), two(118));
    const items = [...edges, ...edges.map((x) => -x)].map((x) => new Float64Array(degree / 2).fill(x));
    const expected = await encodeBatch(items, { embedding, scale: 1, basis });
    expect(await context.read(await encode(context, items, { scale: 1, basis }))).toEqual(expected);
    // One item at a time: each with as many steps of the reduction as it needs itself.
    for (const [i, item] of items.entries()) {
      const got = await context.read(await encode(context, [item], { scale: 1, basis }));
      expect(got).toEqual(expected.subarray(i * 4 * degree, (i + 1) * 4 * degree));
    }
  });

  it("reduces every multiple of a prime, and its neighbours, at every number of steps", async () => {
    const random = testRandom("multiples");
    const degree = 4096;
    const primes = [40961, 65537, 1073479681, ...nttPrimes({ degree, bits: 30, count: 1 })];
    const context = hostContext(runtime, degree);
    const basis = context.basisBlock(primes);
    for (const steps of [0, 1, 2, 5]) {
      const limit = 2 ** (52 + 22 * steps);
      const x = Float64Array.from({ length: degree }, (_, i) => {
        const q = primes[i % primes.length];
        const size = limit * 2 ** -random.between(0, 52);
        const near = q * Math.floor((random.unit() * size) / q) + (i % 5) - 2 + (i % 3 === 0 ? (q - 1) / 2 : 0);
        const chosen = i < 64 ? [limit - limit / 2 ** 53, limit / 2, q, q - 1, q + 1, 0, 1, limit / 4 + 1][i >> 3] : near;
        return i % 2 === 0 ? chosen : -chosen;
      }).map((v) => (Math.abs(v) < limit ? Math.trunc(v) : 0));
      const integers = runtime.allocate(x.byteLength);
      runtime.write(integers, x);
      const { handle, block } = context.make(primes, "coefficient", 1);
      const args = [integers.address, degree, basis.address, primes.length, steps, block.address];
      runtime.record("encodeResidues", primes.length, args);
      const got = await context.read(handle);
      for (const [l, q] of primes.entries()) {
        const expected = Uint32Array.from(x, (v) => Number(((BigInt(v) % BigInt(q)) + BigInt(q)) % BigInt(q)));
        expect(got.subarray(l * degree, (l + 1) * degree)).toEqual(expected);
      }
    }
  });

  it("leaves magnitudes near the modulus to the specification", async () => {
    const degree = 64;
    const basis = nttPrimes({ degree, bits: 30, count: 2 });
    const context = hostContext(runtime, degree);
    const embedding = new Embedding(degree);
    const q = Number(BigInt(basis[0]) * BigInt(basis[1]));
    // The mean magnitude exceeds Q / 2, the coefficients do not: one slot next to its negative.
    const wide = Float64Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? q / 1.9 : -q / 1.9));
    const items = [[1, 2], wide, [3], [q / 2.1]];
    const expected = await encodeBatch(items, { embedding, scale: 1, basis });
    expect(await context.read(await encode(context, items, { scale: 1, basis }))).toEqual(expected);
    const flat = new Float64Array(32).fill(q);
    await expect(encode(context, [[1], flat], { scale: 1, basis })).rejects.toThrow(EncodingError);
    const message = async (run: Promise<unknown>) => run.then(String, String);
    expect(await message(encode(context, [flat], { scale: 1, basis }))).toBe(
      await message(encodeBatch([flat], { embedding, scale: 1, basis })),
    );
  });

  it("refuses what the specification refuses in the same words, and stops when told", async () => {
    const degree = 64;
    const basis = nttPrimes({ degree, bits: 30, count: 2 });
    const context = hostContext(runtime, degree);
    const embedding = new Embedding(degree);
    const scale = 2 ** 20;
    const bad: unknown[] = [
      [[1], [Number.NaN]],
      [[Number.POSITIVE_INFINITY, 1]],
      [["3"]],
      [[3n]],
      [[null]],
      [[1e308, 1e308]],
      [new Float64Array(33)],
      [{ re: new Float64Array(2), im: new Float64Array(1) }],
      [5],
      [null],
      "12",
    ];
    for (const items of bad) {
      const expected = await encodeBatch(items as number[][], { embedding, scale, basis }).catch((error: unknown) => error);
      expect(expected).toBeInstanceOf(Error);
      await expect(encode(context, items as number[][], { scale, basis })).rejects.toEqual(expected);
    }
    await expect(encode(context, [], { scale, basis })).rejects.toThrow(ParameterError);
    await expect(encode(context, [[1]], { scale: -1, basis })).rejects.toThrow(ParameterError);
    const signal = AbortSignal.abort(new Error("no"));
    await expect(encode(context, [[1]], { scale, basis }, { signal })).rejects.toThrow("no");
  });

  it("works in groups, and tells of progress", async () => {
    const degree = 8192;
    const basis = nttPrimes({ degree, bits: 30, count: 1 });
    let flushes = 0;
    const context = hostContext({ ...runtime, flush: async () => void flushes++ }, degree);
    const items = Array.from({ length: 65 }, (_, i) => [i]);
    const progress: number[] = [];
    const handle = await encode(context, items, { scale: 2 ** 20, basis }, { onProgress: (done) => progress.push(done) });
    expect(flushes).toBe(1);
    expect(progress).toEqual(items.map((_, i) => i + 1));
    const embedding = new Embedding(degree);
    const got = await context.read(handle);
    for (const i of [0, 63, 64]) {
      const expected = toResidues(encodeToIntegers(embedding, items[i], null, 2 ** 20), basis);
      expect(got.subarray(i * degree, (i + 1) * degree)).toEqual(expected);
    }
  });

  it("leaves nothing in its scratch", async () => {
    for (const threads of [1, 4]) {
      const own = await directRuntime();
      const context = hostContext({ ...own, threads }, 1024);
      const basis = nttPrimes({ degree: 1024, bits: 30, count: 2 });
      await encode(context, [new Float64Array(512).fill(1.2345678901234567)], { scale: 2 ** 40, basis });
      expect(hasWipedScratch(own)).toBe(true);
    }
  });
});
