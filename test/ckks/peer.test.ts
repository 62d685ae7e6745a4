/** The same weighted sums of the same encrypted vectors, by node-seal (SEAL 4.1.2) and by webhe: both near the plain result. */
import SEAL from "node-seal";
import { describe, expect, it } from "vitest";
import { Ckks, chooseParameters, keysFor, presetParameters } from "../../src/ckks/index.js";
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

/** What both compute: x y, (x y) turned by 1, x turned by -3, and the square of x y. */
const [x, y] = vectors.map((v) => Float64Array.from({ length: 4096 }, (_, i) => v[i % v.length]! / 3));
const turned = (v: Float64Array, step: number) => v.map((_, i) => v[(i + step + v.length) % v.length]!);
const xy = x!.map((v, i) => v * y![i]!);
const EXPECTED: Readonly<Record<string, Float64Array>> = {
  product: xy,
  "product, turned left": turned(xy, 1),
  "turned right": turned(x!, -3),
  "product of products": xy.map((v) => v * v),
};

/** N = 8192, {60, 40, 40, 60}, with the evaluation as SEAL's users write it. */
async function evaluatedBySeal(): Promise<Record<string, ArrayLike<number>>> {
  const seal = await SEAL();
  const parms = seal.EncryptionParameters(seal.SchemeType.ckks);
  parms.setPolyModulusDegree(8192);
  parms.setCoeffModulus(seal.CoeffModulus.Create(8192, Int32Array.from([60, 40, 40, 60])));
  const context = seal.Context(parms, true, seal.SecurityLevel.tc128);
  const keys = seal.KeyGenerator(context);
  const encoder = seal.CKKSEncoder(context);
  const encryptor = seal.Encryptor(context, keys.createPublicKey());
  const decryptor = seal.Decryptor(context, keys.secretKey());
  const evaluator = seal.Evaluator(context);
  const relin = keys.createRelinKeys();
  const galois = keys.createGaloisKeys(Int32Array.of(1, -3));
  const encrypt = (v: Float64Array) => encryptor.encrypt(encoder.encode(v, 2 ** 40)!)!;
  const open = (c: ReturnType<typeof encrypt>) => encoder.decode(decryptor.decrypt(c)!) as Float64Array;
  const multiply = (a: ReturnType<typeof encrypt>, b: ReturnType<typeof encrypt>) => {
    const out = seal.CipherText();
    evaluator.multiply(a, b, out);
    evaluator.relinearize(out, relin, out);
    evaluator.rescaleToNext(out, out);
    return out;
  };
  const rotate = (a: ReturnType<typeof encrypt>, step: number) => {
    const out = seal.CipherText();
    evaluator.rotateVector(a, step, galois, out);
    return out;
  };
  const a = encrypt(x!);
  const product = multiply(a, encrypt(y!));
  return {
    product: open(product),
    "product, turned left": open(rotate(product, 1)),
    "turned right": open(rotate(a, -3)),
    "product of products": open(multiply(product, product)),
  };
}

/** Ours, with the error that each result is predicted to have. */
async function evaluatedByWebhe(): Promise<Record<string, { readonly values: Float64Array; readonly deviation: number }>> {
  const engine = await openTestEngine();
  const parameters = presetParameters("seal-8192-40");
  const ckks = await Ckks.create(engine, parameters);
  const secret = await ckks.generateSecretKey();
  const publicKey = await ckks.publicKey(secret);
  const keys = await ckks.generateEvaluationKeys(secret, keysFor(parameters, { relinearise: true, rotations: [1, -3] }));
  const [a, b] = [await ckks.encrypt([x!], publicKey), await ckks.encrypt([y!], publicKey)];
  const product = ckks.multiplyRescale(a, b, keys);
  const results = {
    product,
    "product, turned left": ckks.rotate(product, 1, keys),
    "turned right": ckks.rotate(a, -3, keys),
    "product of products": ckks.multiplyRescale(product, product, keys),
  };
  const opened: Record<string, { values: Float64Array; deviation: number }> = {};
  for (const [name, c] of Object.entries(results)) {
    const [values] = await ckks.decrypt(c, secret);
    opened[name] = { values: values!, deviation: c.estimate!.deviation };
  }
  await engine.close();
  return opened;
}

describe("products and rotations", () => {
  it("come out alike in node-seal and in webhe, each within its error of the plain result", async () => {
    const [theirs, ours] = [await evaluatedBySeal(), await evaluatedByWebhe()];
    for (const [name, expected] of Object.entries(EXPECTED)) {
      const far = (got: ArrayLike<number>) => expected.reduce((most, v, i) => Math.max(most, Math.abs(got[i]! - v)), 0);
      // A scale of 2^40 less the noise of public-key encryption, up to 2^20 in the worst of slots, and room.
      expect(far(theirs[name]!), name).toBeLessThan(2 ** -18);
      const { values, deviation } = ours[name]!;
      // 16 deviations, as everywhere, and twice as many where both factors have one error; and no plain result in disguise.
      expect(far(values), name).toBeLessThan((name === "product of products" ? 32 : 16) * deviation);
      expect(far(values), name).toBeGreaterThan(deviation);
    }
  });
});
