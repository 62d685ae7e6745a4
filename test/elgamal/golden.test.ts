import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  decodeElGamalPublicKey,
  decodeElGamalSecretKey,
  ElGamal,
  elGamalParameterHash,
  encodeElGamalPublicKey,
  encodeElGamalSecretKey,
} from "../../src/elgamal/index.js";
import { bytesToHex, hexToBytes } from "../../src/math/bytes.js";
import { decodeContainer, encodeContainer } from "../../src/wire/index.js";
import { fixedKey, openFixed, seeded, sharedEngine } from "./support.js";

/** Written by format version 1; never written again. A reader of any later version reads it. */
const golden = JSON.parse(readFileSync(new URL("../golden/elgamal/version-1.json", import.meta.url), "utf8"));

/** Ciphertexts as this version writes them, with fixed randomness. */
async function ciphertexts(): Promise<Uint8Array> {
  const elgamal = await openFixed("ffdhe2048", seeded(42));
  const counts = await elgamal.encryptCounts([1, -2], { bound: 5 });
  const factors = await elgamal.encryptFactors([6]);
  const sections = [...(await elgamal.exportSections(counts)), ...(await elgamal.exportSections(factors, { name: "C1" }))];
  const [parameterHash, keyId] = [elGamalParameterHash("ffdhe2048"), elgamal.publicKey.id];
  return encodeContainer({ kind: "ciphertext", parameterHash, keyId, sections });
}

describe("files of format version 1", () => {
  it("are still read", async () => {
    const key = decodeElGamalSecretKey(hexToBytes(golden.secretKey));
    expect(decodeElGamalPublicKey(hexToBytes(golden.publicKey)).equals(key.publicKey)).toBe(true);
    const elgamal = await ElGamal.create(await sharedEngine(), key);
    const { sections } = decodeContainer(hexToBytes(golden.ciphertexts), { what: "file", maxBytes: 4096, kinds: ["ciphertext"] });
    expect(await elgamal.decryptCounts(await elgamal.importSections(sections))).toEqual([1, -2]);
    expect(await elgamal.decryptFactors(await elgamal.importSections(sections, { name: "C1" }))).toEqual([6n]);
  });

  it("are still written to the bit", async () => {
    expect(bytesToHex(encodeElGamalSecretKey(fixedKey()))).toBe(golden.secretKey);
    expect(bytesToHex(encodeElGamalPublicKey(fixedKey().publicKey))).toBe(golden.publicKey);
    expect(bytesToHex(await ciphertexts())).toBe(golden.ciphertexts);
  });
});
