import { beforeAll, describe, expect, it } from "vitest";
import type { ModularKernels } from "../../../src/kernels/interface.js";
import { createModularKernels } from "../../../src/kernels/webgpu/modular.js";
import { planGeometry } from "../../../src/kernels/webgpu/modular-geometry.js";
import { invMod, powMod } from "../../../src/math/modular.js";
import { useGpu } from "../../support/gpu.js";
import { testRandom } from "../../support/random.js";

const gpu = useGpu({ forceSoftware: true });

describe.each([1024, 2048, 3072, 4096, 6144, 8192])("a modulus of %i bits", (bits) => {
  const random = testRandom(`modular sizes ${bits}`);
  const top = 1n << BigInt(bits);
  // All limbs full: carries and quotients are as large as they get. The other modulus is sparse, its inverse is not.
  const full = top - 1n;
  const sparse = (top >> 1n) + 1n;
  const typical = random.bigBits(bits) | 1n;
  let kernels: ModularKernels[];

  beforeAll(async () => {
    kernels = await Promise.all([full, sparse, typical].map((n) => createModularKernels(gpu(), { n, power: 1 })));
  });

  /**
   * Operands that drive the carries: 0, 1, m - 1, halves, runs of full limbs and of empty ones, random ones, and
   * those whose Montgomery form, which is what the kernels see, is m - 1, has full limbs, or is a single limb.
   */
  function operands(m: bigint): bigint[] {
    const { limbs, limbBits } = planGeometry(m, gpu().limits, true);
    const back = invMod(1n << BigInt(limbs * limbBits), m);
    const topLimb = 1n << BigInt(limbBits * Math.floor((bits - 1) / limbBits));
    const patterns = [m - 1n, topLimb - 1n, topLimb % m, 8191n];
    return [
      0n,
      1n,
      m - 1n,
      (m - 1n) / 2n,
      m - (1n << BigInt(bits / 2)),
      ((1n << BigInt(bits - 2)) - 1n) % m,
      random.bigBelow(m),
      ...patterns.map((r) => (r * back) % m),
    ];
  }

  it("multiplies adversarial operands", async () => {
    for (const k of kernels) {
      const m = k.modulus;
      const values = operands(m);
      const a = k.upload(values);
      expect(await k.read(a)).toEqual(values);
      expect(await k.read(k.multiply(a, a))).toEqual(values.map((v) => (v * v) % m));
      for (const w of values.slice(-4, -2)) {
        expect(await k.read(k.multiply(a, k.upload([w])))).toEqual(values.map((v) => (v * w) % m));
      }
      const tree = k.products(a, [
        [2, 3, 4, 5, 6, 7],
        [7, 7, 7],
        [1, 0],
      ]);
      const product = (group: number[]) => group.reduce((p, i) => (p * values[i]) % m, 1n);
      expect(await k.read(tree)).toEqual([product([2, 3, 4, 5, 6, 7]), product([7, 7, 7]), 0n]);
    }
  });

  it("raises to short exponents, shared, per item and of a fixed base", async () => {
    const k = kernels[2];
    const m = k.modulus;
    const values = [m - 1n, random.bigBelow(m)];
    const a = k.upload(values);
    expect(await k.read(k.power(a, 0xdeadn))).toEqual(values.map((v) => powMod(v, 0xdeadn, m)));
    expect(await k.read(k.power(a, [0x1ffffn, 1n, 2n, 0n]))).toEqual(
      [0x1ffffn, 1n, 2n, 0n].map((e, i) => powMod(values[i % 2], e, m)),
    );
    const table = k.fixedBase(values[1], 9);
    expect(await k.read(k.fixedBasePower(table, [0n, 511n, 256n]))).toEqual([0n, 511n, 256n].map((e) => powMod(values[1], e, m)));
  });
});
