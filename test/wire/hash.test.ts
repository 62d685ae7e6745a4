import { describe, expect, it } from "vitest";
import { bytesToHex } from "../../src/math/bytes.js";
import { equalBytes, hashParts, sha256, shortHash } from "../../src/wire/hash.js";

const text = (s: string): Uint8Array => new TextEncoder().encode(s);

describe("hashes", () => {
  it("is SHA-256 (FIPS 180-4, example 'abc')", () => {
    expect(bytesToHex(sha256(text("abc")))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("tells lists of parts apart", () => {
    const seen = [
      ["", []],
      ["", [""]],
      ["", ["ab", "c"]],
      ["", ["a", "bc"]],
      ["", ["abc"]],
      ["abc", []],
      ["", ["a\0\0\0\0b"]],
      ["", ["a", "b"]],
    ] as const;
    const digests = seen.map(([domain, parts]) => bytesToHex(hashParts(domain, parts.map(text))));
    expect(new Set(digests).size).toBe(seen.length);
  });

  it("compares bytes and shortens for people", () => {
    expect(equalBytes(text("ab"), text("ab"))).toBe(true);
    expect(equalBytes(text("ab"), text("ac"))).toBe(false);
    expect(equalBytes(text("ab"), text("abc"))).toBe(false);
    expect(shortHash(sha256(text("abc")))).toBe("ba7816bf8f01cfea");
  });
});
