import { describe, expect, it } from "vitest";
import { ParameterError } from "../../../../src/errors.js";
import { decode, encode } from "../../../../src/kernels/wasm/host/index.js";
import type { Runtime } from "../../../../src/kernels/wasm/runtime.js";
import { Embedding } from "../../../../src/math/embedding.js";
import { fromResidues } from "../../../../src/math/encoding.js";
import { splitFloat64 } from "../../../../src/math/float64.js";
import { invMod } from "../../../../src/math/modular.js";
import { nttPrimes } from "../../../../src/math/primes.js";
import { product } from "../../../../src/math/rns.js";
import { digest } from "../../../support/digest.js";
import { directRuntime } from "../../../support/direct-runtime.js";
import { hasWipedScratch, hostContext, repeating } from "../../../support/host-context.js";
import { EXPECTED_HOST_DIGESTS, encodedSlots } from "../../../support/host-digests.js";
import { testRandom } from "../../../support/random.js";

/** Residues [limb, N] of integers of any size and sign. */
function residuesOf(integers: readonly bigint[], basis: readonly number[]): Uint32Array {
  return Uint32Array.from(
    basis.flatMap((p) => {
      const q = BigInt(p);
      return integers.map((x) => Number(((x % q) + q) % q));
    }),
  );
}

describe("decoding", async () => {
  const runtime = await directRuntime();
  const threaded: Runtime = { ...runtime, threads: 4 };

  /** Decodes and compares every bit with the specification. */
  async function compare(integers: readonly bigint[], basis: readonly number[], scale: number): Promise<void> {
    const degree = integers.length;
    const residues = residuesOf(integers, basis);
    const expected = new Embedding(degree).decode(fromResidues(residues, basis, scale));
    for (const own of [runtime, threaded, repeating(runtime), repeating(threaded)]) {
      const context = hostContext(own, degree);
      const [slots] = await decode(context, await context.upload(residues, basis), scale);
      expect(digest(slots.re)).toBe(digest(expected.re));
      expect(digest(slots.im)).toBe(digest(expected.im));
    }
  }

  for (const degree of [2, 4, 8, 16, 32, 64, 1024, 2048, 8192]) {
    it(`gives the slots of the specification at N = ${degree}, at every magnitude`, async () => {
      const random = testRandom(`wasm decode ${degree}`);
      const limbs = degree > 64 ? 4 : 6;
      for (const basis of [
        nttPrimes({ degree, bits: 30, count: limbs }),
        nttPrimes({ degree, bits: 24, count: 2 }),
        nttPrimes({ degree, bits: 30, count: 1 }),
      ]) {
        const half = product(basis) / 2n;
        const top = half.toString(2).length;
        const sizes = degree > 64 ? [40, 60, top] : [1, 20, 29, 30, 51, 52, 53, 54, 55, 59, 60, 80, 89, 90, 118, 120, top];
        for (const size of sizes.filter((s) => s <= top)) {
          const bound = size === top ? half : (1n << BigInt(size)) - 1n;
          const integers = Array.from({ length: degree }, () => random.bigBelow(2n * bound + 1n) - bound);
          for (const scale of [1, 2 ** 40, 1.1 * 2 ** 45]) await compare(integers, basis, scale);
        }
      }
    });
  }

  it("finds the edges of every digit and of the modulus", async () => {
    const degree = 64;
    for (const limbs of [1, 2, 3, 5, 9, 21, 32]) {
      const basis = nttPrimes({ degree, bits: 30, count: limbs });
      const q = product(basis);
      const edges = [0n, 1n, q / 2n, q / 2n - 1n];
      let weight = 1n;
      for (const p of basis) {
        const half = BigInt(p) / 2n;
        edges.push(weight * half, weight * (half + 1n), weight, weight + 1n, weight - 1n);
        weight *= BigInt(p);
      }
      const all = [...edges, ...edges.map((x) => -x)].map((x) => (x > q / 2n ? x - q : x < -(q / 2n) ? x + q : x));
      for (let start = 0; start < all.length; start += degree) {
        const integers = Array.from({ length: degree }, (_, i) => all[start + i] ?? 0n);
        for (const scale of [1, 3 * 2 ** 30, 1.1 * 2 ** 45]) await compare(integers, basis, scale);
        // Alone among zeros, each takes the path of its own number of digits.
        if (limbs > 5) continue;
        for (const x of integers.slice(0, 16)) await compare([x, ...new Array<bigint>(degree - 1).fill(0n)], basis, 1.1);
      }
    }
  });

  it("leaves no digits of one run of coefficients in the next", async () => {
    const random = testRandom("runs");
    const basis = nttPrimes({ degree: 1024, bits: 30, count: 5 });
    const [a, b, c] = basis.map(BigInt);
    const half = product(basis) / 2n;
    // The first 256 have digits everywhere, the others none below the fourth.
    const integers = Array.from({ length: 1024 }, (_, i) =>
      i < 256 ? random.bigBelow(half) : BigInt((i % 3) - 1) * a * b * c * BigInt(1 + (i % 7)),
    );
    await compare(integers, basis, 1.1);
  });

  it("decides ties and their neighbours as the exact quotient does", async () => {
    const random = testRandom("ties");
    const degree = 64;
    for (const limbs of [2, 3, 4, 8]) {
      const basis = nttPrimes({ degree, bits: 30, count: limbs });
      const room = BigInt(30 * limbs - 2);
      // Scales of few bits have exact ties; 2^k has them at every size.
      for (const scale of [2 ** 30, 1, 3, 5 * 2 ** 20, 12345 * 2 ** -30, 0.75, 2 ** 400]) {
        const { mantissa } = splitFloat64(scale);
        const odd = mantissa / (mantissa & -mantissa);
        const integers = Array.from({ length: degree }, (_, i) => {
          const middle = 2n * random.bigBits(53) + 1n; // 54 bits: between two float64
          const tie = middle * odd;
          const shift = room - BigInt(tie.toString(2).length);
          if (shift < 0n) return random.bigBelow(1n << (room - 1n));
          const x = (tie << shift) + [0n, 1n, -1n][i % 3];
          return i % 2 === 0 ? x : -x;
        });
        await compare(integers, basis, scale);
      }
    }
  });

  it("decides quotients that are within 2^-53 of half a last place", async () => {
    const random = testRandom("near ties");
    const degree = 64;
    for (const limbs of [2, 3, 4]) {
      const basis = nttPrimes({ degree, bits: 30, count: limbs });
      for (const scale of [1 + 2 ** -52, 1.1 + 2 ** -52, 1.9999999999999998, 1.5 + 2 ** -52]) {
        const { mantissa, exponent } = splitFloat64(scale);
        expect([mantissa & 1n, exponent]).toEqual([1n, -52]);
        // X 2^(52 - k) = middle * mantissa - delta, for a middle of 54 bits between two float64.
        const integers = Array.from({ length: degree }, (_, i) => {
          const k = BigInt(Math.min(52, 30 * limbs - 57) - (i >> 4));
          const modulus = 1n << (52n - k);
          const delta = BigInt([1, -1, 3, -3, 5, -7][i % 6]);
          const low = k === 52n ? 0n : (((delta * invMod(mantissa % modulus, modulus)) % modulus) + modulus) % modulus;
          const middle = (((1n << 53n) + random.bigBits(52)) & -modulus) | low | 1n;
          const x = (middle * mantissa - delta) / modulus;
          return i % 2 === 0 ? x : -x;
        });
        await compare(integers, basis, scale);
      }
    }
  });

  it("leaves scales beyond the usual, and integers of more than 32 digits, to the specification", async () => {
    const random = testRandom("rare");
    const degree = 16;
    const basis = nttPrimes({ degree, bits: 30, count: 35 });
    const integers = Array.from({ length: degree }, () => random.bigBits(60) - (1n << 59n));
    for (const scale of [1e-300, 1e300, 2 ** 1023, 5e-324, 2 ** -41, 2 ** 501]) await compare(integers, basis, scale);
    const many = Array.from({ length: 1024 }, () => random.bigBits(59) - (1n << 58n));
    await compare(many, nttPrimes({ degree: 1024, bits: 30, count: 2 }), 1e300);
    const wide = integers.map((x, i) => (i === 5 ? product(basis) / 3n : x));
    await compare(wide, basis, 2 ** 40);
    await compare(wide, basis, 0.001);
  });

  it("finds the digests that every engine must find", async () => {
    for (const { degree, scale, re, im, basis } of encodedSlots()) {
      const context = hostContext(runtime, degree);
      const [slots] = await decode(context, await encode(context, [{ re, im }], { scale, basis }), scale);
      expect(digest(slots.re, slots.im)).toBe(EXPECTED_HOST_DIGESTS[`decode ${degree}`]);
    }
  });

  it("decodes batches in groups, tells of progress, and stops when told", async () => {
    const random = testRandom("batch");
    const degree = 8192;
    const basis = nttPrimes({ degree, bits: 30, count: 1 });
    const batch = 65;
    const residues = random.residues(batch * degree, basis[0]);
    const context = hostContext(runtime, degree);
    const handle = await context.upload(residues, basis);
    const progress: number[] = [];
    const slots = await decode(context, handle, 2 ** 20, { onProgress: (done) => progress.push(done) });
    expect(progress).toEqual(Array.from({ length: batch }, (_, i) => i + 1));
    const embedding = new Embedding(degree);
    for (const i of [0, 1, 63, 64]) {
      const expected = embedding.decode(fromResidues(residues.subarray(i * degree, (i + 1) * degree), basis, 2 ** 20));
      expect(digest(slots[i].re)).toBe(digest(expected.re));
      expect(digest(slots[i].im)).toBe(digest(expected.im));
    }
    const signal = AbortSignal.abort(new Error("no"));
    await expect(decode(context, handle, 2 ** 20, { signal })).rejects.toThrow("no");
    await expect(decode(context, handle, Number.NaN)).rejects.toThrow(ParameterError);
    await expect(decode(context, { ...handle, form: "ntt" }, 1)).rejects.toThrow(ParameterError);
  });

  it("leaves nothing in its scratch", async () => {
    const random = testRandom("scratch");
    for (const threads of [1, 4]) {
      const own = await directRuntime();
      const context = hostContext({ ...own, threads }, 4096);
      const basis = nttPrimes({ degree: 4096, bits: 30, count: 4 });
      const integers = Array.from({ length: 4096 }, () => random.bigBits(100));
      await decode(context, await context.upload(residuesOf(integers, basis), basis), 3 * 2 ** 40);
      expect(hasWipedScratch(own)).toBe(true);
    }
  });
});
