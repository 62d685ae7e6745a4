/** Opening a device: from a wish to a GPUDevice with what the kernels need, or a typed refusal. */
import { requestAdapter } from "#gpu";
import { BackendUnavailableError, ParameterError, show } from "../../errors.js";
import { type AdapterDescription, type AdapterWish, describeAdapter } from "./adapters.js";
import { requiredLimits } from "./limits.js";

export interface OpenedDevice {
  readonly device: GPUDevice;
  readonly adapter: AdapterDescription;
  /** Whether to destroy the device at the end: not one that the caller handed in. */
  readonly owned: boolean;
}

/**
 * Opens a device, or takes the one handed in. Throws ParameterError for something that is no GPUDevice,
 * BackendUnavailableError where there is no adapter or it refuses.
 */
export async function openDevice(wish: AdapterWish & { readonly device?: unknown }): Promise<OpenedDevice> {
  if (wish.device !== undefined) {
    const device = checkDevice(wish.device);
    const adapter = device.adapterInfo ? describeAdapter(device.adapterInfo) : { name: "the caller's device", isSoftware: false };
    return { device, adapter, owned: false };
  }
  const adapter = await requestAdapter(wish);
  if (!adapter) {
    throw new BackendUnavailableError({
      what: "backend webgpu",
      expected: wish.adapter === undefined ? "a GPU adapter" : `an adapter named ${show(wish.adapter)}`,
      got: "none",
      remedy: 'install a Vulkan, Metal or D3D12 driver, or use backend "auto"',
    });
  }
  const device = await requestDevice(adapter);
  return { device, adapter: describeAdapter(adapter.info), owned: true };
}

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  try {
    return await adapter.requestDevice({
      label: "webhe",
      requiredFeatures: adapter.features.has("timestamp-query") ? ["timestamp-query"] : [],
      requiredLimits: requiredLimits(adapter.limits),
    });
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw new BackendUnavailableError(
      { what: "GPU device", expected: "a device of the adapter", got, remedy: 'use backend "auto"' },
      { cause: error },
    );
  }
}

/** Duck typing: the device may come from another realm or from Dawn. */
function checkDevice(device: unknown): GPUDevice {
  const has = (name: string) => typeof (device as Record<string, unknown> | null)?.[name] === "function";
  const works = typeof device === "object" && has("createBuffer") && has("createComputePipelineAsync") && has("pushErrorScope");
  if (!works) {
    throw new ParameterError({
      what: "device",
      expected: "a GPUDevice",
      got: show(device),
      remedy: "pass the result of requestDevice(), or no device",
    });
  }
  return device as GPUDevice;
}
