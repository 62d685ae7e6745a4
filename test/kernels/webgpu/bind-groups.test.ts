import { describe, expect, it } from "vitest";
import { BindGroups } from "../../../src/kernels/webgpu/bind-groups.js";

const object = <T>() => ({}) as T;

describe("bind groups", () => {
  const made: GPUBindGroupDescriptor[] = [];
  const device = { createBindGroup: (d: GPUBindGroupDescriptor) => made.push(d) && { d } } as unknown as GPUDevice;
  const uniforms = object<GPUBuffer>();
  const pipeline = (layout = object<GPUBindGroupLayout>()) => ({
    label: "p",
    layout,
    bindings: ["read", "uniform", "write"] as const,
  });

  it("are made once for a layout and parts of buffers", () => {
    made.length = 0;
    const groups = new BindGroups(device, uniforms);
    const [a, b] = [object<GPUBuffer>(), object<GPUBuffer>()];
    const p = pipeline();
    const views = [
      { buffer: a, offset: 0, size: 16 },
      { buffer: b, offset: 256, size: 32 },
    ];
    const first = groups.get(p, views);
    expect(groups.get(pipeline(p.layout), structuredCloneOf(views))).toBe(first);
    expect(made).toHaveLength(1);
    expect(made[0].entries).toEqual([
      { binding: 0, resource: views[0] },
      { binding: 1, resource: { buffer: uniforms, size: 256 } },
      { binding: 2, resource: views[1] },
    ]);
    const others = [
      groups.get(pipeline(), views),
      groups.get(p, [views[1], views[0]]),
      groups.get(p, [views[0], { ...views[1], offset: 512 }]),
      groups.get(p, [views[0], { ...views[1], size: 16 }]),
      groups.get(p, [views[0], { ...views[1], buffer: object<GPUBuffer>() }]),
    ];
    expect(new Set([first, ...others]).size).toBe(6);
    expect(groups.made).toBe(6);
  });

  it("are forgotten when many others were used since", () => {
    const groups = new BindGroups(device, uniforms);
    const p = pipeline();
    const view = () => [{ buffer: object<GPUBuffer>(), offset: 0, size: 16 }];
    const [kept, lost] = [view(), view()];
    const first = groups.get(p, kept);
    groups.get(p, lost);
    for (let i = 0; i < 1100; i++) {
      groups.get(p, view());
      expect(groups.get(p, kept)).toBe(first);
    }
    const before = groups.made;
    groups.get(p, lost);
    expect(groups.made).toBe(before + 1);
  });
});

/** Other objects of the same content around the same buffers. */
function structuredCloneOf(views: readonly { buffer: GPUBuffer; offset: number; size: number }[]) {
  return views.map((view) => ({ ...view }));
}
