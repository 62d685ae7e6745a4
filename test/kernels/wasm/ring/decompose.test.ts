/** Digits of a key switch at the ends of their ranges: numbers of primes around each fold, small and large primes beside each other. */
import { describe, expect, it } from "vitest";
import { WasmRingKernels } from "../../../../src/kernels/wasm/ring/ring.js";
import { mod } from "../../../../src/math/modular.js";
import { nttPrimes } from "../../../../src/math/primes.js";
import { directRuntime } from "../../../support/direct-runtime.js";
import { testRandom } from "../../../support/random.js";
import { residuesOf, ringPair } from "../../../support/ring-pair.js";

const N = 16;
const large = nttPrimes({ degree: N, bits: 30, count: 46 });
/** The largest prime below 2^14 and the smallest above it, for N = 16, and the two smallest of all. */
const small = [16193, 16417, 97, 193];
/** The largest prime below 2^22 and the smallest above it. */
const medium = [4193633, 4194433];

const fills = {
  largest: () => (q: number) => q - 1,
  zero: () => () => 0,
  random: (name: string) => {
    const random = testRandom(name);
    return (q: number) => random.below(q);
  },
};

describe("digits of a key switch", () => {
  it.each([1, 2, 3, 14, 15, 16, 17, 26, 27, 28, 29, 40])("of %i primes", async (size) => {
    const primes = [...large, ...small];
    const { agree } = await ringPair(N, primes);
    // The last digit has other lengths, and small primes are sources and targets.
    for (const basis of [large.slice(0, 44), [...large.slice(0, 41), small[2], small[0]]]) {
      const special = primes.filter((q) => !basis.includes(q)).reverse();
      for (const [fill, make] of Object.entries(fills)) {
        const residues = residuesOf(N, basis, 2, make(`digits of ${size}`));
        await agree(
          (k) => k.decompose(k.upload(residues, { basis, form: "ntt", batch: 2 }), size, special),
          `${fill}, ${basis.length} limbs`,
        );
      }
    }
  });

  it.each([1, 2, 3, 4, 5, 8, 9, 11, 12, 13])("of %i primes from 2^22 on", async (size) => {
    const primes = [...large.slice(0, 25), ...medium];
    const { agree } = await ringPair(N, primes);
    for (const basis of [large.slice(0, 24), [...large.slice(0, 23), medium[0]], [medium[1], ...large.slice(0, 23)]]) {
      const special = primes.filter((q) => !basis.includes(q));
      for (const [fill, make] of Object.entries(fills)) {
        const residues = residuesOf(N, basis, 2, make(`digits of ${size}`));
        for (const p of [special, special.filter((q) => q !== medium[0])]) {
          await agree((k) => k.decompose(k.upload(residues, { basis, form: "ntt", batch: 2 }), size, p), `${fill}, ${p}`);
        }
      }
    }
  });

  it.each([2, 3, 4, 5, 8, 9, 12])("of %i primes with the largest halves that there could be", async (sources) => {
    const primes = [large[0], medium[1]];
    const runtime = await directRuntime();
    const wasm = await WasmRingKernels.create(runtime, N, primes);
    const blockOf = (words: ArrayLike<number>) => {
      const block = runtime.allocate(4 * words.length);
      runtime.write(block, Uint32Array.from(words));
      return block.address;
    };
    const packed = (low: number, high: number) => ((low & 0xffff) | (high << 16)) >>> 0;
    const top = 2 ** 14;
    const lanes = Array.from({ length: N }, (_, i) => [i & 1 ? top - 1 : -top, i & 2 ? top : -top, i & 4 ? 1 : 0]);
    const ends = [top, 1 - top];
    for (const q of primes) {
      for (let signs = 0; signs < 16; signs++) {
        const [m0, n0, m1, n1] = [0, 1, 2, 3].map((bit) => ends[(signs >> bit) & 1]);
        const factors = Array.from({ length: sources }, () => [packed(m0, n0), packed(m1, n1)]).flat();
        // Where i & 4, only the first source has these halves, and the others are 0.
        const forms = Array.from({ length: sources }, (_, s) =>
          lanes.map(([u0, u1, one]) => (one && s > 0 ? 0 : packed(u0, u1))),
        );
        const result = runtime.allocate(4 * N);
        const groups = blockOf([0, 0, sources, 1, 0, 1]);
        const head = [Math.log2(N), sources, 1, 1, result.address, 0, blockOf(forms.flat()), groups, blockOf([0, 0, ...factors])];
        runtime.record("ringDecompose", 1, [...head, ...wasm.addresses([q])]);
        const row = Uint32Array.from(lanes, ([u0, u1, one]) => {
          const one32 = BigInt(u0 * m0 + u1 * n0) + 32768n * BigInt(u0 * m1 + u1 * n1);
          return Number(mod((one ? 1n : BigInt(sources)) * one32, BigInt(q)));
        });
        const expected = await wasm.read(wasm.ntt(wasm.upload(row, { basis: [q], form: "coefficient", batch: 1 })));
        expect(new Uint32Array((await runtime.read(result, 0, 4 * N)).buffer), `modulo ${q}, ${signs}`).toEqual(expected);
      }
    }
  });

  it.each([2, 14, 15, 16, 27, 28, 40])("of %i primes with the largest factors that there could be", async (sources) => {
    const primes = [large[0], ...small];
    const runtime = await directRuntime();
    const wasm = await WasmRingKernels.create(runtime, N, primes);
    const blockOf = (words: ArrayLike<number>) => {
      const block = runtime.allocate(4 * words.length);
      runtime.write(block, Uint32Array.from(words));
      return block.address;
    };
    const u = 2 ** 30 - 1;
    for (const q of primes) {
      const result = runtime.allocate(4 * N);
      const groups = blockOf([0, 0, sources, 1, 0, 0]);
      const targets = blockOf([0, q - 1, ...new Array<number>(sources).fill(q - 1)]);
      const digits = blockOf(new Array<number>(sources * N).fill(u));
      const head = [Math.log2(N), sources, 1, 1, result.address, 0, digits, groups, targets];
      runtime.record("ringDecompose", 1, [...head, ...wasm.addresses([q])]);
      const sum = BigInt(q - 1) * (1n + BigInt(sources) * BigInt(u));
      const row = new Uint32Array(N).fill(Number(sum % BigInt(q)));
      const expected = await wasm.read(wasm.ntt(wasm.upload(row, { basis: [q], form: "coefficient", batch: 1 })));
      expect(new Uint32Array((await runtime.read(result, 0, 4 * N)).buffer), `modulo ${q}`).toEqual(expected);
    }
  });

  it("whose unsigned forms are the largest that there are", async () => {
    const basis = large.slice(0, 40);
    const special = large.slice(40);
    const { agree } = await ringPair(N, large);
    for (const size of [15, 16, 27, 40]) {
      // Coefficients for which every y_i is (d_i - 1) / 2, so that u_i = d_i - 1.
      const residues = residuesOf(N, basis, 1, (q) => {
        const digit = Math.floor(basis.indexOf(q) / size);
        const rest = basis.slice(digit * size, (digit + 1) * size).filter((p) => p !== q);
        return Number(rest.reduce((x, p) => (x * BigInt(p)) % BigInt(q), BigInt((q - 1) / 2)));
      });
      await agree((k) => k.decompose(k.ntt(k.upload(residues, { basis, form: "coefficient", batch: 1 })), size, special));
    }
  });

  it("cut into as many tasks as the threads ask for", async () => {
    const basis = large.slice(0, 7);
    const special = large.slice(7, 9);
    const { bigint } = await ringPair(N, large);
    const residues = residuesOf(N, basis, 3, fills.random("threads"));
    const shape = { basis, form: "ntt", batch: 3 } as const;
    const expected = await bigint.read(bigint.decompose(bigint.upload(residues, shape), 3, special));
    const tasks = new Set<number>();
    for (const threads of [1, 2, 3, 16]) {
      const runtime = await directRuntime();
      const record: typeof runtime.record = (kernel, count, ...rest) => {
        if (kernel === "ringDecompose") tasks.add(count);
        runtime.record(kernel, count, ...rest);
      };
      const wasm = await WasmRingKernels.create({ ...runtime, threads, record }, N, large);
      expect(await wasm.read(wasm.decompose(wasm.upload(residues, shape), 3, special))).toEqual(expected);
    }
    expect(tasks.size).toBeGreaterThan(2);
  });
});
