/**
 * Five households add up their electricity use of a day, hour by hour, and nobody sees the use of a single one.
 * Paillier gives the sums exactly. Run it with: npm run build && npx tsx examples/1-encrypted-sum.ts
 */
import { Engine } from "webhe";
import { AggregationSchema, Aggregator, KeyHolder, Participant, planAggregation } from "webhe/aggregation";

// All parties agree on what is added and within which bounds. Watt-hours are whole numbers, so a precision of 1 is exact.
const schema = new AggregationSchema({
  fields: [
    { name: "wattHours", kind: "sum", bounds: [0, 20_000], length: 24, precision: 1 },
    { name: "residents", kind: "mean", bounds: [0, 20], precision: 1 },
  ],
  maximumParticipants: 10_000,
});
const plan = planAggregation(schema, { scheme: "paillier" });
console.log(plan.explain().text);

const engine = await Engine.create();
try {
  // The key holder publishes its public key; only these bytes leave it.
  const keyHolder = await KeyHolder.create(engine, plan);
  const { publicKey } = keyHolder;

  // Every household encrypts on its own device...
  const wattHours = (house: number) =>
    Array.from({ length: 24 }, (_, hour) => 200 + 37 * house + (hour > 17 ? 900 : 50 * (hour % 5)));
  const contributions: Uint8Array[] = [];
  for (let house = 1; house <= 5; house++) {
    const participant = await Participant.create(engine, plan, { id: `house-${house}`, publicKey });
    contributions.push(await participant.contribute({ wattHours: wattHours(house), residents: 1 + (house % 3) }));
    participant.dispose();
  }

  // ... the aggregator adds what it cannot open ...
  const aggregator = await Aggregator.create(engine, plan, { publicKey });
  for (const contribution of contributions) await aggregator.accept(contribution);
  const aggregate = await aggregator.seal();

  // ... and the key holder opens the sum, and refuses sums of fewer than three.
  const { participants, values } = await keyHolder.open(aggregate);
  const sums = [...(values.wattHours as Float64Array)];
  const expected = sums.map((_, hour) => [1, 2, 3, 4, 5].reduce((sum, house) => sum + wattHours(house)[hour], 0));
  console.log(`\n${participants} households, ${contributions[0].length} bytes each`);
  console.log(`hourly sums       ${sums.slice(0, 6).join(" ")} ...`);
  console.log(`mean of residents ${values.residents}`);
  console.log(`equal to the plain sums: ${sums.every((sum, hour) => sum === expected[hour])}`);

  aggregator.dispose();
  keyHolder.dispose();
} finally {
  await engine.close();
}
