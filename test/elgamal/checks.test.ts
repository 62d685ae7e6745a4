import { describe, expect, it } from "vitest";
import { checkElements } from "../../src/elgamal/checks.js";
import { elGamalGroup } from "../../src/elgamal/index.js";
import { WireError } from "../../src/errors.js";

const group = elGamalGroup("ffdhe2048");
const { p } = group;

describe("ciphertexts from outside", () => {
  it("are accepted inside the group", async () => {
    await expect(checkElements([1n, 4n, 9n, (p - 1n) ** 2n % p], group, "c")).resolves.toBeUndefined();
    await expect(checkElements([], group, "c")).resolves.toBeUndefined();
  });

  it.each([
    ["0", 0n, /c, ciphertext 1, c2: expected 0 < c < p, got zero or less/],
    ["-1", -1n, /zero or less/],
    ["p", p, /p or more/],
    ["c + p", p + 4n, /p or more/],
    ["the element of order 2", p - 1n, /c, ciphertext 1, c2: expected a square modulo p, got a number outside of the subgroup/],
    ["minus a square", p - 4n, /outside/],
    ["a number", 4 as never, /expected a bigint, got 4/],
    ["nothing", undefined as never, /expected a bigint/],
  ])("are refused: %s", async (_name, bad, message) => {
    const check = () => checkElements([4n, 9n, 16n, bad, 25n, 36n], group, "c");
    await expect(check()).rejects.toThrow(WireError);
    await expect(check()).rejects.toThrow(message);
  });

  it("are not accepted because two wrong ones meet", async () => {
    await expect(checkElements([p - 4n, p - 9n], group, "c")).rejects.toThrow(/ciphertext 0, c1/);
  });

  it("heed a signal", async () => {
    await expect(checkElements([4n], group, "c", AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});
