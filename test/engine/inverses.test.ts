import { describe, expect, it } from "vitest";
import { inversesOf } from "../../src/engine/inverses.js";
import { ParameterError } from "../../src/errors.js";
import { testRandom } from "../support/random.js";

const m = 2n ** 127n - 1n;
const random = testRandom("inverses");

describe("inverses of many numbers", () => {
  it.each([0, 1, 128, 300])("are those of each (%i)", async (count) => {
    const values = Array.from({ length: count }, () => 1n + random.bigBelow(m - 1n));
    const found = await inversesOf(values, m);
    expect(found).toHaveLength(count);
    for (const [i, v] of values.entries()) expect((v * found[i]) % m).toBe(1n);
  });

  it("refuse what has none, and stop when told", async () => {
    await expect(inversesOf([1n, 3n, 6n], 15n)).rejects.toThrow(ParameterError);
    await expect(inversesOf([1n], m, { signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow("stop");
  });
});
