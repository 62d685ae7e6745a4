import { describe, expect, it } from "vitest";
import { BlockCache, constantsOf } from "../../../../src/kernels/wasm/ring/block-cache.js";
import type { Block, Runtime } from "../../../../src/kernels/wasm/runtime.js";

/** A runtime of which only memory matters. */
function memory() {
  const released: number[] = [];
  const written: number[][] = [];
  let next = 0;
  const runtime = {
    allocate(bytes: number): Block {
      const address = next++;
      const block: Block = { bytes, address, retain: () => block, release: () => released.push(address) };
      return block;
    },
    write: (_block: Block, data: Uint32Array) => written.push([...data]),
  } as unknown as Runtime;
  return { runtime, released, written };
}

describe("cached constants", () => {
  it("are made once while they are kept, and given back when they are not", () => {
    const { runtime, released, written } = memory();
    const cache = new BlockCache(runtime, 2);
    const get = (name: string) => cache.get(name, () => Uint32Array.of(name.length, 7)).address;
    expect([get("a"), get("bb"), get("a")]).toEqual([0, 1, 0]);
    expect(released).toEqual([]);
    // "bb" was asked for longest ago.
    expect(get("ccc")).toBe(2);
    expect(released).toEqual([1]);
    expect([get("a"), get("bb")]).toEqual([0, 3]);
    expect(released).toEqual([1, 2]);
    expect(written).toEqual([
      [1, 7],
      [2, 7],
      [3, 7],
      [2, 7],
    ]);
  });

  it("do not remember what could not be made", () => {
    const { runtime } = memory();
    const cache = new BlockCache(runtime, 2);
    const fail = () => {
      throw new RangeError("no memory");
    };
    expect(() => cache.get("a", fail)).toThrow("no memory");
    expect(cache.get("a", () => Uint32Array.of(1)).address).toBe(0);
  });

  it("are shared by all kernels of one runtime", () => {
    const [one, other] = [memory().runtime, memory().runtime];
    expect(constantsOf(one)).toBe(constantsOf(one));
    expect(constantsOf(one)).not.toBe(constantsOf(other));
  });
});
