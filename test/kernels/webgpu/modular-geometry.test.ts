import { describe, expect, it } from "vitest";
import { LimitError } from "../../../src/errors.js";
import { planGeometry, workgroupBytes } from "../../../src/kernels/webgpu/modular-geometry.js";

const defaults = { maxComputeWorkgroupStorageSize: 16_384, maxComputeInvocationsPerWorkgroup: 256 };
const modulus = (bits: number) => (1n << BigInt(bits)) - 1n;

describe("planGeometry", () => {
  it.each([2, 100, 1024, 1536, 2048, 3072, 4096, 6144, 8191, 8192])(
    "fits a modulus of %i bits in WebGPU's default limits",
    (bits) => {
      for (const isSoftware of [true, false]) {
        const g = planGeometry(modulus(bits), defaults, isSoftware);
        expect(g.limbBits * g.limbs).toBeGreaterThanOrEqual(bits + 3);
        // Not a whole lane more than needed.
        expect(g.limbBits * (g.limbs - 8)).toBeLessThan(bits + 3);
        expect(g.limbs).toBe(8 * g.lanes);
        expect(g.blocks).toBe(2 * g.lanes);
        expect(g.bytes).toBe(4 * g.limbs);
        expect(workgroupBytes(g.blocks, g.numbers)).toBeLessThanOrEqual(16_384);
        expect(g.lanes * g.numbers).toBeLessThanOrEqual(256);
      }
    },
  );

  it("gives a software adapter one number to a workgroup, and fills warps on hardware", () => {
    expect(planGeometry(modulus(2048), defaults, true).numbers).toBe(1);
    const { lanes, numbers } = planGeometry(modulus(4096), defaults, false);
    expect([lanes, numbers]).toEqual([40, 3]);
    expect(planGeometry(modulus(8192), defaults, false).numbers).toBe(1);
  });

  it("refuses a modulus that is too long for the contract", () => {
    expect(() => planGeometry(modulus(8193), defaults, true)).toThrow(LimitError);
    expect(() => planGeometry(modulus(8193), defaults, true)).toThrow(/expected at most 8192 bits, got 8193 bits/);
  });

  it("names the limit of the adapter, the need and what it has", () => {
    expect(() => planGeometry(modulus(8192), { ...defaults, maxComputeWorkgroupStorageSize: 8192 }, true)).toThrow(
      /maxComputeWorkgroupStorageSize: expected at least 10756 for a modulus of 8192 bits, got 8192/,
    );
    expect(() => planGeometry(modulus(8192), { ...defaults, maxComputeInvocationsPerWorkgroup: 64 }, true)).toThrow(
      /maxComputeInvocationsPerWorkgroup: expected at least 79/,
    );
  });
});
