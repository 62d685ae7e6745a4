import { createCipheriv } from "node:crypto";
import { hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { LifetimeError, ParameterError } from "../../src/errors.js";
import { Domain, Stream } from "../../src/math/chacha.js";
import { testRandom } from "../support/random.js";

const zeros = new Uint8Array(32);

describe("the ChaCha20 stream", () => {
  it("gives the key streams of RFC 8439, appendix A.1", () => {
    const first =
      "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586" +
      "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f";
    expect(new Stream(zeros, 0).nextBytes(128)).toEqual(hexToBytes(first));
    const one = zeros.slice();
    one[31] = 1;
    const third =
      "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0";
    expect(new Stream(one, 0).nextBytes(128).slice(64)).toEqual(hexToBytes(third));
    const fifth =
      "c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c78a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d";
    // The nonce 00 .. 00 02 is a limb of 0x02000000, since words are little-endian.
    expect(new Stream(zeros, 0, 0, 0x02000000).nextBytes(64)).toEqual(hexToBytes(fifth));
  });

  it("agrees with OpenSSL on domain, item, limb and many blocks", () => {
    const random = testRandom("chacha");
    for (let round = 0; round < 10; round++) {
      const seed = random.bytes(32);
      const [domain, item, limb] = [random.u32(), random.u32(), random.u32()];
      const iv = Buffer.alloc(16);
      for (const [i, word] of [0, domain, item, limb].entries()) iv.writeUInt32LE(word, 4 * i);
      const length = 64 * 300 + 13;
      const expected = createCipheriv("chacha20", seed, iv).update(Buffer.alloc(length));
      expect(Buffer.from(new Stream(seed, domain, item, limb).nextBytes(length)).equals(expected)).toBe(true);
    }
  });

  it("does not depend on how the words are cut into calls", () => {
    const random = testRandom("cuts");
    const whole = new Stream(zeros, Domain.Error, 3, 7).nextU32s(5000);
    const stream = new Stream(zeros, Domain.Error, 3, 7);
    for (let at = 0; at < whole.length; ) {
      const n = Math.min(whole.length - at, random.below(random.pick([3, 20, 700])));
      expect(stream.nextU32s(n)).toEqual(whole.slice(at, at + n));
      at += n;
    }
  });

  it("takes whole words for bytes", () => {
    const words = new Stream(zeros, 0).nextU32s(3);
    const stream = new Stream(zeros, 0);
    expect(stream.nextBytes(5)).toEqual(new Uint8Array(words.buffer, 0, 5));
    expect(stream.nextU32s(1)[0]).toBe(words[2]);
  });

  it("separates domains, items and limbs", () => {
    const first = (domain: number, item: number, limb: number) => new Stream(zeros, domain, item, limb).nextU32s(1)[0];
    expect(new Set([first(1, 0, 0), first(0, 1, 0), first(0, 0, 1), first(0, 0, 0), first(1, 1, 0)]).size).toBe(5);
    expect(new Set(Object.values(Domain)).size).toBe(Object.values(Domain).length);
  });

  it("keeps its own copy of the seed and forgets it", () => {
    const seed = zeros.slice();
    const stream = new Stream(seed, 0);
    seed.fill(9);
    expect(stream.nextU32s(1)[0]).toBe(new Stream(zeros, 0).nextU32s(1)[0]);
    stream.dispose();
    // The key is zero now: words from it would be known to everybody.
    expect(() => stream.nextU32s(1)).toThrow(LifetimeError);
    expect(() => stream.nextBytes(1)).toThrow(LifetimeError);
  });

  it("copies the seed out of a Node Buffer too, whose slice() makes no copy", () => {
    const seed = Buffer.from(new Uint8Array(32).fill(7));
    new Stream(seed, 0).dispose();
    expect([...seed]).toEqual(new Array(32).fill(7));
  });

  it("refuses other seeds and numbers", () => {
    expect(() => new Stream(new Uint8Array(31), 0)).toThrow(ParameterError);
    expect(() => new Stream("x".repeat(32) as never, 0)).toThrow(/seed: expected 32 bytes/);
    for (const bad of [-1, 1.5, 2 ** 32, Number.NaN]) {
      expect(() => new Stream(zeros, bad)).toThrow(/domain/);
      expect(() => new Stream(zeros, 0, bad)).toThrow(/item/);
      expect(() => new Stream(zeros, 0, 0, bad)).toThrow(/limb/);
    }
  });
});
