import { describe, expect, it } from "vitest";
import { LimitError } from "../../../src/errors.js";
import { grantedLimits, requiredLimits, requireLimit } from "../../../src/kernels/webgpu/limits.js";

const device = {
  maxBufferSize: 2 ** 30,
  maxStorageBufferBindingSize: 2 ** 29,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupsPerDimension: 65535,
  minStorageBufferOffsetAlignment: 256,
  minUniformBufferOffsetAlignment: 256,
} as GPUSupportedLimits;

describe("limits", () => {
  it("are asked for beyond the defaults only where sizes are the caller's choice", () => {
    expect(requiredLimits(device)).toEqual({ maxBufferSize: 2 ** 30, maxStorageBufferBindingSize: 2 ** 29 });
  });

  it("are plain numbers, lowered where a cap is given and never raised", () => {
    const limits = grantedLimits(device, { maxBufferSize: 1000, maxComputeWorkgroupStorageSize: 32768 });
    expect(limits).toMatchObject({
      maxBufferSize: 1000,
      maxComputeWorkgroupStorageSize: 16384,
      maxStorageBuffersPerShaderStage: 8,
    });
    expect(structuredClone(limits)).toEqual(limits);
  });

  it("that do not suffice are named with need and have", () => {
    const limits = grantedLimits(device);
    expect(() => requireLimit(limits, "maxBufferSize", 2 ** 30, "shrink")).not.toThrow();
    expect(() => requireLimit(limits, "maxBufferSize", 2 ** 30 + 1, "shrink")).toThrow(LimitError);
    expect(() => requireLimit(limits, "maxBufferSize", 2 ** 30 + 1, "shrink")).toThrow(
      "maxBufferSize: expected at least 1073741825, got 1073741824; shrink",
    );
  });
});
