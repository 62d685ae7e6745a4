import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyMismatchError, ParameterError, WireError } from "../../src/errors.js";
import { bytesToHex } from "../../src/math/bytes.js";
import { ciphertextTags } from "../../src/paillier/index.js";
import { decodeCiphertexts } from "../../src/paillier/transport.js";
import { encodeJson, packBigints, type Section } from "../../src/wire/index.js";
import { openFixed, seeded } from "./support.js";

const open = openFixed(256);
const layout = { slots: 3, slotBits: 64 };
const map = (sections: readonly Section[]) => new Map(sections.map((s) => [s.tag, s.bytes]));

describe("ciphertexts in sections", () => {
  it("come back with all that is known of them, never fresh", async () => {
    const paillier = await open;
    const a = await paillier.encryptSlots([[1.5, -2], [3]], { layout, scaleBits: 8, bound: 4 });
    const sections = await paillier.exportSections(a);
    expect(sections.map((s) => s.tag)).toEqual(["C0MT", "C0CT"]);
    expect(sections[1].bytes.length).toBe(2 * 64);
    const b = paillier.importSections(map(sections));
    expect([b.batch, b.layout, b.scaleBits, b.bound, b.fresh]).toEqual([2, layout, 8, 1024n, false]);
    expect((await paillier.decryptSlots(b)).map((row) => [...row])).toEqual([
      [1.5, -2, 0],
      [3, 0, 0],
    ]);
  });

  it("tell the bound of fresh encryptions, and after computing only when asked", async () => {
    const paillier = await open;
    const a = await paillier.encryptSlots([[1]], { layout, bound: 4 });
    const sum = await paillier.dot(a, [[7]]);
    const hidden = paillier.importSections(map(await paillier.exportSections(sum)));
    expect(hidden.bound).toBe(2n ** 63n - 1n);
    expect(() => paillier.add(hidden, hidden)).toThrow(/slot budget/);
    expect(paillier.importSections(map(await paillier.exportSections(sum, { tellBound: true }))).bound).toBe(28n);
    expect(await paillier.decrypt(hidden)).toEqual(Float64Array.of(7));
  });

  it("share a container under different names", async () => {
    const paillier = await open;
    const [a, b] = [await paillier.encrypt([1]), await paillier.encrypt([2])];
    const both = map([...(await paillier.exportSections(a)), ...(await paillier.exportSections(b, { name: "C1" }))]);
    expect(await paillier.decrypt(paillier.importSections(both, { name: "C1" }))).toEqual(Float64Array.of(2));
    expect(() => ciphertextTags("c1")).toThrow(ParameterError);
    expect(() => paillier.importSections(both, { name: "C2", what: "request" })).toThrow(
      "request, section 'C2MT': expected to be there",
    );
  });

  it("have the same bytes for the same randomness", async () => {
    const run = async (paillier: Awaited<typeof open>) => {
      const a = await paillier.encrypt([5, -5]);
      return [...(await paillier.exportIntegers(a)), ...(await paillier.exportIntegers(paillier.add(a, a)))];
    };
    const once = await run(await openFixed(256, seeded(1)));
    expect(await run(await openFixed(256, seeded(1)))).toEqual(once);
    expect(new Set([...once, ...(await run(await openFixed(256, seeded(2)))), ...(await run(await open))]).size).toBe(12);
  });

  const good = { batch: 1, slots: 3, slotBits: 64, scaleBits: 8, bound: "400" };
  const hostile: [string, Record<string, unknown>, RegExp][] = [
    ["a batch of zero", { batch: 0 }, /field 'batch'/],
    ["a huge batch", { batch: 2 ** 40 }, /'C0CT': expected 1099511627776 integers of 64 bytes, got 64 bytes/],
    ["a fractional batch", { batch: 1.5 }, /field 'batch'/],
    ["slots that do not fit", { slots: 4 }, /field 'slots'/],
    ["a negative scale", { scaleBits: -1 }, /field 'scaleBits'/],
    ["a bound above the slot", { bound: "8000000000000000" }, /field 'bound'/],
    ["a bound that is no number", { bound: "0x10" }, /field 'bound'/],
    ["a bound with leading zeros", { bound: "0400" }, /field 'bound'/],
    ["an unknown field", { extra: 1 }, /section 'C0MT'/],
    ["a key id that is none", { key: "ff" }, /field 'key'/],
  ];
  for (const [name, changes, message] of hostile) {
    it(`refuse ${name}`, async () => {
      const { publicKey } = await open;
      const sections = new Map([
        ["C0MT", encodeJson({ key: bytesToHex(publicKey.id), ...good, ...changes })],
        ["C0CT", packBigints([2n], 64)],
      ]);
      expect(() => decodeCiphertexts(sections, publicKey)).toThrow(WireError);
      expect(() => decodeCiphertexts(sections, publicKey)).toThrow(message);
    });
  }

  it("refuse another key's data, bad ciphertexts, and every truncation", async () => {
    const paillier = await open;
    const sections = map(await paillier.exportSections(await paillier.encrypt([1, 2])));
    const other = await openFixed(512);
    expect(() => other.importSections(sections)).toThrow(KeyMismatchError);
    const { n } = paillier.publicKey;
    for (const bad of [0n, n, n * n, n * n + 1n]) {
      const altered = new Map(sections).set("C0CT", packBigints([2n, bad], 64));
      expect(() => paillier.importSections(altered)).toThrow(/section 'C0CT', ciphertext 1: expected/);
    }
    for (const tag of ["C0MT", "C0CT"]) {
      const bytes = sections.get(tag) as Uint8Array;
      for (let length = 0; length < bytes.length; length++) {
        expect(() => paillier.importSections(new Map(sections).set(tag, bytes.subarray(0, length)))).toThrow(WireError);
      }
    }
  });

  it("never crash on random bytes", async () => {
    const paillier = await open;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (meta, data) => {
        expect(() =>
          paillier.importSections(
            new Map([
              ["C0MT", meta],
              ["C0CT", data],
            ]),
          ),
        ).toThrow(WireError);
      }),
    );
  });
});
