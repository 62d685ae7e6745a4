import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bytesToHex, hexToBytes } from "../../src/math/bytes.js";
import {
  decodePaillierPublicKey,
  decodePaillierSecretKey,
  encodePaillierPublicKey,
  encodePaillierSecretKey,
  Paillier,
  paillierParameterHash,
} from "../../src/paillier/index.js";
import { decodeContainer, encodeContainer } from "../../src/wire/index.js";
import { fixedKey, openFixed, seeded, sharedEngine } from "./support.js";

/** Written by format version 1; never written again. A reader of any later version reads it. */
const golden = JSON.parse(readFileSync(new URL("../golden/paillier/version-1.json", import.meta.url), "utf8"));
const values = [[1.5, -2, 0], [3], [-100.25, 100]];

/** The request as this version writes it, with fixed randomness. */
async function request(): Promise<Uint8Array> {
  const paillier = await openFixed(256, seeded(42));
  const a = await paillier.encryptSlots(values, { layout: { slots: 3, slotBits: 64 }, scaleBits: 8, bound: 128 });
  const sections = await paillier.exportSections(a);
  return encodeContainer({ kind: "request", parameterHash: paillierParameterHash(256), keyId: paillier.publicKey.id, sections });
}

describe("files of format version 1", () => {
  it("are still read", async () => {
    const key = decodePaillierSecretKey(hexToBytes(golden.secretKey), { unsafe: true });
    expect(decodePaillierPublicKey(hexToBytes(golden.publicKey), { unsafe: true }).equals(key.publicKey)).toBe(true);
    const paillier = await Paillier.create(await sharedEngine(), key);
    const { sections } = decodeContainer(hexToBytes(golden.request), { what: "request", maxBytes: 4096, kinds: ["request"] });
    const rows = await paillier.decryptSlots(paillier.importSections(sections));
    expect(rows.map((row) => [...row])).toEqual(values.map((row) => [...row, 0, 0, 0].slice(0, 3)));
  });

  it("are still written to the bit", async () => {
    expect(bytesToHex(encodePaillierSecretKey(fixedKey(256)))).toBe(golden.secretKey);
    expect(bytesToHex(encodePaillierPublicKey(fixedKey(256).publicKey))).toBe(golden.publicKey);
    expect(bytesToHex(await request())).toBe(golden.request);
  });
});
