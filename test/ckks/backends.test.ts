/** Given the same randomness, every backend makes the same bytes: keys, ciphertexts, results, decrypted values. */
import { describe, expect, it } from "vitest";
import { Ckks, type CkksCiphertext, chooseParameters } from "../../src/ckks/index.js";
import { Engine } from "../../src/engine/index.js";
import type { BackendName } from "../../src/kernels/interface.js";
import { chosenSeeds, SEED_SOURCE } from "../../src/math/random.js";
import { digest } from "../support/digest.js";
import { testRandom } from "../support/random.js";

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

describe("backends", () => {
  it.each(["wasm", "webgpu"] as const)("make the same bytes: %s", async (backend) => {
    const expected = await run("bigint");
    expect(Object.keys(expected).length).toBe(18);
    expect(new Set(Object.values(expected)).size).toBe(18);
    expect(await run(backend)).toEqual(expected);
  });
});
