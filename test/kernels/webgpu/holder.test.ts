import { describe, expect, it } from "vitest";
import { hold } from "../../../src/kernels/webgpu/holder.js";

const gpu = () => ({}) as GPU;

describe("the holder", () => {
  it("makes one instance for a key, whoever asks at the same time", async () => {
    let made = 0;
    const make = async () => {
      made++;
      await Promise.resolve();
      return gpu();
    };
    const [first, second] = await Promise.all([hold("one", make), hold("one", make)]);
    expect(first).toBe(second);
    expect(made).toBe(1);
    expect(await hold("two", make)).not.toBe(first);
  });

  it("tries again after a failure", async () => {
    await expect(hold("three", () => Promise.reject(new Error("no driver")))).rejects.toThrow("no driver");
    expect(await hold("three", async () => gpu())).toBeDefined();
  });
});
