/** Given the same randomness, every backend makes the same bytes of a circuit. */
import { describe, expect, it } from "vitest";
import { Ckks, LinearTransform, Polynomial } from "../../../src/ckks/index.js";
import { Engine } from "../../../src/engine/index.js";
import type { BackendName } from "../../../src/kernels/interface.js";
import { chosenSeeds, SEED_SOURCE } from "../../../src/math/random.js";
import { digest } from "../../support/digest.js";
import { parametersOf } from "../support.js";

const parameters = parametersOf({ degree: 8192, levels: 3, special: 1 });
const matrix = [
  [0.5, -0.25, 0.125, 1],
  [1, 0.75, -1, 0],
  [0, 0.5, -0.5, 0.25],
];

async function run(backend: BackendName): Promise<string[]> {
  const engine = await Engine.create({ backend });
  try {
    const ckks = await Ckks.create(engine, parameters, { [SEED_SOURCE]: chosenSeeds(new Uint8Array(32).fill(5)) });
    const secret = await ckks.generateSecretKey();
    const transform = LinearTransform.fromMatrix(matrix);
    const polynomial = Polynomial.chebyshev([0.5, 0.25, -0.5, 0.125]);
    const plan = transform.keyPlan(parameters).merge(polynomial.keyPlan(parameters, 2));
    const keys = await ckks.generateEvaluationKeys(secret, plan);
    const x = await ckks.encrypt([transform.pack([0.5, -0.5, 0.25, 1], 4096), transform.pack([1, 0, 0, -1], 4096)], secret);
    const product = await transform.apply(ckks, x, keys);
    const result = await polynomial.evaluate(ckks, product, keys);
    const made: string[] = [];
    for (const ciphertext of [product, result]) {
      const { sections } = await ckks.exportCiphertext(ciphertext);
      made.push(digest(...sections.map((s) => s.bytes)), digest(...(await ckks.decrypt(ciphertext, secret))));
    }
    return made;
  } finally {
    await engine.close();
  }
}

describe("circuits", () => {
  it.each(["wasm", "webgpu"] as const)("make the same bytes: %s", async (backend) => {
    const expected = await run("bigint");
    expect(new Set(expected).size).toBe(4);
    expect(await run(backend)).toEqual(expected);
  });
});
