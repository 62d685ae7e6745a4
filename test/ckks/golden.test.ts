import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Ckks, CkksParameters, type CkksPublicKey, type CkksSecretKey } from "../../src/ckks/index.js";
import type { Engine } from "../../src/engine/index.js";
import { chosenSeeds, SEED_SOURCE } from "../../src/math/random.js";
import { decodeContainer, encodeContainer, encodeJson } from "../../src/wire/index.js";
import { openTestEngine } from "../support/engine.js";

/** Written by format version 1, in base64; never written again. A reader of any later version reads it. */
const golden: Record<string, string> = JSON.parse(
  readFileSync(new URL("../golden/ckks/version-1.json", import.meta.url), "utf8"),
);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const bytesOf = (name: string) => new Uint8Array(Buffer.from(golden[name], "base64"));

/** A literal, so that a change in the search for parameters does not touch old files. */
const parameters = CkksParameters.from({ degree: 1024, basePrimes: [132710401], levelPrimes: [], scaleBits: 20 });
const values = [[1.5, -2, 0.25], [-0.75]];

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

const open = () => Ckks.create(engine, parameters, { [SEED_SOURCE]: chosenSeeds(new Uint8Array(32).fill(9)) });

async function request(ckks: Ckks, key: CkksSecretKey | CkksPublicKey): Promise<Uint8Array> {
  const { meta, sections } = await ckks.exportCiphertext(await ckks.encrypt(values, key));
  const all = [{ tag: "META", bytes: encodeJson(meta) }, ...sections];
  return encodeContainer({ kind: "request", parameterHash: parameters.hash, keyId: key.id, sections: all });
}

/** All files as this version writes them, with fixed randomness. */
async function written(): Promise<Record<string, string>> {
  const ckks = await open();
  const secret = await ckks.generateSecretKey();
  const publicKey = await ckks.publicKey(secret);
  return {
    secretKey: base64(ckks.exportSecretKey(secret)),
    publicKey: base64(await ckks.exportPublicKey(publicKey)),
    seeded: base64(await request(ckks, secret)),
    whole: base64(await request(ckks, publicKey)),
  };
}

describe("files of format version 1", () => {
  it("are still read", async () => {
    const ckks = await open();
    const secret = await ckks.importSecretKey(bytesOf("secretKey"));
    expect((await ckks.importPublicKey(bytesOf("publicKey"))).id).toEqual(secret.id);
    for (const name of ["seeded", "whole"]) {
      const { sections, keyId } = decodeContainer(bytesOf(name), { what: name, maxBytes: 65536, kinds: ["request"] });
      const meta = JSON.parse(new TextDecoder().decode(sections.get("META")));
      const opened = await ckks.decrypt(await ckks.importCiphertext(meta, (tag) => sections.get(tag), keyId!), secret);
      values.forEach((row, i) => {
        row.forEach((v, slot) => {
          expect(Math.abs(opened[i][slot] - v), `${name}, row ${i}, slot ${slot}`).toBeLessThan(0.05);
        });
      });
    }
  });

  it("are still written to the bit", async () => {
    expect(await written()).toEqual(golden);
  });
});
