import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { onLeak, unwatchHandle, watchHandle } from "../../../src/kernels/webgpu/leaks.js";
import { GpuMemory } from "../../../src/kernels/webgpu/memory.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

describe("a forgotten handle", () => {
  it("gives its memory back and is reported; one that was disposed of is not", async () => {
    const retired: string[] = [];
    const reports: string[] = [];
    const stop = onLeak((description) => reports.push(description));
    const memory = (name: string) => new GpuMemory({} as GPUBuffer, 4, () => retired.push(name));
    (() => {
      const disposed = {};
      watchHandle(disposed, memory("disposed"), "disposed");
      unwatchHandle(disposed);
      watchHandle({}, memory("forgotten"), "forgotten");
    })();
    for (let i = 0; i < 100 && reports.length === 0; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    stop();
    expect(reports).toEqual(["forgotten"]);
    expect(retired).toEqual(["forgotten"]);
  });
});
