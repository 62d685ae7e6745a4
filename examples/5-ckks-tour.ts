/**
 * A tour of the CKKS scheme: who holds the secret encrypts vectors, who holds none multiplies, rotates, applies a matrix and a
 * sigmoid, and the results come back with the precision that was predicted. Run it with: npm run build && npx tsx
 * examples/5-ckks-tour.ts
 */
import { Engine } from "webhe";
import { Ckks, type CkksCiphertext, keysFor, LinearTransform, precision, sigmoid, solveParameters } from "webhe/ckks";

// What will be computed is planned first, on plain data: a layer of 4 neurons with 6 inputs, sigmoid(W x + b).
const weights = [
  [0.5, -1.0, 0.25, 0.75, -0.5, 1.0],
  [-0.75, 0.5, 1.0, -0.25, 0.5, -1.0],
  [1.0, 1.0, -0.5, 0.5, -1.0, 0.25],
  [0.25, -0.5, 0.75, -1.0, 1.0, 0.5],
];
const bias = [0.1, -0.2, 0.3, -0.4];
const layer = LinearTransform.fromMatrix(weights);
const activation = sigmoid([-8, 8]);
const { products, relinearisations } = activation.cost;
console.log(`matrix: ${layer.rows} x ${layer.columns}, ${layer.levels} level, rotations by ${layer.rotations.join(", ")}`);
console.log(
  `sigmoid: degree ${activation.degree}, ${activation.depth} levels, ${products} products, ${relinearisations} key switches`,
);
console.log(`         at most ${activation.maxError?.toExponential(1)} off on [${activation.interval}]`);

// Parameters follow from what the circuit needs: how deep it is, how large its values are, how precise its results are to be.
const depth = layer.levels + activation.depth;
const { parameters, explain } = solveParameters({ depth, precisionBits: 14, magnitude: 8 });
console.log(`\n${explain}\n`);

const engine = await Engine.create();
try {
  const ckks = await Ckks.create(engine, parameters);

  // The owner of the data makes a secret key, and the evaluation keys that the circuit asks for: these and no others.
  const secret = await ckks.generateSecretKey();
  const plan = layer
    .keyPlan(parameters)
    .merge(activation.keyPlan(parameters))
    .merge(keysFor(parameters, { relinearise: true, rotations: [1] }));
  const keys = await ckks.generateEvaluationKeys(secret, plan);
  console.log(`${plan.count} evaluation keys, ${(plan.bytes / 2 ** 20).toFixed(0)} MiB`);

  // From here on `secret` only encrypts and opens; all that happens in between needs public things alone.
  const open = async (ciphertext: CkksCiphertext, count: number) => (await ckks.decrypt(ciphertext, secret))[0].slice(0, count);
  const show = (values: Float64Array) => [...values].map((v) => v.toFixed(3)).join(" ");

  const a = await ckks.encrypt([[1, 2, 3, 4]], secret, { magnitude: 4 });
  const b = await ckks.encrypt([[0.5, -1, 0.25, 2]], secret, { magnitude: 2 });
  console.log(`a + b            ${show(await open(ckks.add(a, b), 4))}`);
  const product = ckks.rescale(ckks.multiply(a, b), keys);
  console.log(`a * b            ${show(await open(product, 4))}   level ${a.level} -> ${product.level}`);
  console.log(`a rotated by 1   ${show(await open(ckks.rotate(a, 1, keys), 3))}`);

  // The layer. Inputs of a matrix repeat over all slots, which `pack` does, so that rotations act cyclically on them.
  const x = [0.9, -0.3, 0.5, 0.7, -0.6, 0.2];
  const input = await ckks.encrypt([layer.pack(x, parameters.slots)], secret);
  const sums = await ckks.addPlain(await layer.apply(ckks, input, keys), [layer.packOutput(bias, parameters.slots)]);
  const output = await activation.evaluate(ckks, sums, keys);

  const expected = weights.map((row, i) => 1 / (1 + Math.exp(-row.reduce((sum, w, j) => sum + w * x[j], bias[i]))));
  const neurons = layer.unpack(await open(output, layer.rows));
  console.log(`\nsigmoid(W x + b) ${show(neurons)}   level ${input.level} -> ${output.level}`);
  console.log(`in plain numbers ${show(Float64Array.from(expected))}`);
  const { real } = precision(layer.packOutput(expected, parameters.slots), await open(output, parameters.slots));
  console.log(`precision: ${real.mean.toFixed(1)} bits measured, ${output.precisionBits?.toFixed(1)} predicted`);

  for (const thing of [a, b, product, input, sums, output, keys, secret, layer]) thing.dispose();
} finally {
  await engine.close();
}
