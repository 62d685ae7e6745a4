import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Ckks, CkksCiphertext, CkksParameters, exportParameters, importParameters } from "../../../src/ckks/index.js";
import type { Engine } from "../../../src/engine/index.js";
import { openTestEngine } from "../../support/engine.js";
import { ownerOf, worst } from "../support.js";

/** Written by format version 1, in base64; never written again. A reader of any later version reads it. */
const golden: Record<string, string> = JSON.parse(
  readFileSync(new URL("../../golden/ckks/files-version-1.json", import.meta.url), "utf8"),
);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const bytesOf = (name: string) => new Uint8Array(Buffer.from(golden[name]!, "base64"));

/** Literals, so that a change in the search for parameters does not touch old files. One with a level, one with a special prime. */
const deep = CkksParameters.from({ degree: 2048, basePrimes: [2101249], levelPrimes: [65537], scaleBits: 16 });
const switching = CkksParameters.from({
  degree: 2048,
  basePrimes: [2101249],
  levelPrimes: [],
  specialPrimes: [1073692673],
  scaleBits: 16,
});
/** A prediction is written with a ciphertext; how predictions are made may change, and files must not. */
const predicted = ({ parameters, handle, ...state }: CkksCiphertext) =>
  new CkksCiphertext(parameters, handle, { ...state, estimate: { magnitude: 1, rms: 0.5, deviation: 0.000976562 } });

const values = [[0.75, -0.5, 0.25], [-0.75]];

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

/** All files as this version writes them, with fixed randomness. */
async function written(): Promise<Record<string, string>> {
  const { ckks, secret, publicKey } = await ownerOf(engine, deep, 11);
  const seeded = await ckks.encrypt(values, secret, { level: 0 });
  const whole = await ckks.encrypt(values, publicKey);
  const product = ckks.multiply(whole, whole);
  const plaintext = await ckks.encode([values[0]!, { re: Float64Array.of(1), im: Float64Array.of(-2) }, 0.5]);
  const other = await ownerOf(engine, switching, 12);
  const plan = other.ckks.keysFor({ relinearise: true, conjugate: true, rotations: [1] });
  const keys = await other.ckks.generateEvaluationKeys(other.secret, plan);
  return {
    parameters: base64(exportParameters(deep)),
    secretKey: base64(ckks.exportSecretKey(secret)),
    seeded: base64(await ckks.exportCiphertextFile(predicted(seeded))),
    product: base64(await ckks.exportCiphertextFile(predicted(product))),
    plaintext: base64(ckks.exportPlaintext(plaintext)),
    switchingParameters: base64(exportParameters(switching)),
    switchingSecretKey: base64(other.ckks.exportSecretKey(other.secret)),
    switchingCiphertext: base64(await other.ckks.exportCiphertextFile(predicted(await other.ckks.encrypt(values, other.secret)))),
    evaluationKeys: base64(await other.ckks.exportEvaluationKeys(keys)),
  };
}

describe("files of format version 1", () => {
  it("are still read", async () => {
    const ckks = await Ckks.create(engine, importParameters(bytesOf("parameters")));
    const secret = await ckks.importSecretKey(bytesOf("secretKey"));
    const open = async (name: string) => ckks.decrypt(await ckks.importCiphertextFile(bytesOf(name)), secret);
    const seeded = await open("seeded");
    const product = await open("product");
    for (const [i, row] of values.entries()) {
      expect(worst(seeded[i]!.slice(0, row.length), row)).toBeLessThan(0.02);
      expect(
        worst(
          product[i]!.slice(0, row.length),
          row.map((v) => v * v),
        ),
      ).toBeLessThan(0.4);
    }
    const plaintext = await ckks.importPlaintext(bytesOf("plaintext"));
    expect([plaintext.batch, plaintext.range.magnitude]).toEqual([3, Math.sqrt(5)]);
  });

  it("of evaluation keys are still read, and rotate", async () => {
    const ckks = await Ckks.create(engine, importParameters(bytesOf("switchingParameters")));
    const secret = await ckks.importSecretKey(bytesOf("switchingSecretKey"));
    const keys = await ckks.importEvaluationKeys(bytesOf("evaluationKeys"));
    expect([keys.rotations, keys.conjugates, keys.relinearisation?.level]).toEqual([[1], true, 0]);
    const ciphertext = await ckks.importCiphertextFile(bytesOf("switchingCiphertext"));
    const [opened] = await ckks.decrypt(ckks.conjugate(ckks.rotate(ciphertext, 1, keys), keys), secret);
    expect(worst(opened!.slice(0, 3), [-0.5, 0.25, 0])).toBeLessThan(0.05);
  });

  it("are still written to the bit", async () => {
    const files = await written();
    expect(Object.keys(files)).toEqual(Object.keys(golden));
    for (const [name, text] of Object.entries(files)) expect(text === golden[name], name).toBe(true);
  });
});
