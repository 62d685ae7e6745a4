/**
 * The circuit of encrypted inference in node-seal, as a user of SEAL would write it: feature-major packing, one ciphertext a
 * feature, weights encoded once, symmetric and seeded encryption, bytes in and bytes out.
 */
import type { InferenceCard } from "../../src/host/inference/index.js";
import type { Circuit } from "../circuit.js";
import { type DataSet, largestDifference } from "../data.js";
import { sealCkks } from "./seal.js";

/** What is left of the 128-bit budget for SEAL's special prime, which this circuit never uses. */
const BUDGET: Readonly<Record<number, number>> = { 4096: 109, 8192: 218, 16384: 438 };

const bitsOf = (q: number): number => Math.floor(Math.log2(q)) + 1;

/** The base modulus in primes of up to 60 bits, as SEAL's users have it: the same modulus in half the limbs. */
function joined(bits: readonly number[]): number[] {
  const wide: number[] = [];
  for (const b of bits) {
    if (wide.length > 0 && wide.at(-1)! + b <= 60) wide.push(wide.pop()! + b);
    else wide.push(b);
  }
  return wide;
}

export async function sealCircuit(
  { content, features, slots }: InferenceCard,
  { rows, model, decisions }: DataSet,
): Promise<Circuit> {
  const { scheme, scaler } = content;
  if (scheme.name !== "ckks") throw new Error("the circuit of SEAL is for CKKS");
  if (rows.length > slots) throw new Error("the circuit of SEAL is written for rows that fit one ciphertext");
  const bits = [...joined(scheme.basePrimes.map(bitsOf)), ...scheme.levelPrimes.map(bitsOf)];
  const special = Math.min(60, BUDGET[scheme.degree]! - bits.reduce((sum, b) => sum + b, 0));
  const s = await sealCkks({ degree: scheme.degree, primeBits: [...bits, special] });
  const { seal, encoder, encryptor, evaluator, decryptor, context } = s;
  const scale = 2 ** scheme.scaleBits;
  const { coef, intercept } = model;
  const mean = scaler?.mean ?? features.map(() => 0);
  const deviation = scaler?.scale ?? features.map(() => 1);

  const constant = (value: number) => s.encode(new Float64Array(scheme.degree / 2).fill(value), scale);
  // SEAL refuses a product with zero, so its users leave such features out.
  const weights = coef.map((line) =>
    line.flatMap((weight, j) => (Math.round(weight * scale) === 0 ? [] : [{ j, plain: constant(weight) }])),
  );
  const compression = seal.ComprModeType.none;
  const load = (bytes: Uint8Array) => {
    const cipher = seal.CipherText();
    cipher.loadArray(context, bytes);
    return cipher;
  };

  const encrypt = (): Uint8Array[] =>
    features.map((_, j) => {
      const plain = s.encode(
        rows.map((row) => (row[j]! - mean[j]!) / deviation[j]!),
        scale,
      );
      const cipher = encryptor.encryptSymmetricSerializable(plain);
      const bytes = cipher.saveArray(compression);
      cipher.delete();
      plain.delete();
      return bytes;
    });

  const predict = (request: readonly Uint8Array[]): Uint8Array[] => {
    const inputs = request.map(load);
    const product = seal.CipherText();
    const responses = weights.map((line, o) => {
      const sum = seal.CipherText();
      for (const [i, { j, plain }] of line.entries()) {
        evaluator.multiplyPlain(inputs[j]!, plain, i === 0 ? sum : product);
        if (i > 0) evaluator.add(sum, product, sum);
      }
      evaluator.rescaleToNext(sum, sum);
      // The prime is close to the scale, not equal to it; SEAL's users set the scale by hand.
      sum.setScale(scale);
      const offset = constant(intercept[o]!);
      evaluator.plainModSwitchTo(offset, sum.parmsId, offset);
      evaluator.addPlain(sum, offset, sum);
      offset.delete();
      const bytes = sum.saveArray(compression);
      sum.delete();
      return bytes;
    });
    product.delete();
    for (const input of inputs) input.delete();
    return responses;
  };

  const decrypt = (response: readonly Uint8Array[]): number[][] => {
    const columns = response.map((bytes) => {
      const cipher = load(bytes);
      const plain = seal.PlainText();
      decryptor.decrypt(cipher, plain);
      const values = encoder.decode(plain) as Float64Array;
      plain.delete();
      cipher.delete();
      return values;
    });
    return rows.map((_, i) => columns.map((column) => column[i]!));
  };

  const request = encrypt();
  const response = predict(request);
  return {
    rows: rows.length,
    steps: { encrypt, inference: () => predict(request), decrypt: () => decrypt(response) },
    difference: largestDifference(decrypt(response), decisions),
    close: () => {
      for (const { plain } of weights.flat()) plain.delete();
    },
  };
}
