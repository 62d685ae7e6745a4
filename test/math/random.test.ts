import { describe, expect, it, vi } from "vitest";
import { ParameterError } from "../../src/errors.js";
import { chosenSeeds, freshSeed, platformSeeds, SEED_SOURCE, SeedSource, seedSourceOf } from "../../src/math/random.js";

const master = Uint8Array.from({ length: 32 }, (_, i) => i);

describe("seeds", () => {
  it("come from the platform, 32 bytes each, never twice the same", () => {
    const draw = vi.spyOn(globalThis.crypto, "getRandomValues");
    const seeds = Array.from({ length: 50 }, () => freshSeed().join());
    expect(draw).toHaveBeenCalledTimes(50);
    expect(new Set(seeds).size).toBe(50);
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
