import { describe, expect, it } from "vitest";
import { ParameterError, SecurityError, WireError } from "../../../src/errors.js";
import { bytesToHex, hexToBytes } from "../../../src/math/bytes.js";
import {
  readInterconnectionCiphertexts,
  readInterconnectionPublicKey,
  writeInterconnectionCiphertexts,
  writeInterconnectionPublicKey,
} from "../../../src/paillier/interop/interconnection.js";
import { PaillierPublicKey } from "../../../src/paillier/keys.js";
import { Paillier } from "../../../src/paillier/paillier.js";
import { fixedKey, openFixed, plainKey, sharedEngine } from "../support.js";
import { vector } from "./support.js";

const unsafe = { unsafe: true };
const sample = vector<{
  PaillierCiphertext: { c: string; hex: string };
  PaillierPublicKey: { n: string; hs: string; hex: string };
}>("heu-interconnection-protobuf.json");

/** A Bigint in a field, spelled by hand. */
const bigint = (field: number, ...bytes: number[]) => [(field << 3) | 2, bytes.length, ...bytes];
const message = (...parts: number[][]) => Uint8Array.from(parts.flat());
/** A message's bytes without a schema: field, length, then Bigint { field 2 }. */
const littleEndian = (x: bigint) => {
  const bytes = hexToBytes(x.toString(16).padStart(2 * Math.ceil(x.toString(16).length / 2), "0")).reverse();
  const size = (n: number) => (n < 128 ? [n] : [(n & 127) | 128, n >> 7]);
  return (field: number) => {
    const inner = [0x12, ...size(bytes.length), ...bytes];
    return [(field << 3) | 2, ...size(inner.length), ...inner];
  };
};

describe("messages of the interconnection standard", () => {
  it("have the bytes of the sample", async () => {
    // Its n is far too short for a key, so it is looked at through the refusals that name what was read.
    const { c, hex } = sample.PaillierCiphertext;
    expect(bytesToHex(message(littleEndian(BigInt(c))(1)))).toBe(hex);
    const open = sample.PaillierPublicKey;
    expect(bytesToHex(message(littleEndian(BigInt(open.n))(1), littleEndian(BigInt(open.hs))(2)))).toBe(open.hex);
    expect(() => readInterconnectionPublicKey(hexToBytes(open.hex), unsafe)).toThrow(/key length.*got 18/);
    const paillier = await openFixed();
    const read = readInterconnectionCiphertexts(paillier, [hexToBytes(hex)]);
    expect(await paillier.context().kernels.read(read.handle(paillier.publicKey))).toEqual([BigInt(c)]);
  });

  it.each([256, 2048] as const)("come back: %i bits", async (bits) => {
    const key = fixedKey(bits);
    const bytes = writeInterconnectionPublicKey(key.publicKey);
    expect(bytes).toEqual(message(littleEndian(key.publicKey.n)(1), littleEndian(key.publicKey.hs!)(2)));
    const { publicKey, hs } = readInterconnectionPublicKey(bytes, unsafe);
    expect([publicKey.n, hs]).toEqual([key.publicKey.n, key.publicKey.hs]);
    const server = await Paillier.create(await sharedEngine(), publicKey);
    const client = await Paillier.create(await sharedEngine(), key);
    const a = await client.encrypt([7, -3]);
    const sent = await writeInterconnectionCiphertexts(client, a);
    expect(sent).toEqual((await client.exportIntegers(a)).map((c) => message(littleEndian(c)(1))));
    const at = readInterconnectionCiphertexts(server, sent, { bound: 10n });
    const answer = await writeInterconnectionCiphertexts(server, await server.dot(at, [[2, 5]]));
    expect(await client.decrypt(readInterconnectionCiphertexts(client, answer))).toEqual(Float64Array.of(-1));
  });

  it("never make anyone encrypt under an hs that came with a key", () => {
    const { publicKey: own } = fixedKey(256);
    const honest = readInterconnectionPublicKey(writeInterconnectionPublicKey(own), unsafe);
    // 1 would hide nothing, and passes every check that can be made without the primes.
    const hostile = readInterconnectionPublicKey(message(littleEndian(own.n)(1), littleEndian(1n)(2)), unsafe);
    expect(hostile.hs).toBe(1n);
    for (const { publicKey } of [honest, hostile]) {
      expect([publicKey.blum, publicKey.hs]).toEqual([false, undefined]);
      expect(publicKey.equals(PaillierPublicKey.fromModulus(own.n, unsafe))).toBe(true);
      // It can only be passed on.
      expect(() => writeInterconnectionPublicKey(publicKey)).toThrow(ParameterError);
    }
    expect(writeInterconnectionPublicKey(honest.publicKey, honest)).toEqual(writeInterconnectionPublicKey(own));
    expect(() => writeInterconnectionPublicKey(plainKey().publicKey)).toThrow(/neither; make the key with generatePaillierKey/);
    for (const hs of [0n, own.n, own.n * own.n]) expect(() => writeInterconnectionPublicKey(own, { hs })).toThrow(WireError);
  });

  it("are read in other spellings of the same numbers", async () => {
    const paillier = await openFixed();
    const one = [
      message(bigint(1, 0x12, 1, 5)),
      message(bigint(1, 0x08, 0, 0x12, 1, 5)),
      message(bigint(1, 0x12, 1, 5, 0x08, 0)),
      message(bigint(1, 0x12, 3, 5, 0, 0)),
    ];
    const read = readInterconnectionCiphertexts(paillier, one);
    expect(await paillier.context().kernels.read(read.handle(paillier.publicKey))).toEqual([5n, 5n, 5n, 5n]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["nothing", message(), /zero or less/],
    ["zero", message(bigint(1)), /zero or less/],
    ["a negative number", message(bigint(1, 0x08, 1, 0x12, 1, 5)), /field 'c'.*a negative one/],
    ["an unknown field", message(bigint(1, 0x12, 1, 5), bigint(2, 0x12, 1, 5)), /fields 1, got field 2/],
    ["an unknown field inside", message(bigint(1, 0x12, 1, 5, 0x1a, 0)), /fields 1 and 2, got field 3/],
    ["a field twice", message(bigint(1, 0x12, 1, 5), bigint(1, 0x12, 1, 6)), /field 1 again/],
    ["a field twice inside", message(bigint(1, 0x12, 1, 5, 0x12, 1, 6)), /field 2 again/],
    ["another wire type", message([0x08, 5]), /wire type 2, got 0/],
    ["another wire type inside", message(bigint(1, 0x10, 5)), /wire type 2, got 0/],
    ["another wire type of the sign", message(bigint(1, 0x0a, 0)), /wire type 0, got 2/],
    ["a length beyond the end", message([0x0a, 9, 0x12, 1, 5]), /whole protobuf message/],
    ["a length beyond the end inside", message(bigint(1, 0x12, 9, 5)), /whole protobuf message/],
    ["a huge length", message([0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f]), /whole protobuf message/],
    ["a varint without end", message([0x0a, ...new Array<number>(12).fill(0xff)]), /whole protobuf message/],
    ["field 0", message([0x02, 0]), /protobuf message|got field 0/],
    ["a long message", new Uint8Array(5000), /at most \d+ bytes/],
    [
      "a long number",
      message([0x0a, 0x94, 0x10, 0x12, 0x91, 0x10, ...new Array<number>(2065).fill(1)]),
      /of at most 1040 bytes, got 2065 bytes/,
    ],
    ["n^2", message(littleEndian(fixedKey(256).publicKey.n ** 2n)(1)), /n\^2 or more/],
    ["a multiple of p", message(littleEndian(5n * fixedKey(256).constants().p)(1)), /shares a factor/],
  ])("are refused: %s", async (_name, bytes, expected) => {
    const paillier = await openFixed();
    const good = message(bigint(1, 0x12, 1, 5));
    expect(() => readInterconnectionCiphertexts(paillier, [good, bytes])).toThrow(WireError);
    expect(() => readInterconnectionCiphertexts(paillier, [good, bytes])).toThrow(expected);
    expect(() => readInterconnectionPublicKey(bytes, unsafe)).toThrow();
  });

  it("are refused where a key lacks a part, or is none", async () => {
    const { n } = fixedKey(256).publicKey;
    expect(() => readInterconnectionPublicKey(message(littleEndian(5n)(2)), unsafe)).toThrow(/field 'n'/);
    expect(() => readInterconnectionPublicKey(message(littleEndian(n)(1)), unsafe)).toThrow(/field 'hs'/);
    expect(() => readInterconnectionPublicKey(message(littleEndian(n)(1), littleEndian(n)(2)), unsafe)).toThrow(/field 'hs'/);
    expect(() => readInterconnectionPublicKey(message(littleEndian(n + 1n)(1), littleEndian(5n)(2)), unsafe)).toThrow(
      SecurityError,
    );
    expect(() => readInterconnectionPublicKey(writeInterconnectionPublicKey(fixedKey(256).publicKey))).toThrow(SecurityError);
    for (const bad of [null, 5, "0a", [10]]) expect(() => readInterconnectionPublicKey(bad as never)).toThrow(/expected bytes/);
    const paillier = await openFixed();
    for (const bad of [null, [], 5, [null], ["x"]])
      expect(() => readInterconnectionCiphertexts(paillier, bad as never)).toThrow(WireError);
  });
});
