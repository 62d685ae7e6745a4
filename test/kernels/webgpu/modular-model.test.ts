import { describe, expect, it } from "vitest";
import { planGeometry } from "../../../src/kernels/webgpu/modular-geometry.js";
import { fromLimbs, montgomeryConstants, toLimbs } from "../../../src/math/limbs.js";
import { invMod } from "../../../src/math/modular.js";
import { testRandom } from "../../support/random.js";
import { MontgomeryModel } from "./modular-model.js";

const limits = { maxComputeWorkgroupStorageSize: 16_384, maxComputeInvocationsPerWorkgroup: 256 };

function build(modulus: bigint, width: number) {
  const { limbs, blocks } = planGeometry(modulus, limits, true, width);
  const constants = montgomeryConstants(modulus, width, limbs);
  const model = new MontgomeryModel(width, blocks, toLimbs(modulus, width, limbs), toLimbs(constants.inverse, width, limbs));
  return { model, limbs, radix: constants.radix };
}

/** The same number with as many limbs at 2^width as a carry in the wrong place can give. */
function lazily(limbs: Uint32Array, width: number): Uint32Array {
  const out = limbs.slice();
  for (let i = 0; i + 1 < out.length; i++) {
    if (out[i] === 0 && out[i + 1]! > 0) {
      out[i]! += 2 ** width;
      out[i + 1]!--;
    }
  }
  return out;
}

describe.each([
  [11, 1024],
  [12, 3072],
  [13, 2],
  [13, 100],
  [13, 1024],
  [13, 2048],
  [13, 8192],
  [14, 2048],
])("a Montgomery product on limbs of %i bits, modulus of %i bits", (width, bits) => {
  const random = testRandom(`model ${width} ${bits}`);
  const top = 1n << BigInt(bits);
  const moduli = bits < 8 ? [3n] : [top - 1n, (top >> 1n) + 1n, random.bigBits(bits) | 1n];

  it.each(moduli)("stays below 2n and within 32 bits", (n) => {
    const { model, limbs, radix } = build(n, width);
    const back = invMod(radix, n);
    // Values below 2n: the contract; powers of 2^width give limbs of 2^width after `lazily`.
    const power = 1n << BigInt(width * Math.floor(bits / width));
    const values = [0n, 1n, n - 1n, n, 2n * n - 1n, power % (2n * n), (power - 1n) % (2n * n), random.bigBelow(n)];
    for (const a of values) {
      for (const b of [values[4]!, values[5]!, values[7]!]) {
        const out = model.multiply(lazily(toLimbs(a, width, limbs), width), lazily(toLimbs(b, width, limbs), width));
        const value = fromLimbs(out, width);
        expect(value % n).toBe((a * b * back) % n);
        expect(value).toBeLessThan(2n * n);
      }
    }
    expect(model.extremes.limb).toBeLessThanOrEqual(2 ** width);
  });

  it("keeps every word within 32 bits when all limbs are 2^width at once", () => {
    const { model, limbs } = build(top - 1n, width);
    // Such operands are above 2n; what is shown is that no word of any phase can overflow.
    const full = new Uint32Array(limbs).fill(2 ** width);
    const worst = new MontgomeryModel(width, limbs / 4, full, full);
    expect(() => worst.multiply(full, full)).not.toThrow();
    expect(worst.extremes.limb).toBeLessThanOrEqual(2 ** width);
    expect(() => model.multiply(full, full)).not.toThrow();
  });
});

it("shows an overflow when folds come too late", () => {
  const full = new Uint32Array(160).fill(2 ** 13);
  const model = new MontgomeryModel(13, 40, full, full);
  Object.assign(model, { foldBlocks: 16 });
  expect(() => model.multiply(full, full)).toThrow(/product: .* does not fit in 32 bits/);
});
