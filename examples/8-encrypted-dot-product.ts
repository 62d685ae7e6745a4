/**
 * A clinic sends encrypted measurements, and a laboratory computes its scores on them, weights of either sign with fractions, without
 * seeing a measurement or showing a weight. Run it with: npm run build && npx tsx examples/8-encrypted-dot-product.ts
 */
import { Engine } from "webhe";
import { generatePaillierKey, Paillier } from "webhe/paillier";

/** Three patients with four measurements each. */
const measurements = [
  [36.6, 120.5, 0.92, 5.1],
  [38.4, 141.25, 1.31, 6.8],
  [37.1, 99.75, 0.75, 4.4],
];
/** Two scores: the columns of a matrix [measurements][scores]. */
const weights = [
  [0.75, -0.125],
  [0.0625, 0.5],
  [-2.5, 1.25],
  [0.375, -3],
];

const engine = await Engine.create();
try {
  const key = await generatePaillierKey();

  // Fixed point: 16 bits after the point for the measurements. The bound is agreed, not read off the data.
  const clinic = await Paillier.create(engine, key);
  const encrypted = await clinic.encrypt(measurements.flat(), { scaleBits: 16, bound: 1000 });
  const sent = await clinic.exportIntegers(encrypted);

  // The laboratory has the public key alone. All scores of all patients are one product of matrices.
  const laboratory = await Paillier.create(engine, key.publicKey);
  const received = laboratory.importIntegers(sent, { scaleBits: 16, bound: 1000n << 16n });
  const scores = await laboratory.timesMatrix(received, weights, { scaleBits: 16 });
  console.log(`${received.batch} ciphertexts in, ${scores.batch} out, scale 2^${scores.scaleBits}`);
  // One score of one patient alone, by its row of weights.
  const patient = laboratory.slice(received, 4, 4);
  const second = await laboratory.dot(patient, [weights.map(([first]) => first)], { scaleBits: 16 });
  // What leaves is masked anew: nobody can tell weights from it by trying.
  const answers = [await laboratory.exportIntegers(scores), await laboratory.exportIntegers(second)];

  const opened = answers.map((list) => clinic.importIntegers(list, { scaleBits: 32 }));
  const [all, one] = await Promise.all(opened.map((ciphertexts) => clinic.decrypt(ciphertexts)));
  for (let i = 0; i < measurements.length; i++) {
    console.log(`patient ${i + 1}: ${all[2 * i].toFixed(3)} ${all[2 * i + 1].toFixed(3)}`);
  }
  console.log(`patient 2 again: ${one[0].toFixed(3)}`);
  const exact = measurements.flatMap((row) => [0, 1].map((j) => row.reduce((sum, x, k) => sum + x * weights[k][j], 0)));
  const largest = Math.max(...exact.map((value, i) => Math.abs(value - all[i])));
  console.log(`largest difference below 2^-14: ${largest < 2 ** -14}`);

  for (const owned of [encrypted, received, scores, patient, second, ...opened, laboratory, clinic, key]) owned.dispose();
} finally {
  await engine.close();
}
