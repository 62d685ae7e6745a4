/**
 * Federated averaging (McMahan et al., AISTATS 2017): clients train on their own data, and the new model is the mean of theirs,
 * weighted with their numbers of examples. Models and numbers of examples stay encrypted; only the mean is opened.
 * Run it with: npm run build && npx tsx examples/3-federated-average.ts
 */
import { Engine } from "webhe";
import { AggregationSchema, Aggregator, KeyHolder, Participant, planAggregation } from "webhe/aggregation";

const PARAMETERS = 10_000;
const schema = new AggregationSchema({
  // Weights beyond the bounds are refused and not clipped: a client that wants clipping does it, knowingly.
  fields: [{ name: "model", kind: "mean", bounds: [-1, 1], length: PARAMETERS }],
  weight: { bounds: [1, 10_000] },
  maximumParticipants: 100,
});
const plan = planAggregation(schema, { scheme: "ckks" });
console.log(plan.explain().text);

// Stands in for training: a model near a common one, and the number of examples it was trained on.
const clients = Array.from({ length: 6 }, (_, client) => ({
  id: `client-${client}`,
  examples: 500 + 317 * client,
  model: Float64Array.from(
    { length: PARAMETERS },
    (_unused, i) => Math.sin(i / 50) * 0.8 + 0.01 * (((i * 7 + client * 13) % 19) - 9),
  ),
}));

const engine = await Engine.create();
try {
  const keyHolder = await KeyHolder.create(engine, plan);
  const { publicKey } = keyHolder;
  const aggregator = await Aggregator.create(engine, plan, { publicKey });
  let bytes = 0;
  for (const { id, model, examples } of clients) {
    const participant = await Participant.create(engine, plan, { id, publicKey });
    const contribution = await participant.contribute({ model }, { weight: examples });
    bytes = contribution.length;
    await aggregator.accept(contribution);
    participant.dispose();
  }
  const { participants, totalWeight, values, errors } = await keyHolder.open(await aggregator.seal());

  const total = clients.reduce((sum, { examples }) => sum + examples, 0);
  const mean = (i: number) => clients.reduce((sum, { model, examples }) => sum + examples * model[i], 0) / total;
  const worst = (values.model as Float64Array).reduce((most, x, i) => Math.max(most, Math.abs(x - mean(i))), 0);
  console.log(`\n${participants} clients, ${bytes} bytes each for ${PARAMETERS} parameters`);
  console.log(`examples in all: ${Math.round(totalWeight!)}`);
  console.log(
    `largest difference from the plain mean: ${worst.toExponential(1)}, predicted below ${errors.model.toExponential(1)}`,
  );
  console.log(`within the prediction: ${worst <= errors.model}`);

  aggregator.dispose();
  keyHolder.dispose();
} finally {
  await engine.close();
}
