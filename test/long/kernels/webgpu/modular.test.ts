/** Full-length exponents at every size, full-size tables, and long random chains, on a software adapter. */
import { describe, expect, it } from "vitest";
import { createModularKernels } from "../../../../src/kernels/webgpu/modular.js";
import { powMod } from "../../../../src/math/modular.js";
import { useGpu } from "../../../support/gpu.js";
import { testRandom } from "../../../support/random.js";

const gpu = useGpu({ forceSoftware: true });

describe.each([1024, 2048, 3072, 4096, 6144, 8192])("a modulus of %i bits", (bits) => {
  const random = testRandom(`long modular ${bits}`);
  const m = random.bigBits(bits) | 1n;

  it("raises to full-length exponents", async () => {
    const k = await createModularKernels(gpu(), { n: m, power: 1 });
    const values = [m - 1n, random.bigBelow(m)];
    const exponents = [random.bigBits(bits), (1n << BigInt(bits)) - 1n];
    expect(await k.read(k.power(k.upload(values), exponents))).toEqual(values.map((v, i) => powMod(v, exponents[i]!, m)));
  });

  it("raises a fixed base to a quarter of the length", async () => {
    const k = await createModularKernels(gpu(), { n: m, power: 1 });
    const base = random.bigBelow(m);
    const length = bits / 4;
    const exponents = [0n, (1n << BigInt(length)) - 1n, random.bigBits(length)];
    const table = k.fixedBase(base, length);
    expect(await k.read(k.fixedBasePower(table, exponents))).toEqual(exponents.map((e) => powMod(base, e, m)));
  });

  it("multiplies random numbers in chains without a difference", async () => {
    const k = await createModularKernels(gpu(), { n: m, power: 1 });
    let expected = Array.from({ length: 16 }, () => random.bigBelow(m));
    let a = k.upload(expected);
    for (let round = 0; round < 100; round++) {
      const factors = expected.map(() => random.bigBelow(m));
      const b = k.upload(factors);
      const next = k.multiply(a, b);
      a.dispose();
      b.dispose();
      a = next;
      expected = expected.map((v, i) => (v * factors[i]!) % m);
    }
    expect(await k.read(a)).toEqual(expected);
  });
});
