import { describe, expect, it } from "vitest";
import { KeyMismatchError } from "../../src/errors.js";
import { decodeContainer, encodeContainer } from "../../src/wire/container.js";
import { requireKey, requireParameters } from "../../src/wire/expect.js";

const a = new Uint8Array(32).fill(1);
const b = new Uint8Array(32).fill(2);
const read = (keyId?: Uint8Array) =>
  decodeContainer(encodeContainer({ kind: "response", parameterHash: a, keyId, sections: [] }), {
    what: "response",
    maxBytes: 200,
  });

describe("what a container belongs to", () => {
  it("accepts its own parameters and key", () => {
    expect(() => requireParameters(read(b), a, "response")).not.toThrow();
    expect(() => requireKey(read(b), b, "response")).not.toThrow();
  });

  it("refuses others", () => {
    expect(() => requireParameters(read(b), b, "response")).toThrow(KeyMismatchError);
    expect(() => requireKey(read(b), a, "response")).toThrow("response, key id: expected 0101010101010101, got 0202020202020202");
    expect(() => requireKey(read(), a, "response")).toThrow(/got none/);
  });
});
