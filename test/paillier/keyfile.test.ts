import { describe, expect, it } from "vitest";
import { KeyMismatchError, SecurityError, WebheError, WireError } from "../../src/errors.js";
import { bigintToBytes } from "../../src/math/bytes.js";
import {
  decodePaillierPublicKey,
  decodePaillierPublicKeyAsync,
  decodePaillierSecretKey,
  decodePaillierSecretKeyAsync,
  encodePaillierEvaluationKey,
  encodePaillierPublicKey,
  encodePaillierSecretKey,
  paillierParameterHash,
} from "../../src/paillier/keyfile.js";
import { decodeContainer, encodeContainer, encodeJson } from "../../src/wire/index.js";
import { fixedKey, plainKey } from "./support.js";

const unsafe = { unsafe: true };

describe("key files", () => {
  for (const [name, key] of [
    ["256 bits", fixedKey(256)],
    ["2048 bits", fixedKey(2048)],
    ["other primes", plainKey()],
  ] as const) {
    it(`read what they wrote (${name})`, () => {
      const { publicKey } = key;
      const secret = decodePaillierSecretKey(encodePaillierSecretKey(key), unsafe);
      expect(secret.constants()).toEqual(key.constants());
      expect(secret.publicKey.equals(publicKey)).toBe(true);
      for (const bytes of [encodePaillierPublicKey(publicKey), encodePaillierEvaluationKey(publicKey)]) {
        const read = decodePaillierPublicKey(bytes, unsafe);
        expect(read.equals(publicKey)).toBe(true);
        expect([read.n, read.bits, read.blum, read.hs]).toEqual([publicKey.n, publicKey.bits, publicKey.blum, publicKey.hs]);
      }
    });
  }

  it("say in their header what they are", () => {
    const key = fixedKey(256);
    const kinds = [
      encodePaillierSecretKey(key),
      encodePaillierPublicKey(key.publicKey),
      encodePaillierEvaluationKey(key.publicKey),
    ].map((bytes) => {
      const container = decodeContainer(bytes, { what: "key", maxBytes: 1000 });
      expect(container.keyId).toEqual(key.publicKey.id);
      expect(container.parameterHash).toEqual(paillierParameterHash(256));
      return container.kind;
    });
    expect(kinds).toEqual(["secretKey", "publicKey", "evaluationKey"]);
  });

  it("are read in steps to the same keys, with the same errors", async () => {
    const key = fixedKey(512);
    const secret = encodePaillierSecretKey(key);
    const open = encodePaillierPublicKey(key.publicKey);
    expect((await decodePaillierSecretKeyAsync(secret, unsafe)).publicKey.id).toEqual(key.publicKey.id);
    secret.fill(0);
    expect((await decodePaillierPublicKeyAsync(open, unsafe)).id).toEqual(key.publicKey.id);
    await expect(decodePaillierSecretKeyAsync(secret, unsafe)).rejects.toThrow(WireError);
    await expect(decodePaillierPublicKeyAsync(open)).rejects.toThrow(SecurityError);
    const parameterHash = new Uint8Array(32);
    await expect(decodePaillierPublicKeyAsync(open, { ...unsafe, parameterHash })).rejects.toThrow(KeyMismatchError);
    const again = encodePaillierSecretKey(key);
    await expect(decodePaillierSecretKeyAsync(again, { ...unsafe, parameterHash })).rejects.toThrow(KeyMismatchError);
    const signal = AbortSignal.abort(new Error("stop"));
    await expect(decodePaillierSecretKeyAsync(again, { ...unsafe, signal })).rejects.toThrow("stop");
    await expect(decodePaillierPublicKeyAsync(open, { ...unsafe, signal })).rejects.toThrow("stop");
  });

  it("are bound to the parameters they were made for", () => {
    const key = fixedKey(256);
    const parameterHash = new Uint8Array(32).fill(5);
    const bytes = encodePaillierSecretKey(key, { parameterHash });
    expect(() => decodePaillierSecretKey(bytes, { ...unsafe, parameterHash })).not.toThrow();
    expect(() => decodePaillierSecretKey(bytes, unsafe)).toThrow(KeyMismatchError);
    const publicBytes = encodePaillierPublicKey(key.publicKey, { parameterHash });
    expect(() => decodePaillierPublicKey(publicBytes, unsafe)).toThrow(/parameter hash/);
  });

  it("are refused when cut off, altered, of another kind, or short", () => {
    const key = fixedKey(256);
    const secret = encodePaillierSecretKey(key);
    const open = encodePaillierPublicKey(key.publicKey);
    for (let n = 0; n < secret.length; n += 7)
      expect(() => decodePaillierSecretKey(secret.subarray(0, n), unsafe)).toThrow(WireError);
    for (let bit = 0; bit < 8 * open.length; bit += 13) {
      const altered = open.slice();
      altered[bit >> 3] ^= 1 << (bit & 7);
      expect(() => decodePaillierPublicKey(altered, unsafe)).toThrow(WebheError);
    }
    expect(() => decodePaillierSecretKey(open, unsafe)).toThrow(/kind: expected secretKey, got publicKey/);
    expect(() => decodePaillierPublicKey(secret, unsafe)).toThrow(/kind: expected publicKey or evaluationKey, got secretKey/);
    expect(() => decodePaillierSecretKey(secret)).toThrow(SecurityError);
    expect(() => decodePaillierPublicKey(open)).toThrow(SecurityError);
  });

  it("are refused where the content does not fit the header, whatever the checksum says", () => {
    const { publicKey } = fixedKey(256);
    const write = (meta: Record<string, unknown>, n: bigint, keyId = publicKey.id) =>
      encodeContainer({
        kind: "publicKey",
        parameterHash: paillierParameterHash(256),
        keyId,
        sections: [
          { tag: "META", bytes: encodeJson({ scheme: "paillier", bits: 256, blum: true, ...meta }) },
          { tag: "MODN", bytes: bigintToBytes(n, 32) },
        ],
      });
    const read = (bytes: Uint8Array) => () => decodePaillierPublicKey(bytes, unsafe);
    expect(read(write({}, publicKey.n))).not.toThrow();
    expect(read(write({ blum: false }, publicKey.n))).toThrow(KeyMismatchError);
    expect(read(write({ bits: 255 }, publicKey.n))).toThrow(KeyMismatchError);
    expect(read(write({ scheme: "ckks" }, publicKey.n))).toThrow(/field 'scheme'/);
    expect(read(write({}, publicKey.n, new Uint8Array(32).fill(1)))).toThrow(/key id/);
    expect(read(write({}, plainKey().publicKey.n))).toThrow(KeyMismatchError);
    expect(read(write({}, publicKey.n + 1n))).toThrow(SecurityError);
    expect(read(write({}, 0n))).toThrow(WebheError);
  });
});
