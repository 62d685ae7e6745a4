/**
 * What operations cost on webgpu whatever the clock says: dispatches, and bytes that cross between host and device. The figures
 * are bounds: fewer is progress, more has to be a decision.
 */
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { count } from "../../bench/case.js";
import { Engine } from "../../src/engine/index.js";
import { InferenceClient, InferenceServer, LinearModel, planInference } from "../../src/host/inference/index.js";
import type { ModularHandle, ModularKernels, RingHandle, RingKernels } from "../../src/kernels/interface.js";
import { nttPrimes } from "../../src/math/primes.js";
import { testModulus } from "../support/modular-cases.js";
import { testRandom } from "../support/random.js";

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create({ backend: "webgpu" });
});
afterAll(() => engine?.close());

/** Counts one call whose result stays on the device. */
async function dispatchesOf(call: () => RingHandle | ModularHandle) {
  const run = async () => {
    const result = call();
    await engine.kernels.flush();
    result.dispose();
  };
  return count(engine.kernels, { items: 1, run });
}

describe.each([4096, 16384])("a ciphertext of N = %i and five primes", (degree) => {
  const basis = nttPrimes({ degree, bits: 30, count: 5 });
  let k: RingKernels;
  let a: RingHandle;
  let u: RingHandle;
  beforeAll(async () => {
    k = await engine.kernels.ring(degree, basis);
    const residues = testRandom("counts").residues(2 * basis.length * degree, Math.min(...basis));
    a = k.upload(residues, { basis, form: "coefficient", batch: 2 });
    u = k.upload(residues, { basis, form: "ntt", batch: 2 });
  });
  afterAll(() => {
    a?.dispose();
    u?.dispose();
  });

  it.each<[string, number, () => RingHandle]>([
    ["ntt", degree > 4096 ? 2 : 1, () => k.ntt(a)],
    ["intt", degree > 4096 ? 2 : 1, () => k.intt(u)],
    ["add", 1, () => k.add(u, u)],
    ["multiply", 1, () => k.multiply(u, u)],
    ["rescale of coefficients", 2, () => k.rescale(a, 1)],
    ["rescale of values", degree > 4096 ? 4 : 2, () => k.rescale(u, 1)],
    ["rescale of values by two primes", degree > 4096 ? 6 : 4, () => k.rescale(u, 2)],
    ["product of two ciphertexts", 1, () => k.tensor(u, u)],
  ])("%s takes at most %i dispatches and moves no bytes", async (_name, most, call) => {
    const { dispatches, bytesUploaded, bytesRead } = await dispatchesOf(call);
    expect(dispatches).toBeGreaterThan(0);
    expect(dispatches).toBeLessThanOrEqual(most);
    expect({ bytesUploaded, bytesRead }).toEqual({ bytesUploaded: 0, bytesRead: 0 });
  });
});

describe("numbers modulo n^2 of 2048 bits", () => {
  const random = testRandom("counts");
  let k: ModularKernels;
  let a: ModularHandle;
  beforeAll(async () => {
    k = await engine.kernels.modular(testModulus(2048, 2));
    a = k.upload(Array.from({ length: 4 }, () => random.bigBelow(k.modulus)));
  });
  afterAll(() => a?.dispose());

  it.each<[string, number, number, () => ModularHandle]>([
    ["product", 1, 0, () => k.multiply(a, a)],
    ["product of all", 2, 64, () => k.products(a, [[0, 1, 2, 3]])],
    ["power with one exponent of 64 bits", 2, 128, () => k.power(a, 2n ** 64n - 1n)],
  ])("%s takes at most %i dispatches and %i bytes of indices and digits", async (_name, most, mostBytes, call) => {
    const { dispatches, bytesUploaded, bytesRead } = await dispatchesOf(call);
    expect(dispatches).toBeGreaterThan(0);
    expect(dispatches).toBeLessThanOrEqual(most);
    expect(bytesUploaded).toBeLessThanOrEqual(mostBytes);
    expect(bytesRead).toBe(0);
  });
});

describe("encrypted inference on breast-cancer", () => {
  it("moves the request up and the response down once, in a fixed number of dispatches", async () => {
    const read = (name: string) => readFileSync(new URL(`../../data/${name}`, import.meta.url), "utf8");
    const rows = (parse(read("breast-cancer.csv")) as string[][]).slice(1).map((line) => line.map(Number));
    const model = LinearModel.fromJSON(read("breast-cancer.model.json"));
    const plan = planInference(model, { batch: rows.length });
    const client = await InferenceClient.create(engine, plan.card);
    const server = await InferenceServer.create(engine, model, plan);
    const request = await client.encrypt(rows);
    const { dispatches, bytesUploaded, bytesRead } = await count(engine.kernels, {
      items: rows.length,
      run: () => server.predict(request, client.evaluationKeys),
    });
    const [N, words, features] = [4096, 4, 30];
    expect(dispatches).toBeLessThanOrEqual(12);
    // Two polynomials a feature over three primes, and the weights; two polynomials over the two base primes come back.
    expect(bytesUploaded).toBeGreaterThanOrEqual(2 * features * 3 * N * words);
    expect(bytesUploaded).toBeLessThanOrEqual(2 * features * 3 * N * words + 4096);
    expect(bytesRead).toBe(2 * 2 * N * words);
    client.dispose();
    server.dispose();
  });
});
