import { describe, expect, it } from "vitest";
import {
  decodeElGamalPublicKey,
  decodeElGamalSecretKey,
  elGamalParameterHash,
  encodeElGamalPublicKey,
  encodeElGamalSecretKey,
  GROUP_NAMES,
} from "../../src/elgamal/index.js";
import { KeyMismatchError, SecurityError, WebheError, WireError } from "../../src/errors.js";
import { bigintToBytes } from "../../src/math/bytes.js";
import { decodeContainer, encodeContainer, encodeJson } from "../../src/wire/index.js";
import { fixedKey } from "./support.js";

describe("key files", () => {
  it.each(GROUP_NAMES)("read what they wrote (%s)", (group) => {
    const key = fixedKey(group);
    expect(decodeElGamalSecretKey(encodeElGamalSecretKey(key)).exponent()).toBe(key.exponent());
    const read = decodeElGamalPublicKey(encodeElGamalPublicKey(key.publicKey));
    expect([read.equals(key.publicKey), read.y, read.group]).toEqual([true, key.publicKey.y, key.publicKey.group]);
  });

  it("say in their header what they are", () => {
    const key = fixedKey();
    for (const [bytes, kind] of [
      [encodeElGamalSecretKey(key), "secretKey"],
      [encodeElGamalPublicKey(key.publicKey), "publicKey"],
    ] as const) {
      const container = decodeContainer(bytes, { what: "key", maxBytes: 1000 });
      expect([container.kind, container.keyId, container.parameterHash]).toEqual([
        kind,
        key.publicKey.id,
        elGamalParameterHash("ffdhe2048"),
      ]);
    }
  });

  it("are bound to the parameters they were made for", () => {
    const key = fixedKey();
    const parameterHash = new Uint8Array(32).fill(5);
    const secret = encodeElGamalSecretKey(key, { parameterHash });
    expect(() => decodeElGamalSecretKey(secret, { parameterHash })).not.toThrow();
    expect(() => decodeElGamalSecretKey(secret)).toThrow(KeyMismatchError);
    expect(() => decodeElGamalPublicKey(encodeElGamalPublicKey(key.publicKey, { parameterHash }))).toThrow(/parameter hash/);
  });

  it("are refused when cut off, altered or of another kind", () => {
    const key = fixedKey();
    const secret = encodeElGamalSecretKey(key);
    const open = encodeElGamalPublicKey(key.publicKey);
    for (let n = 0; n < secret.length; n += 7) expect(() => decodeElGamalSecretKey(secret.subarray(0, n))).toThrow(WireError);
    for (let bit = 0; bit < 8 * open.length; bit += 29) {
      const altered = open.slice();
      altered[bit >> 3] ^= 1 << (bit & 7);
      expect(() => decodeElGamalPublicKey(altered)).toThrow(WebheError);
    }
    expect(() => decodeElGamalSecretKey(open)).toThrow(/kind: expected secretKey, got publicKey/);
    expect(() => decodeElGamalPublicKey(secret)).toThrow(/kind: expected publicKey, got secretKey/);
  });

  it("are refused where the content does not fit the header, whatever the checksum says", () => {
    const { publicKey } = fixedKey();
    const { y, group } = publicKey;
    const write = (meta: Record<string, unknown>, value: bigint, width = 256, keyId = publicKey.id) =>
      encodeContainer({
        kind: "publicKey",
        parameterHash: elGamalParameterHash("ffdhe2048"),
        keyId,
        sections: [
          { tag: "META", bytes: encodeJson({ scheme: "elgamal", group: "ffdhe2048", ...meta }) },
          { tag: "PUBY", bytes: bigintToBytes(value, width) },
        ],
      });
    const read = (bytes: Uint8Array) => () => decodeElGamalPublicKey(bytes);
    expect(read(write({}, y))).not.toThrow();
    expect(read(write({ scheme: "paillier" }, y))).toThrow(/field 'scheme'/);
    expect(read(write({ group: "modp14" }, y))).toThrow(/field 'group'/);
    expect(read(write({ group: "toString" }, y))).toThrow(/field 'group'/);
    expect(read(write({ group: "ffdhe3072" }, y))).toThrow(/section 'PUBY': expected 384 bytes, got 256/);
    expect(read(write({}, y, 257))).toThrow(WireError);
    expect(read(write({}, y, 256, new Uint8Array(32).fill(1)))).toThrow(/key id/);
    expect(read(write({}, 4n))).toThrow(KeyMismatchError);
    for (const bad of [0n, 1n, group.p - y, group.p, group.p + 1n]) expect(read(write({}, bad))).toThrow(SecurityError);
  });
});
