/** The embedding against Microsoft SEAL 4.1.2 itself, through node-seal: coefficients, slot order and rotations. */
import SEAL from "node-seal";
import { beforeAll, describe, expect, it } from "vitest";
import { Embedding, galoisElement } from "../../src/math/embedding.js";
import { encodeToIntegers } from "../../src/math/encoding.js";
import { automorphismMaps, inverseNtt, nttTables } from "../../src/math/ntt.js";
import { testRandom } from "../support/random.js";

/** In a saved plaintext of one prime without compression, the residues in NTT form follow 88 bytes of headers. */
const HEADER_BYTES = 88;

type Library = Awaited<ReturnType<typeof SEAL>>;
let seal: Library;
beforeAll(async () => {
  seal = await SEAL();
});

function openContext(degree: number, bits: number[]) {
  const parameters = seal.EncryptionParameters(seal.SchemeType.ckks);
  parameters.setPolyModulusDegree(degree);
  parameters.setCoeffModulus(seal.CoeffModulus.Create(degree, Int32Array.from(bits)));
  return { parameters, context: seal.Context(parameters, true, seal.SecurityLevel.none) };
}

/** What SEAL encodes, as centred coefficients. */
function sealCoefficients(degree: number, values: Float64Array, scale: number): number[] {
  const { parameters, context } = openContext(degree, [45]);
  const q = parameters.coeffModulus[0];
  const plain = seal.CKKSEncoder(context).encode(values, scale);
  if (!plain) throw new Error("SEAL did not encode");
  const bytes = plain.saveArray(seal.ComprModeType.none);
  expect(bytes.length).toBe(HEADER_BYTES + 8 * degree);
  const residues = new BigUint64Array(bytes.slice(HEADER_BYTES).buffer);
  inverseNtt(residues, nttTables(q, degree));
  return [...residues].map((x) => Number(2n * x > q ? x - q : x));
}

describe("SEAL", () => {
  it.each([1024, 4096])("encodes to the same integers at N = %i", (degree) => {
    const random = testRandom(`seal ${degree}`);
    const values = Float64Array.from({ length: degree / 2 }, () => random.real(-10, 10));
    const scale = 2 ** 30;
    const theirs = sealCoefficients(degree, values, scale);
    const ours = encodeToIntegers(new Embedding(degree), values, null, scale);
    // The order of float64 operations differs, so a coefficient near a tie may round the other way.
    const differences = theirs.map((x, i) => Math.abs(x - ours[i]));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    expect(differences.filter((d) => d > 0).length).toBeLessThan(degree / 100);
  });

  it("orders the slots alike: a unit vector at every place", () => {
    const degree = 1024;
    for (const place of [0, 1, 2, 255, 511]) {
      const values = new Float64Array(degree / 2);
      values[place] = 1000;
      const theirs = sealCoefficients(degree, values, 2 ** 30);
      const ours = encodeToIntegers(new Embedding(degree), values, null, 2 ** 30);
      expect(Math.max(...theirs.map((x, i) => Math.abs(x - ours[i])))).toBeLessThanOrEqual(1);
    }
  });

  it("rotates as our Galois elements do", () => {
    const degree = 2048;
    const { context } = openContext(degree, [45, 45]);
    const encoder = seal.CKKSEncoder(context);
    const keygen = seal.KeyGenerator(context);
    const secret = keygen.secretKey();
    const values = Float64Array.from({ length: degree / 2 }, (_, i) => i % 97);
    const plain = encoder.encode(values, 2 ** 30);
    if (!plain) throw new Error("SEAL did not encode");
    const cipher = seal.Encryptor(context, keygen.createPublicKey(), secret).encryptSymmetric(plain);
    if (!cipher) throw new Error("SEAL did not encrypt");
    const evaluator = seal.Evaluator(context);
    const keys = keygen.createGaloisKeys(Int32Array.from([1, -3]));
    const embedding = new Embedding(degree);
    for (const steps of [1, -3]) {
      const rotated = evaluator.rotateVector(cipher, steps, keys);
      const decrypted = rotated && seal.Decryptor(context, secret).decrypt(rotated);
      if (!decrypted) throw new Error("SEAL did not rotate");
      const theirs = encoder.decode(decrypted);
      const { target, negate } = automorphismMaps(degree, galoisElement(degree, steps));
      const before = embedding.encode(values);
      const after = new Float64Array(degree);
      for (let i = 0; i < degree; i++) after[target[i]] = negate[i] ? -before[i] : before[i];
      const ours = embedding.decode(after).re;
      for (let i = 0; i < ours.length; i++) expect(Math.abs(ours[i] - theirs[i])).toBeLessThan(1e-2);
    }
  });
});
