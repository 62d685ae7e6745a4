import { describe, expect, it, vi } from "vitest";
import { ParameterError } from "../../src/errors.js";
import { chosenSeeds, freshSeed, platformSeeds, SEED_SOURCE, SeedSource, seedSourceOf } from "../../src/math/random.js";

const master = Uint8Array.from({ length: 32 }, (_, i) => i);

describe("seeds", () => {
  it("come from the platform, 32 bytes each, never twice the same", () => {
    const platform = globalThis.crypto.getRandomValues.bind(globalThis.crypto);
    const buffers: Uint8Array[] = [];
    const given: string[] = [];
    const draw = vi.spyOn(globalThis.crypto, "getRandomValues").mockImplementation((bytes) => {
      platform(bytes);
      buffers.push(bytes as Uint8Array);
      for (let at = 0; at < bytes.byteLength; at += 32) given.push((bytes as Uint8Array).slice(at, at + 32).join());
      return bytes;
    });
    const seeds = Array.from({ length: 100 }, () => freshSeed().join());
    expect(new Set(seeds).size).toBe(100);
    // Those of earlier draws first, then all that came, in order; and nothing of what was handed out is left.
    const first = seeds.indexOf(given[0]!);
    expect(first).toBeLessThan(100);
    expect(seeds.slice(first)).toEqual(given.slice(0, 100 - first));
    expect(buffers.slice(0, -1).every((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
    const left = given.length - (100 - first);
    expect(
      buffers
        .at(-1)!
        .subarray(0, -32 * left || undefined)
        .every((byte) => byte === 0),
    ).toBe(true);
    expect(draw.mock.calls.length).toBeGreaterThan(1);
    draw.mockRestore();
    expect(freshSeed()).toHaveLength(32);
    draw.mockRestore();
  });

  it("can be chosen in tests: reproducible, and all different", () => {
    const a = chosenSeeds(master);
    const b = chosenSeeds(master);
    const drawn = Array.from({ length: 20 }, () => freshSeed(a));
    expect(drawn).toEqual(Array.from({ length: 20 }, () => b.next()));
    expect(new Set(drawn.map(String)).size).toBe(20);
    expect(drawn[0]).not.toEqual(chosenSeeds(new Uint8Array(32)).next());
  });

  it("are taken from options only under the symbol, and only from a true source", () => {
    const source = chosenSeeds(master);
    expect(seedSourceOf()).toBe(platformSeeds);
    expect(seedSourceOf({})).toBe(platformSeeds);
    expect(seedSourceOf({ [SEED_SOURCE]: source })).toBe(source);
    expect(seedSourceOf(JSON.parse('{"seedSource":1,"SEED_SOURCE":2,"Symbol(seed source)":3}'))).toBe(platformSeeds);
    const lookalike = { next: () => master, __proto__: SeedSource.prototype };
    expect(SeedSource.is(lookalike)).toBe(false);
    expect(() => seedSourceOf({ [SEED_SOURCE]: lookalike as never })).toThrow(ParameterError);
  });
});
