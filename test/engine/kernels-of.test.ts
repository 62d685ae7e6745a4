import { describe, expect, it } from "vitest";
import { Engine, type EngineLike, kernelsOf } from "../../src/engine/index.js";
import { LifetimeError, ParameterError } from "../../src/errors.js";

describe("kernelsOf", () => {
  it("gives an open engine's backend", async () => {
    const engine = await Engine.create({ backend: "bigint" });
    expect(kernelsOf(engine)).toBe(engine.kernels);
    await engine.close();
    expect(() => kernelsOf(engine)).toThrow(LifetimeError);
  });

  it("refuses what is no engine", () => {
    for (const bad of [null, undefined, "bigint", {}])
      expect(() => kernelsOf(bad as unknown as EngineLike)).toThrow(ParameterError);
  });
});
