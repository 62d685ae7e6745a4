/** Limits of the device: what is asked for, and the error where it does not suffice. */
import { LimitError } from "../../errors.js";

/** The limits that kernels depend on, by WebGPU's names. Defaults suffice for all of them; only sizes of buffers are asked beyond. */
export interface GpuLimits {
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxStorageBuffersPerShaderStage: number;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
  readonly maxComputeWorkgroupsPerDimension: number;
  readonly minStorageBufferOffsetAlignment: number;
  readonly minUniformBufferOffsetAlignment: number;
}

const NAMES = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupsPerDimension",
  "minStorageBufferOffsetAlignment",
  "minUniformBufferOffsetAlignment",
] as const;

/**
 * What is asked of an adapter beyond the defaults: buffers as large as it allows, because batches and keys are as large as
 * the caller makes them. Everything else keeps to the defaults that every adapter has.
 */
export function requiredLimits(
  adapter: Pick<GPUSupportedLimits, "maxBufferSize" | "maxStorageBufferBindingSize">,
): Record<string, number> {
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter;
  return { maxBufferSize, maxStorageBufferBindingSize };
}

/** The limits granted to a device, as plain numbers, lowered to `cap` where that is given (for tests of small devices). */
export function grantedLimits(device: GPUSupportedLimits, cap: Partial<GpuLimits> = {}): GpuLimits {
  return Object.fromEntries(
    NAMES.map((name) => [name, Math.min(device[name], cap[name] ?? Number.POSITIVE_INFINITY)]),
  ) as unknown as GpuLimits;
}

/** Throws LimitError, naming limit, need and have, unless need <= have. To be called before any work. */
export function requireLimit(limits: GpuLimits, name: keyof GpuLimits, need: number, remedy: string): void {
  const have = limits[name];
  if (need <= have) return;
  throw new LimitError({ what: name, expected: `at least ${need}`, got: String(have), remedy });
}
