import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { elGamalTags, MAX_COUNT } from "../../src/elgamal/index.js";
import { decodeCiphertexts } from "../../src/elgamal/transport.js";
import { KeyMismatchError, ParameterError, WireError } from "../../src/errors.js";
import { bytesToHex } from "../../src/math/bytes.js";
import { encodeJson, packBigints } from "../../src/wire/index.js";
import { fixedKey, map, openFixed } from "./support.js";

const key = fixedKey().publicKey;
const { p } = key.group;

describe("ciphertexts in sections", () => {
  it("come back with all that is known of them, never fresh", async () => {
    const elgamal = await openFixed();
    const sections = await elgamal.exportSections(await elgamal.encryptCounts([1, -2], { bound: 5 }));
    expect(sections.map((s) => [s.tag, s.bytes.length])).toEqual([
      ["C0MT", sections[0].bytes.length],
      ["C0CT", 4 * 256],
    ]);
    const b = await elgamal.importSections(map(sections));
    expect([b.batch, b.kind, b.bound, b.fresh]).toEqual([2, "counts", 5, false]);
    expect(await elgamal.decryptCounts(b)).toEqual([1, -2]);
  });

  it("tell the bound of fresh encryptions, and after computing only when asked", async () => {
    const elgamal = await openFixed();
    const tripled = await elgamal.multiplyPlain(await elgamal.encryptCounts([1], { bound: 4 }), 3);
    const hidden = await elgamal.importSections(map(await elgamal.exportSections(tripled)));
    expect(hidden.bound).toBe(MAX_COUNT);
    expect(await elgamal.decryptCounts(hidden)).toEqual([3]);
    expect((await elgamal.importSections(map(await elgamal.exportSections(tripled, { tellBound: true })))).bound).toBe(12);
  });

  it("share a container under different names", async () => {
    const elgamal = await openFixed();
    const [a, b] = [await elgamal.encryptFactors([3]), await elgamal.encryptFactors([4])];
    const both = map([...(await elgamal.exportSections(a)), ...(await elgamal.exportSections(b, { name: "C1" }))]);
    expect(await elgamal.decryptFactors(await elgamal.importSections(both, { name: "C1" }))).toEqual([4n]);
    expect(() => elGamalTags("c1")).toThrow(ParameterError);
    await expect(elgamal.importSections(both, { name: "C2", what: "request" })).rejects.toThrow(
      "request, section 'C2MT': expected to be there",
    );
  });

  const good = { key: bytesToHex(key.id), batch: 1, kind: "counts", bound: 5 };
  const sections = (changes: Record<string, unknown> = {}, values: readonly bigint[] = [4n, 9n]) =>
    new Map([
      ["C0MT", encodeJson({ ...good, ...changes })],
      ["C0CT", packBigints(values, 256)],
    ]);

  it.each([
    ["a batch of zero", { batch: 0 }, /field 'batch'/],
    ["a huge batch", { batch: 2 ** 40 }, /'C0CT': expected 2199023255552 integers of 256 bytes, got 512 bytes/],
    ["a fractional batch", { batch: 1.5 }, /field 'batch'/],
    ["a negative bound", { bound: -1 }, /field 'bound'/],
    ["a bound beyond the search", { bound: MAX_COUNT + 1 }, /field 'bound'/],
    ["another kind", { kind: "sums" }, /field 'kind'/],
    ["an unknown field", { extra: 1 }, /section 'C0MT'/],
    ["a key id that is none", { key: "ff" }, /field 'key'/],
  ])("are refused with %s", async (_name, changes, message) => {
    await expect(decodeCiphertexts(sections(), key)).resolves.toMatchObject({ values: [4n, 9n] });
    await expect(decodeCiphertexts(sections(changes), key)).rejects.toThrow(WireError);
    await expect(decodeCiphertexts(sections(changes), key)).rejects.toThrow(message);
  });

  it("are refused under another key", async () => {
    await expect(decodeCiphertexts(sections(), fixedKey("ffdhe2048", 2).publicKey)).rejects.toThrow(KeyMismatchError);
  });

  it("carry no bound on factors", async () => {
    expect((await decodeCiphertexts(sections({ kind: "factors" }), key)).bound).toBe(0);
  });

  it("are refused where a half is none of the group, or cut off", async () => {
    for (const bad of [0n, p, p - 1n, p - 4n, (1n << 2048n) - 1n]) {
      for (const values of [
        [bad, 9n],
        [4n, bad],
      ])
        await expect(decodeCiphertexts(sections({}, values), key)).rejects.toThrow(WireError);
    }
    await expect(decodeCiphertexts(sections({ batch: 2 }, [4n, 9n, 4n, p - 9n]), key)).rejects.toThrow(
      "ciphertexts, section 'C0CT', ciphertext 1, c2: expected a square modulo p",
    );
    for (const [tag, bytes] of sections()) {
      for (let length = 0; length < bytes.length; length += 5)
        await expect(decodeCiphertexts(sections().set(tag, bytes.subarray(0, length)), key)).rejects.toThrow(WireError);
    }
  });

  it("never crash on random bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 600 }), async (meta, data) => {
        for (const first of [meta, encodeJson(good)])
          await expect(
            decodeCiphertexts(
              new Map([
                ["C0MT", first],
                ["C0CT", data],
              ]),
              key,
            ),
          ).rejects.toThrow(WireError);
      }),
    );
  });
});
