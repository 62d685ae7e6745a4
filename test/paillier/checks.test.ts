import { describe, expect, it } from "vitest";
import { WireError } from "../../src/errors.js";
import { checkCiphertexts } from "../../src/paillier/checks.js";
import { Paillier } from "../../src/paillier/paillier.js";
import { fixedKey, openFixed, sharedEngine } from "./support.js";

describe("ciphertexts from outside", () => {
  const key = fixedKey(256);
  const { n, p, q } = key.constants();
  const n2 = n * n;

  it("are accepted inside the group", () => {
    expect(() => checkCiphertexts([1n, 2n, n + 1n, n2 - 1n], key.publicKey, "c")).not.toThrow();
    expect(() => checkCiphertexts([], key.publicKey, "c")).not.toThrow();
  });

  const refused: [string, bigint, RegExp][] = [
    ["0", 0n, /c, ciphertext 2: expected 0 < c < n\^2, got zero or less/],
    ["-1", -1n, /zero or less/],
    ["n", n, /c, ciphertext 2: expected a number coprime to n/],
    ["n^2 - n", n2 - n, /coprime/],
    ["p", p, /coprime/],
    ["3 q", 3n * q, /coprime/],
    ["n^2", n2, /n\^2 or more/],
    ["c + n^2", n2 + 5n, /n\^2 or more/],
  ];
  for (const [name, c, message] of refused) {
    it(`are refused: ${name}`, async () => {
      expect(() => checkCiphertexts([3n, 4n, c, 5n], key.publicKey, "c")).toThrow(WireError);
      expect(() => checkCiphertexts([3n, 4n, c, 5n], key.publicKey, "c")).toThrow(message);
      const paillier = await Paillier.create(await sharedEngine(), key.publicKey);
      expect(() => paillier.importIntegers([c])).toThrow(WireError);
    });
  }

  it("are refused where they are no integers at all", () => {
    for (const bad of [5, "5", null, undefined]) {
      expect(() => checkCiphertexts([3n, bad as unknown as bigint], key.publicKey, "c")).toThrow(
        /ciphertext 1: expected a bigint/,
      );
    }
  });

  it("are not accepted because a factor of p meets a factor of q", () => {
    expect(() => checkCiphertexts([p, q], key.publicKey, "c")).toThrow(/ciphertext 0/);
  });

  it("decrypt where they are valid", async () => {
    const paillier = await openFixed();
    expect(await paillier.decrypt(paillier.importIntegers([1n, n + 1n, (n + 1n) ** 2n % n2]))).toEqual(Float64Array.of(0, 1, 2));
  });
});
