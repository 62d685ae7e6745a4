import { describe, expect, it } from "vitest";
import { Fate } from "../../../src/kernels/webgpu/fate.js";

const own = new Error("of the submission");
const first = new Error("of the first value");

describe("fates", () => {
  it("are open until they are settled", () => {
    const fate = new Fate();
    expect(fate.error).toBeUndefined();
    fate.settle(own);
    expect(fate.error).toBe(own);
  });

  it("inherit before they take the error of their submission", () => {
    const parent = new Fate();
    const child = new Fate([new Fate(), parent]);
    parent.fail(first);
    child.settle(own);
    expect(child.error).toBe(first);
  });

  it("inherit from parents that were spoilt before", () => {
    const parent = new Fate();
    parent.fail(first);
    const child = new Fate([parent]);
    child.settle();
    expect(child.error).toBe(first);
  });

  it("are final", () => {
    const fate = new Fate();
    fate.settle();
    fate.settle(own);
    expect(fate.error).toBeUndefined();
    const failed = new Fate();
    failed.fail(first);
    failed.fail(own);
    expect(failed.error).toBe(first);
  });

  it("pass an error along a chain", () => {
    const chain = [new Fate()];
    for (let i = 0; i < 5; i++) chain.push(new Fate([chain[i]]));
    chain[0].fail(first);
    for (const fate of chain) fate.settle();
    expect(chain.map((fate) => fate.error)).toEqual(Array(6).fill(first));
  });
});
