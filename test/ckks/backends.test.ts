/** Given the same randomness, every backend makes the same bytes: keys, ciphertexts, results, decrypted values. */
import { describe, expect, it } from "vitest";
import { Ckks, type CkksCiphertext, chooseParameters } from "../../src/ckks/index.js";
import { Engine } from "../../src/engine/index.js";
import type { BackendName } from "../../src/kernels/interface.js";
import { chosenSeeds, SEED_SOURCE } from "../../src/math/random.js";
import { digest } from "../support/digest.js";
import { testRandom } from "../support/random.js";
import { complexVector, ownerOf, parametersOf } from "./support.js";

const parameters = chooseParameters({ slots: 2048, levels: 1, magnitude: 300 });

async function run(backend: BackendName): Promise<Record<string, string>> {
  const engine = await Engine.create({ backend });
  const random = testRandom("ckks backends");
  const vectors = [0, 1, 2].map(() => Float64Array.from({ length: 2048 }, () => random.real(-8, 8)));
  const ckks = await Ckks.create(engine, parameters, { [SEED_SOURCE]: chosenSeeds(new Uint8Array(32).fill(3)) });
  const secret = await ckks.generateSecretKey();
  const publicKey = await ckks.publicKey(secret);
  const made: Record<string, string> = {
    "secret key": digest(ckks.exportSecretKey(secret)),
    "public key": digest(await ckks.exportPublicKey(publicKey)),
  };
  const keep = async (name: string, ciphertext: CkksCiphertext) => {
    const { sections } = await ckks.exportCiphertext(ciphertext);
    made[name] = digest(...sections.map((s) => s.bytes));
    made[`${name}, decrypted`] = digest(...(await ckks.decrypt(ciphertext, secret)));
  };
  const a = await ckks.encrypt(vectors, secret);
  const b = await ckks.encrypt(vectors, publicKey);
  await keep("secret-key encryption", a);
  await keep("public-key encryption", b);
  await keep("sum", ckks.add(a, b));
  await keep("difference with one for all", ckks.subtract(a, ckks.slice(b, 1, 1)));
  const product = ckks.linearCombination(b, [
    [0.5, -3, 7.25],
    [1, 0, -1e-3],
  ]);
  await keep("linear combination", product);
  await keep("rescaled, with constants", ckks.addConstants(ckks.rescale(product), [100, -7.5]));
  await keep("product with a vector", ckks.rescale(await ckks.multiplyPlain(a, [vectors[2]])));
  await keep("dropped level", ckks.dropLevel(a, 0));
  await engine.close();
  return made;
}

const switching = parametersOf({ degree: 8192, levels: 2, special: 3, digitSize: 2 });

/** A program of all operations that take keys, and of those on complex slots. */
async function runSwitching(backend: BackendName): Promise<Record<string, string>> {
  const engine = await Engine.create({ backend });
  const random = testRandom("ckks backends, switching");
  const vectors = [0, 1].map(() => complexVector(random, switching.slots, 0.7));
  const { ckks, secret, publicKey } = await ownerOf(engine, switching, 4);
  const plan = ckks
    .keysFor({ relinearise: true, rotations: [1, -7], conjugate: true })
    .merge(ckks.keysFor({ innerSums: [5], level: 0 }));
  const keys = await ckks.generateEvaluationKeys(secret, plan);
  const file = await ckks.exportEvaluationKeys(keys);
  const made: Record<string, string> = { "evaluation keys": digest(file) };
  const read = await ckks.importEvaluationKeys(file);
  const keep = async (name: string, ciphertext: CkksCiphertext) => {
    made[name] = digest(...(await ckks.exportCiphertext(ciphertext)).sections.map((s) => s.bytes));
  };
  const a = await ckks.encrypt(vectors, publicKey);
  const one = ckks.slice(a, 1, 1);
  const encoded = await ckks.encode([vectors[0]!]);
  await keep("complex slots", a);
  const three = ckks.multiply(a, one);
  await keep("product of three components", three);
  await keep("relinearised", ckks.relinearise(three, keys));
  const product = ckks.rescale(three, read);
  await keep("relinearised and rescaled", product);
  await keep("rescaled and squared", ckks.multiplyRescale(product, a, keys));
  for (const [i, c] of ckks.rotateHoisted(a, [1, -7], keys).entries()) await keep(`rotation ${i}`, c);
  await keep("rotated product", ckks.rotate(ckks.square(product, keys), 1, read));
  await keep("conjugate", ckks.conjugate(product, keys));
  await keep("inner sum", ckks.innerSum(ckks.dropLevel(a, 0), 5, keys));
  await keep("mixed sum", ckks.subtract(ckks.multiply(a, a, keys), one));
  await keep("sum of products", (await ckks.sumOfProducts([a, product], await ckks.encode([vectors[1]!, 0.5])))[0]!);
  await keep("complex constants", ckks.multiplyConstants(ckks.addConstants(a, [{ re: 1, im: -2 }]), [{ re: 0.5, im: 0.25 }]));
  await keep("product with a plaintext", ckks.rescale(await ckks.multiplyPlain(product, encoded)));
  made.decrypted = digest(...(await ckks.decryptComplex(three, secret)).flatMap(({ re, im }) => [re, im]));
  await engine.close();
  return made;
}

describe("backends", () => {
  it.each(["wasm", "webgpu"] as const)("make the same bytes: %s", async (backend) => {
    const expected = await run("bigint");
    expect(Object.keys(expected).length).toBe(18);
    expect(new Set(Object.values(expected)).size).toBe(18);
    expect(await run(backend)).toEqual(expected);
  });

  it.each(["wasm", "webgpu"] as const)("make the same bytes of products and rotations: %s", async (backend) => {
    const expected = await runSwitching("bigint");
    expect(Object.keys(expected).length).toBe(16);
    expect(new Set(Object.values(expected)).size).toBe(16);
    expect(await runSwitching(backend)).toEqual(expected);
  });
});
