/**
 * The circuit of encrypted inference in paillier-bigint, as its user would write it: it has no packing, so one ciphertext a
 * feature of one row. Negative weights take one inversion, which the package does not export and we lend it.
 */
import { generateRandomKeysSync } from "paillier-bigint";
import type { InferenceCard } from "../../src/host/inference/index.js";
import { invMod } from "../../src/math/modular.js";
import type { Circuit } from "../circuit.js";
import { type DataSet, largestDifference } from "../data.js";

export async function paillierCircuit(
  { content, features }: InferenceCard,
  { rows, model, decisions }: DataSet,
): Promise<Circuit> {
  const { scheme, scaler } = content;
  if (scheme.name !== "paillier") throw new Error("the circuit of paillier-bigint is for Paillier");
  const { publicKey, privateKey } = generateRandomKeysSync(scheme.keyBits);
  const { n, _n2: square } = publicKey;
  const { featureBits, weightBits } = scheme;
  const fixed = (value: number, bits: number) => BigInt(Math.round(value * 2 ** bits));
  const row = rows[0]!.map((x, j) => (scaler === undefined ? x : (x - scaler.mean[j]!) / scaler.scale[j]!));
  const weights = model.coef.map((line) => line.map((w) => fixed(w, weightBits)));
  const intercepts = model.intercept.map((b) => fixed(b, featureBits + weightBits));
  const residue = (x: bigint) => (x < 0n ? x + n : x);

  const encrypt = (j: number): bigint => publicKey.encrypt(residue(fixed(row[j]!, featureBits)));

  const predict = (request: readonly bigint[]): bigint[] =>
    weights.map((line, o) => {
      let [positive, negative] = [1n, 1n];
      for (const [j, weight] of line.entries()) {
        if (weight > 0n) positive = publicKey.addition(positive, publicKey.multiply(request[j]!, weight));
        if (weight < 0n) negative = publicKey.addition(negative, publicKey.multiply(request[j]!, -weight));
      }
      return publicKey.plaintextAddition(publicKey.addition(positive, invMod(negative, square)), residue(intercepts[o]!));
    });

  const decrypt = (response: readonly bigint[]): number[] =>
    response.map((c) => {
      const m = privateKey.decrypt(c);
      return Number(m > n / 2n ? m - n : m) / 2 ** (featureBits + weightBits);
    });

  const request = features.map((_, j) => encrypt(j));
  const response = predict(request);
  return {
    rows: 1,
    // One feature a call: a whole row takes it seconds.
    itemsOf: { encrypt: 1 / features.length },
    steps: { encrypt: () => encrypt(0), inference: () => predict(request), decrypt: () => decrypt(response) },
    difference: largestDifference([decrypt(response)], decisions.slice(0, 1)),
  };
}
