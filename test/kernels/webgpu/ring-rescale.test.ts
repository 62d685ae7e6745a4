/** Rescaling by one prime and by several, among primes of different sizes: the short way and the long one. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BigintBackend } from "../../../src/kernels/bigint/index.js";
import { WebGpuBackend } from "../../../src/kernels/webgpu/index.js";
import { divisorWords, isNearAll, shoupPair } from "../../../src/kernels/webgpu/ring-tables.js";
import { invMod } from "../../../src/math/modular.js";
import { nttPrimes } from "../../../src/math/primes.js";
import { testRandom } from "../../support/random.js";

let gpu: WebGpuBackend;
let bigint: BigintBackend;
beforeAll(async () => {
  gpu = await WebGpuBackend.create();
  bigint = await BigintBackend.create();
});
afterAll(() => gpu?.close());

/** Primes 1 modulo 2^14, small and large. */
const SMALL = [40961, 65537, 114689];

describe.each([1024, 2048, 4096, 8192, 16384])("N = %i", (degree) => {
  const small = SMALL.filter((q) => (q - 1) % (2 * degree) === 0);
  const large = nttPrimes({ degree, bits: 30, count: 3 });

  it.each([
    ["large by large", large, 1],
    ["large by small", [...large, small[0]], 1],
    ["small by large", [small[0], ...large], 1],
    ["large by two", large, 2],
    ["mixed by two", [large[0], small[0], large[1], large[2]], 2],
  ] as const)("%s", async (_name, basis, drop) => {
    const random = testRandom(`rescale ${degree} ${basis}`);
    const batch = 3;
    const residues = new Uint32Array(batch * basis.length * degree);
    for (let i = 0; i < residues.length; i++) {
      const q = basis[Math.floor(i / degree) % basis.length];
      residues[i] = i % 7 === 0 ? random.pick([0, (q - 1) / 2, (q + 1) / 2, q - 1]) : random.below(q);
    }
    const results = [];
    for (const backend of [bigint, gpu]) {
      const k = await backend.ring(degree, basis);
      // Edges as coefficients of the dropped limbs.
      results.push(await k.read(k.rescale(k.ntt(k.upload(residues, { basis, form: "coefficient", batch })), drop)));
    }
    expect(results[1]).toEqual(results[0]);
  });
});

describe("constants of a division", () => {
  it("are 1/D and -D modulo each kept prime", () => {
    const [q, p] = [12289n, 40961n];
    const d = 65537n * 114689n;
    const words = [q, p].flatMap((m) => [...shoupPair(invMod(d, m), m), Number(m - (d % m)), 0]);
    expect([...divisorWords([12289, 40961], [65537, 114689])]).toEqual(words);
  });

  it("allow the short way up to four times the smallest kept prime", () => {
    expect(isNearAll([17, 97], 67)).toBe(true);
    expect(isNearAll([17, 97], 73)).toBe(false);
  });
});
