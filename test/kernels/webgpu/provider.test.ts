import { describe, expect, it } from "vitest";
import { probeAdapters, requestAdapter } from "#gpu";
import { BackendUnavailableError } from "../../../src/errors.js";
import { describeAdapter } from "../../../src/kernels/webgpu/adapters.js";
import * as browser from "../../../src/kernels/webgpu/provider.browser.js";
import { createFlags } from "../../../src/kernels/webgpu/provider.node.js";

const info = (device: string, isFallbackAdapter = false) => ({
  vendor: "maker",
  architecture: "",
  device,
  description: device,
  isFallbackAdapter,
});

describe("adapters", () => {
  it("are described in words, without repetition", () => {
    expect(describeAdapter(info("NVIDIA H200"))).toEqual({ name: "maker NVIDIA H200", isSoftware: false });
    expect(describeAdapter({ vendor: "", architecture: "", device: "", description: "", isFallbackAdapter: false }).name).toBe(
      "unnamed adapter",
    );
  });

  it.each(["SwiftShader Device (Subzero)", "llvmpipe (LLVM 15.0.6, 256 bits)", "Microsoft Basic Render Driver"])(
    "are software by their name: %s",
    (name) => {
      expect(describeAdapter(info(name)).isSoftware).toBe(true);
    },
  );

  it("are software by their flag", () => {
    expect(describeAdapter(info("something", true)).isSoftware).toBe(true);
  });
});

describe("the provider in Node", () => {
  it("joins the flags of Dawn by name", () => {
    expect(
      createFlags(
        { adapter: "H200", dawnFlags: ["enable-dawn-features=a"] },
        "enable-dawn-features=b backend=vulkan disable-dawn-features=c",
      ),
    ).toEqual([
      "disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension,c",
      "enable-dawn-features=b,a",
      "backend=vulkan",
      "adapter=H200",
    ]);
  });

  it("finds an adapter, and lists those it has where none has the name", async () => {
    const adapter = await requestAdapter();
    expect(adapter).not.toBeNull();
    const failure = await requestAdapter({ adapter: "no such adapter" }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BackendUnavailableError);
    expect(String(failure)).toMatch(/Available adapters:.*; name one of the adapters listed/);
  });

  it("probes in a child process, and never rejects", async () => {
    const adapter = describeAdapter((await requestAdapter())!.info);
    const probe = await probeAdapters();
    expect(probe.preferred).toEqual(adapter);
    expect(probe.outcome).toBe(adapter.name);
    const none = await probeAdapters("no such adapter");
    expect(none.preferred).toBeUndefined();
    expect(none.outcome).toMatch(/^the probe of the GPU failed: .*Available adapters/);
    expect(none.outcome).not.toContain("\n");
  });
});

describe("the provider in a browser", () => {
  it("says so where there is no WebGPU", async () => {
    await expect(browser.requestAdapter()).rejects.toThrow(/backend webgpu: expected navigator.gpu, got none/);
    expect(await browser.probeAdapters()).toMatchObject({
      preferred: undefined,
      outcome: expect.stringContaining("navigator.gpu"),
    });
  });
});
