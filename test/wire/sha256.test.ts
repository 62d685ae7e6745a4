import { describe, expect, it } from "vitest";
import * as browser from "../../src/wire/sha256.browser.js";
import * as node from "../../src/wire/sha256.node.js";
import { testRandom } from "../support/random.js";

describe("SHA-256 in Node and in browsers", () => {
  it("is one function, whatever the length and the alignment", () => {
    const bytes = testRandom("sha256").bytes(70_000);
    const lengths = [...Array.from({ length: 130 }, (_, i) => i), 65_536, 69_990];
    for (const length of lengths) {
      const part = bytes.subarray(length % 7, (length % 7) + length);
      expect(node.sha256(part)).toEqual(browser.sha256(part));
      for (const { startSha256, sha256 } of [node, browser]) {
        const running = startSha256();
        for (const [from, to] of [
          [0, length >> 1],
          [length >> 1, length],
        ])
          running.update(part.subarray(from, to));
        expect(running.digest()).toEqual(sha256(part));
      }
    }
  });

  it("hands out plain arrays that nobody else holds", () => {
    const digest = node.sha256(new Uint8Array(3));
    expect(Object.getPrototypeOf(digest)).toBe(Uint8Array.prototype);
    expect(digest.buffer.byteLength).toBe(32);
  });
});
