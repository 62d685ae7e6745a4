/** The same weighted sums of the same encrypted vectors, by node-seal (SEAL 4.1.2) and by webhe: both near the plain result. */
import SEAL from "node-seal";
import { describe, expect, it } from "vitest";
import { Ckks, chooseParameters } from "../../src/ckks/index.js";
import { openTestEngine } from "../support/engine.js";
import { testRandom } from "../support/random.js";

const random = testRandom("ckks peer");
const vectors = Array.from({ length: 5 }, () => Float64Array.from({ length: 2048 }, () => random.real(-3, 3)));
const weights = [1.5, -2.25, 0.125, 3, -0.0625];
const intercept = 12.5;
const plain = vectors[0].map((_, i) => weights.reduce((sum, w, j) => sum + w * vectors[j][i], intercept));
const worst = (got: ArrayLike<number>) => plain.reduce((most, x, i) => Math.max(most, Math.abs(got[i] - x)), 0);

/** N = 8192, {60, 40, 60}: scale 2^40 throughout. */
async function bySeal(): Promise<Float64Array> {
  const seal = await SEAL();
  const parms = seal.EncryptionParameters(seal.SchemeType.ckks);
  parms.setPolyModulusDegree(8192);
  parms.setCoeffModulus(seal.CoeffModulus.Create(8192, Int32Array.from([60, 40, 60])));
  const context = seal.Context(parms, true, seal.SecurityLevel.tc128);
  const keys = seal.KeyGenerator(context);
  const encoder = seal.CKKSEncoder(context);
  const encryptor = seal.Encryptor(context, keys.createPublicKey());
  const evaluator = seal.Evaluator(context);
  const scale = 2 ** 40;
  const terms = vectors.map((v, j) => {
    const product = seal.CipherText();
    const weight = encoder.encode(new Float64Array(4096).fill(weights[j]), scale)!;
    evaluator.multiplyPlain(encryptor.encrypt(encoder.encode(v, scale)!)!, weight, product);
    return product;
  });
  const sum = terms.reduce((a, b) => evaluator.add(a, b) as typeof a);
  const shifted = evaluator.addPlain(sum, encoder.encode(new Float64Array(4096).fill(intercept), sum.scale)!) as typeof sum;
  const opened = seal.Decryptor(context, keys.secretKey()).decrypt(shifted)!;
  return encoder.decode(opened);
}

async function byWebhe(): Promise<Float64Array> {
  const engine = await openTestEngine();
  const ckks = await Ckks.create(engine, chooseParameters({ slots: 2048, levels: 1, magnitude: 64 }));
  const secret = await ckks.generateSecretKey();
  const ciphertext = await ckks.encrypt(vectors, await ckks.publicKey(secret));
  const result = ckks.addConstants(ckks.rescale(ckks.linearCombination(ciphertext, [weights])), [intercept]);
  const [opened] = await ckks.decrypt(result, secret);
  await engine.close();
  return opened;
}

describe("a linear model under encryption", () => {
  it("comes out alike in node-seal and in webhe", async () => {
    // Public-key noise of about sigma sqrt(4/3) N a slot, through weights of norm 4.1: 2^-40 there and 2^-30 here.
    expect(worst(await bySeal())).toBeLessThan(1e-6);
    expect(worst(await byWebhe())).toBeLessThan(4e-4);
  });
});
