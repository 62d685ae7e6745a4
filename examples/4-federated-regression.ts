/**
 * Three hospitals fit one linear regression on all their patients in a single round, without showing a patient: the sums of
 * X'X and X'y over hospitals are all that least squares needs. The result is the regression on the pooled data.
 * Run it with: npm run build && npx tsx examples/4-federated-regression.ts
 */
import { Engine } from "webhe";
import { AggregationSchema, Aggregator, KeyHolder, Participant, planAggregation } from "webhe/aggregation";

const FEATURES = 4;
const COLUMNS = FEATURES + 1;

// Made-up patients: standardised features, a leading 1 for the intercept, and an outcome that depends on them with some spread.
const spread = (a: number, b: number) => ((Math.sin(12.9898 * a + 78.233 * b) * 43758.5453) % 1) * 2;
const hospital = (first: number, patients: number) =>
  Array.from({ length: patients }, (_, i) => {
    const x = [1, ...Array.from({ length: FEATURES }, (_unused, f) => spread(first + i, f + 1))];
    return { x, y: 150 + 20 * x[1] - 12 * x[2] + 5 * x[3] + spread(first + i, 9) };
  });
const hospitals = [hospital(0, 120), hospital(1000, 75), hospital(2000, 210)];

/** X'X row by row, and X'y. */
function moments(patients: readonly { x: readonly number[]; y: number }[]) {
  const xx = Array.from({ length: COLUMNS * COLUMNS }, (_, k) =>
    patients.reduce((sum, { x }) => sum + x[Math.floor(k / COLUMNS)] * x[k % COLUMNS], 0),
  );
  const xy = Array.from({ length: COLUMNS }, (_, k) => patients.reduce((sum, { x, y }) => sum + x[k] * y, 0));
  return { xx, xy };
}

/** Solves X'X b = X'y by Gaussian elimination; X'X is positive definite, so that no pivoting is needed. */
function solve({ xx, xy }: { xx: ArrayLike<number>; xy: ArrayLike<number> }): number[] {
  const rows = Array.from({ length: COLUMNS }, (_, i) => [
    ...Array.from({ length: COLUMNS }, (_unused, j) => xx[i * COLUMNS + j]),
    xy[i],
  ]);
  for (let i = 0; i < COLUMNS; i++) {
    for (let k = 0; k < COLUMNS; k++) {
      if (k === i) continue;
      const factor = rows[k][i] / rows[i][i];
      rows[k] = rows[k].map((value, j) => value - factor * rows[i][j]);
    }
  }
  return rows.map((row, i) => row[COLUMNS] / row[i]);
}

const schema = new AggregationSchema({
  fields: [
    { name: "xx", kind: "sum", bounds: [-10_000, 10_000], length: COLUMNS * COLUMNS, precision: 2 ** -24 },
    { name: "xy", kind: "sum", bounds: [-1_000_000, 1_000_000], length: COLUMNS, precision: 2 ** -24 },
  ],
  maximumParticipants: 50,
});
const plan = planAggregation(schema, { scheme: "paillier" });

const engine = await Engine.create();
try {
  const keyHolder = await KeyHolder.create(engine, plan);
  const { publicKey } = keyHolder;
  const aggregator = await Aggregator.create(engine, plan, { publicKey });
  for (const [i, patients] of hospitals.entries()) {
    const participant = await Participant.create(engine, plan, { id: `hospital-${i + 1}`, publicKey });
    await aggregator.accept(await participant.contribute(moments(patients)));
    participant.dispose();
  }
  const { values } = await keyHolder.open(await aggregator.seal());

  const federated = solve({ xx: values.xx as Float64Array, xy: values.xy as Float64Array });
  const pooled = solve(moments(hospitals.flat()));
  const worst = federated.reduce((most, b, i) => Math.max(most, Math.abs(b - pooled[i])), 0);
  console.log(`intercept and coefficients: ${federated.map((b) => b.toFixed(4)).join(", ")}`);
  console.log(`largest difference from the pooled regression: ${worst.toExponential(1)}`);
  console.log(`equal to six decimals: ${worst < 1e-6}`);

  aggregator.dispose();
  keyHolder.dispose();
} finally {
  await engine.close();
}
